"""Examine a submitted dossier: tick the checklist, ask for what is missing, admit, or refuse with a colleague."""

from collections.abc import Mapping
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import internal_letters, letters
from applications.actions.documents import received
from applications.actions.membership import still
from applications.actions.replacing import take_in
from applications.actions.steps import lock_candidacy, record, taking_step
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Rights
from applications.models import (
    Candidacy,
    CompletionItem,
    CompletionRequest,
    Exclusion,
    Member,
    Requirement,
    ScreeningCheck,
)
from applications.rules.examination import (
    refuse_unexplained,
    refuse_unless_awaited,
    refuse_unless_under_examination,
    refuse_while_a_colleague_is_asked,
    refuse_while_time_runs,
)
from applications.rules.team import refuse_unless_examining
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Refusal

_EXCLUDING_STEP = {ExclusionStage.ADMISSIBILITY: "refuse", ExclusionStage.ELIGIBILITY: "find_ineligible"}
_EXCLUDABLE = {
    ExclusionStage.ADMISSIBILITY: {CandidacyState.FROZEN, CandidacyState.INCOMPLETE},
    ExclusionStage.ELIGIBILITY: {CandidacyState.ADMISSIBLE},
}


def tick(
    candidacy: Candidacy, code: str, verdict: CheckVerdict, *, comment: str = "", by: User, at: datetime
) -> ScreeningCheck:
    """Tick one line of the checklist; a « non conforme » must say what is wrong."""
    with transaction.atomic():
        locked = lock_candidacy(candidacy.pk)
        refuse_unless_examining(locked.call, by, at)
        refuse_unless_under_examination(locked)
        if verdict == CheckVerdict.NO and not comment.strip():
            raise Refusal(_("Expliquez ce qui ne va pas : le candidat pourra le lire."), code="no_comment")
        check, _created = ScreeningCheck.objects.update_or_create(
            candidacy=locked,
            code=code,
            defaults={"verdict": verdict, "comment": comment.strip(), "checked_by": by, "checked_at": at},
        )
        record("tick", locked, by=Actor.person(by), at=at, note=comment, check=code, verdict=verdict)
    return check


def request_completion(
    candidacy: Candidacy,
    items: Mapping[Requirement, str],
    *,
    due_at: datetime,
    message: str = "",
    by: User,
    at: datetime,
) -> CompletionRequest:
    """Ask for documents, each with what is missing, before an instant: the candidate has a letter and a page for it.

    CRPA, L114-5. Raises `Refusal` when nothing is asked or the instant is past.
    """
    with transaction.atomic():
        refuse_unless_examining(candidacy.call, by, at)
        if not items or not all(reason.strip() for reason in items.values()):
            raise Refusal(_("Choisissez au moins une pièce et dites ce qui manque."), code="nothing_asked")
        if due_at <= at:
            raise Refusal(_("La date limite doit être à venir."), code="past")
        with taking_step("request_completion", candidacy, by=Actor.person(by), at=at, note=message) as asked:
            refuse_while_a_colleague_is_asked(asked)
            request = CompletionRequest.objects.create(
                candidacy=asked, message=message, asked_by=by, asked_at=at, due_at=due_at
            )
            CompletionItem.objects.bulk_create(
                CompletionItem(request=request, requirement=requirement, reason=reason.strip())
                for requirement, reason in items.items()
            )
            letters.completion_request(request, at=at)
    return request


def complete(
    member: Member,
    item: CompletionItem,
    file: File,  # type: ignore[type-arg]
    *,
    name: str,
    at: datetime,
    declared_digest: str = "",
    declared_size: int | None = None,
) -> CompletionItem:
    """Receive a document that was asked for; when the last one is there, the request is answered and acknowledged.

    Whether it opens is found out by a job; if it does not, the request opens again (`replacing.want_another`). Raises
    `Refusal` from the instant given in the request on, once the request is closed, and when the file is not what is
    asked.
    """
    refuse_unless_awaited(item.request, item.request.candidacy, at)  # before anything is kept
    stored = received(item.requirement, file, name=name, declared_digest=declared_digest, declared_size=declared_size)
    return take_item(member, item, stored, name=name, at=at)


def take_item(member: Member, item: CompletionItem, stored: StoredFile, *, name: str, at: datetime) -> CompletionItem:
    """The same of a file that is kept already; looks again at rights and hour."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.EDIT)
        mine = candidacy.completion_requests.select_for_update(of=("self",))
        request = mine.get(pk=item.request_id)
        refuse_unless_awaited(request, candidacy, at)
        take_in(item, stored, name=name, by=author, at=at)
        told = {"requirement": item.requirement.code, "sha256": stored.digest}
        record("complete", candidacy, by=author.actor, at=at, **told)
        if not request.items.awaited().exists():
            request.answered_at = at
            request.save(update_fields=["answered_at"])
            letters.completion_received(request, at=at)
    return item


def admit(candidacy: Candidacy, *, by: User, at: datetime, note: str = "") -> Candidacy:
    """The dossier is complete in form. `note` says why, when a line of the checklist is « non conforme »."""
    refuse_unless_examining(candidacy.call, by, at)
    with taking_step("admit", candidacy, by=Actor.person(by), at=at, note=note) as admitted:
        refuse_while_a_colleague_is_asked(admitted)
        refuse_unexplained(admitted, ExclusionStage.ADMISSIBILITY, note)
        return admitted


def find_eligible(candidacy: Candidacy, *, by: User, at: datetime, note: str = "") -> Candidacy:
    """The candidacy meets the conditions of the call; the candidate is told. `note` as for `admit`."""
    refuse_unless_examining(candidacy.call, by, at)
    with taking_step("find_eligible", candidacy, by=Actor.person(by), at=at, note=note) as eligible:
        refuse_while_a_colleague_is_asked(eligible)
        refuse_unexplained(eligible, ExclusionStage.ELIGIBILITY, note)
        letters.eligibility_decision(eligible, exclusion=None, at=at)
        return eligible


def propose_exclusion(
    candidacy: Candidacy, *, stage: ExclusionStage, rule: str, reason: str, by: User, at: datetime
) -> Exclusion:
    """Propose to refuse a candidacy, naming the rule; nothing is decided until a colleague has looked too."""
    with transaction.atomic():
        locked = lock_candidacy(candidacy.pk)
        refuse_unless_examining(locked.call, by, at)
        if locked.state not in _EXCLUDABLE[stage]:
            raise Refusal(_("La candidature n’est plus à cette étape."), code="wrong_state")
        if stage == ExclusionStage.ADMISSIBILITY:
            refuse_while_time_runs(locked, at)
        if not rule.strip() or not reason.strip():
            raise Refusal(_("Indiquez la règle non respectée et le motif."), code="no_reason")
        if locked.exclusions.filter(confirmed_at__isnull=True, dropped_at__isnull=True).exists():
            raise Refusal(_("Une exclusion attend déjà l’avis d’un collègue."), code="already_proposed")
        exclusion = Exclusion.objects.create(
            candidacy=locked, stage=stage, rule=rule.strip(), reason=reason.strip(), proposed_by=by, proposed_at=at
        )
        record("propose_exclusion", locked, by=Actor.person(by), at=at, note=reason, rule=rule, stage=stage)
        internal_letters.exclusion_to_confirm(exclusion, at=at)
    return exclusion


def confirm_exclusion(exclusion: Exclusion, *, by: User, at: datetime) -> Exclusion:
    """Put the exclusion in force: the candidate has the reasoned decision. Another officer than its author signs."""
    with transaction.atomic():
        candidacy = lock_candidacy(exclusion.candidacy_id)
        refuse_unless_examining(candidacy.call, by, at)
        exclusion = Exclusion.objects.select_for_update(of=("self",)).get(pk=exclusion.pk)
        if exclusion.confirmed_at is not None or exclusion.dropped_at is not None:
            raise Refusal(_("Cette proposition n’attend plus de réponse."), code="answered")
        if exclusion.proposed_by_id == by.pk:
            raise Refusal(_("Un autre membre de l’équipe que l’auteur doit confirmer."), code="same_officer")
        exclusion.confirmed_by, exclusion.confirmed_at = by, at
        exclusion.save(update_fields=["confirmed_by", "confirmed_at"])
        step = _EXCLUDING_STEP[ExclusionStage(exclusion.stage)]
        with taking_step(step, candidacy, by=Actor.person(by), at=at, note=exclusion.reason) as excluded:
            letters.eligibility_decision(excluded, exclusion=exclusion, at=at)
    return exclusion


def drop_exclusion(exclusion: Exclusion, *, by: User, at: datetime, note: str = "") -> None:
    """Give the proposal up: the examination goes on."""
    with transaction.atomic():
        candidacy = lock_candidacy(exclusion.candidacy_id)
        refuse_unless_examining(candidacy.call, by, at)
        pending = Exclusion.objects.filter(pk=exclusion.pk, confirmed_at__isnull=True, dropped_at__isnull=True)
        if not pending.update(dropped_at=at):
            raise Refusal(_("Cette proposition n’attend plus de réponse."), code="answered")
        record("drop_exclusion", candidacy, by=Actor.person(by), at=at, note=note)
