"""Save the draft: one section at a time, never over somebody else's work, and each save kept as it stood."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, taking_step
from applications.content import as_text, dossier_content
from applications.enums import CandidacyState, Rights, Section
from applications.models import (
    Answer,
    Candidacy,
    Dossier,
    DossierRevision,
    DossierTerritory,
    FollowUp,
    Member,
    Question,
    Requirement,
    SectionEdit,
    Territory,
)
from applications.models.dossier import DossierRow
from applications.rules.deadline import refuse_if_late
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal

# A page left open longer than this is asked to reload before it submits; what was submitted is kept for ever elsewhere.
REVISIONS_KEPT_FOR = timedelta(hours=24)


class StaleSection(Refusal):
    """Somebody saved this section after the page was loaded."""

    def __init__(self, edit: SectionEdit) -> None:
        super().__init__(
            _(
                "%(who)s a enregistré cette rubrique pendant que vous écriviez. Votre texte n’est pas perdu : il est"
                " ci-dessous. Comparez-le à la version enregistrée, puis enregistrez de nouveau."
            )
            % {"who": edit.edited_by},
            code="stale_section",
        )
        self.edit = edit


def refuse_unless_live(candidacy: Candidacy, at: datetime) -> None:
    """Raise when what arrived at that instant cannot change the dossier any more."""
    refuse_if_late(candidacy.call, at)
    if candidacy.state not in WITH_A_LIVE_DRAFT:
        raise Refusal(_("Ce dossier n’est plus modifiable."), code="not_a_draft")


@contextmanager
def saving(member: Member, section: Section | str, *, at: datetime, seen: int | None = None) -> Iterator[Dossier]:
    """Yield the locked dossier; on the way out raise its revision and keep its whole content.

    `seen` is the revision of the section that the page was showing; `None` skips that check (a file has no stale text).
    Raises `Refusal` after the closing time, without the right to edit, or once the candidacy has no live draft, and
    `StaleSection` when somebody saved meanwhile. The first save opens the dossier and says so by letter.
    """
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.EDIT)
        with changing(candidacy, section, by=author.actor, name=author.name, at=at, seen=seen) as dossier:
            yield dossier


@contextmanager
def changing(
    candidacy: Candidacy, section: Section | str, *, by: Actor, name: str, at: datetime, seen: int | None = None
) -> Iterator[Dossier]:
    """The same for an author the caller answers for, who holds the lock of the candidacy; `name` is who edited last."""
    refuse_unless_live(candidacy, at)
    dossier = candidacy.dossier
    edit, _created = SectionEdit.objects.get_or_create(
        dossier=dossier, section=section, defaults={"edited_at": at, "edited_by": name}
    )
    if seen is not None and seen != edit.revision:
        raise StaleSection(edit)
    yield dossier
    edit.revision, edit.edited_at, edit.edited_by = edit.revision + 1, at, name
    edit.save()
    keep_revision(dossier, section=section, by=name, at=at)
    if candidacy.state == CandidacyState.SIGNALLED:
        with taking_step("open", candidacy, by=by, at=at) as opened:
            letters.dossier_opened(opened, at=at)


def keep_revision(dossier: Dossier, *, section: str, by: str, at: datetime) -> None:
    """Raise the revision of the dossier and keep its content as it stands."""
    dossier.revision, dossier.edited_at, dossier.edited_by = dossier.revision + 1, at, by
    dossier.save()
    DossierRevision.objects.create(
        dossier=dossier,
        revision=dossier.revision,
        content=as_text(dossier_content(dossier)),
        saved_at=at,
        saved_by=by,
        section=section,
    )
    dossier.revisions.filter(saved_at__lt=at - REVISIONS_KEPT_FOR, revision__lt=dossier.revision - 1).delete()


def save_organisation(member: Member, values: Mapping[str, Any], *, at: datetime, seen: int | None = None) -> Dossier:
    """Save what the candidate says of its structure; `values` are fields of `Organisation`."""
    with saving(member, Section.ORGANISATION, at=at, seen=seen) as dossier:
        _write(dossier.candidacy.organisation, values)
        return dossier


def save_answers(
    member: Member, section: Section, texts: Mapping[Question, str], *, at: datetime, seen: int | None = None
) -> Dossier:
    """Save the answers to a section's questions asked once."""
    with saving(member, section, at=at, seen=seen) as dossier:
        _write_answers(dossier, _once(texts))
        return dossier


def save_territories(
    member: Member,
    territories: Sequence[Territory],
    *,
    texts: Mapping[tuple[Question, Territory | None], str],
    reason: str,
    at: datetime,
    seen: int | None = None,
) -> Dossier:
    """Save the territories and what is said of each, and of all together (`None`).

    What was written of a territory taken out is kept, unshown.
    """
    with saving(member, Section.TERRITORIES, at=at, seen=seen) as dossier:
        dossier.territories_reason = reason
        dossier.territories.exclude(territory__in=territories).delete()
        present = set(dossier.territories.values_list("territory_id", flat=True))
        DossierTerritory.objects.bulk_create(
            DossierTerritory(dossier=dossier, territory=t) for t in territories if t.pk not in present
        )
        _write_answers(dossier, texts)
        return dossier


def save_rows(
    member: Member,
    section: Section,
    rows: Mapping[type[DossierRow], Sequence[Mapping[str, Any]]],
    *,
    texts: Mapping[Question, str] | None = None,
    at: datetime,
    seen: int | None = None,
) -> Dossier:
    """Save the repeating lines of a section (partners, expenses, resources, milestones, indicators), in their order."""
    with saving(member, section, at=at, seen=seen) as dossier:
        for model, lines in rows.items():
            rows_of: models.Manager[Any] = model._default_manager
            rows_of.filter(dossier=dossier).delete()
            rows_of.bulk_create(model(position=rank, **{**line, "dossier": dossier}) for rank, line in enumerate(lines))
        _write_answers(dossier, _once(texts or {}))
        return dossier


def save_statement(member: Member, values: Mapping[str, Any], *, at: datetime, seen: int | None = None) -> Dossier:
    """Save the sworn statement; `values` are fields of `Dossier`."""
    with saving(member, Section.STATEMENT, at=at, seen=seen) as dossier:
        for name, value in values.items():
            setattr(dossier, name, value)
        return dossier


def promise(member: Member, requirement: Requirement, *, reason: str, promised_on: date, at: datetime) -> Dossier:
    """Say why and when a document that may follow will follow."""
    with saving(member, "documents", at=at) as dossier:
        FollowUp.objects.update_or_create(
            dossier=dossier, requirement=requirement, defaults={"reason": reason, "promised_on": promised_on}
        )
        return dossier


def _write(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def _once(texts: Mapping[Question, str]) -> dict[tuple[Question, Territory | None], str]:
    return {(question, None): text for question, text in texts.items()}


def _write_answers(dossier: Dossier, texts: Mapping[tuple[Question, Territory | None], str]) -> None:
    known = {(a.question_id, a.territory_id): a for a in dossier.answers.all()} if texts else {}
    new, changed = [], []
    for (question, territory), text in texts.items():
        answer = known.get((question.pk, territory.pk if territory else None))
        if answer is None:
            new.append(Answer(dossier=dossier, question=question, territory=territory, text=text))
        elif answer.text != text:
            answer.text = text
            changed.append(answer)
    Answer.objects.bulk_create(new)
    Answer.objects.bulk_update(changed, ["text"])
