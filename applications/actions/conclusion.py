"""The one door through which the jury phase moves a candidacy, and the act that releases all results together."""

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import internal_letters, letters
from applications.actions.steps import lock_call, lock_candidacy, moving_call, record, record_on_call, taking_step
from applications.enums import CandidacyState, Outcome, Role
from applications.models import Award, Call, Candidacy, Publication, Submission
from applications.rules.team import refuse_unless
from applications.selectors.preflight import preflight
from applications.selectors.release import missing_to_release, unseen_by
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.journal import canonical
from hubs_portal.refusals import Refusal

_STEPS = {Outcome.AWARDED: "award", Outcome.RESERVE: "reserve", Outcome.NOT_SELECTED: "reject"}


def mark_convened(candidacy: Candidacy, *, by: Actor, at: datetime) -> None:
    """The candidate is convened to a hearing: this is how they learn that they are shortlisted."""
    with transaction.atomic():
        locked = lock_candidacy(candidacy.pk)
        if locked.state != CandidacyState.SHORTLISTED:
            raise Refusal(_("Seule une candidature présélectionnée peut être convoquée."), code="not_shortlisted")
        if locked.notified_state != CandidacyState.SHORTLISTED:
            locked.notified_state = CandidacyState.SHORTLISTED
            locked.save(update_fields=["notified_state"])
        record("convene", locked, by=by, at=at)


def mark_heard(candidacy: Candidacy, *, by: Actor, at: datetime) -> Candidacy:
    """The jury has heard the candidate."""
    with taking_step("hear", candidacy, by=by, at=at) as heard:
        return heard


def conclude(
    candidacy: Candidacy, *, outcome: Outcome, amount: Decimal | None, reasons: str, by: Actor, at: datetime
) -> Award:
    """Keep the jury's decision, under embargo: the state moves with everybody else's, at the release.

    `amount` in euros, for an award only. May be called again until the release is asked for.
    """
    with transaction.atomic():
        lock_call(candidacy.call_id)  # a release asked for at this instant waits, or is waited for
        locked = lock_candidacy(candidacy.pk)
        if locked.state != CandidacyState.HEARD:
            raise Refusal(_("Seule une candidature auditionnée peut recevoir une issue."), code="not_heard")
        if (outcome == Outcome.AWARDED) != bool(amount) or not reasons.strip():
            raise Refusal(
                _("Une candidature lauréate a un montant, les autres n’en ont pas, et toutes ont un motif."),
                code="incomplete_outcome",
            )
        if Publication.objects.filter(call=locked.call_id).exists():
            raise Refusal(_("La publication est demandée : les issues ne changent plus."), code="release_requested")
        award, _created = Award.objects.update_or_create(
            candidacy=locked,
            defaults={"outcome": outcome, "amount": amount, "reasons": reasons.strip(), "decided_at": at},
        )
        # The journal of a candidacy is read by its officers: the outcome itself stays out of it until the release.
        record("conclude", locked, by=by, at=at)
    return award


@locks.retried
def request_release(call: Call, *, by: User, at: datetime) -> Publication:
    """Ask for the release: from here on no outcome changes. Nothing is published until another manager signs.

    Asked for again, by whomever, it is the same request.
    """
    with transaction.atomic():
        locked = lock_call(call.pk)
        refuse_unless(locked, by, Role.MANAGER)
        asked = Publication.objects.filter(call=locked).first()
        if asked is not None:
            return asked
        if items := missing_to_release(locked, unseen=unseen_by(by, locked)):
            raise Refusal(_("Les résultats ne peuvent pas être publiés :"), code="not_ready", items=items)
        publication = Publication.objects.create(call=locked, requested_by=by, requested_at=at)
        record_on_call("request_release", locked, by=Actor.person(by), at=at)
        internal_letters.release_to_sign(publication, at=at)
    return publication


@locks.retried
def drop_release(publication: Publication, *, by: User, at: datetime, note: str) -> None:
    """Give up a release that nobody has signed yet, with a reason: outcomes may change again."""
    if not note.strip():
        raise Refusal(_("Écrivez pourquoi la publication est abandonnée."), code="no_reason")
    with transaction.atomic():
        call = lock_call(publication.call_id)
        refuse_unless(call, by, Role.MANAGER)
        known = Publication.objects.filter(pk=publication.pk).first()
        if known is None:
            return
        if known.released_at is not None:
            raise Refusal(_("Les résultats sont déjà publiés."), code="released")
        known.delete()
        record_on_call("drop_release", call, by=Actor.person(by), at=at, note=note.strip())


@locks.retried
def release_results(publication: Publication, *, by: User, at: datetime, read: str | None = None) -> Publication:
    """Sign and release: the results page, every candidate's letter and every state, in one transaction, or nothing.

    `read` is the `digest` of the warnings that the signatory says they have read, when a page showed them. Raises
    `Refusal` when the signatory is the manager who asked, when something stands in the way, or when the warnings are
    not those that were read.
    """
    with transaction.atomic():
        call = lock_call(publication.call_id)
        refuse_unless(call, by, Role.MANAGER)
        asked = Publication.objects.select_for_update(of=("self",)).filter(pk=publication.pk).first()
        if asked is None:
            raise Refusal(_("Cette demande de publication a été abandonnée : rechargez la page."), code="dropped")
        publication = asked
        if publication.released_at is not None:
            return publication
        _refuse_unless_second(publication, call, by)
        if items := missing_to_release(call, unseen=unseen_by(by, call)):
            raise Refusal(_("Les résultats ne peuvent pas être publiés :"), code="not_ready", items=items)
        if read is not None and read != preflight(call, by, at).digest:
            raise Refusal(_("Lisez ce qui est à savoir avant de signer, et cochez que vous l’avez lu."), code="unread")
        _conclude_all(call, by=by, at=at)
        _publish(publication, call, by=by, at=at)
    return publication


def _refuse_unless_second(publication: Publication, call: Call, by: User) -> None:
    """Two managers of the call sign, each of them still one when the results leave."""
    if publication.requested_by_id == by.pk:
        raise Refusal(_("Un autre responsable que celui qui l’a demandée doit signer."), code="same_manager")
    if not call.team.filter(user=publication.requested_by_id, role=Role.MANAGER).exists():
        raise Refusal(
            _("L’auteur de la demande n’est plus responsable de l’appel : abandonnez-la, puis demandez de nouveau."),
            code="asker_left",
        )


def _conclude_all(call: Call, *, by: User, at: datetime) -> None:
    awards = Award.objects.filter(candidacy__call=call).select_related("candidacy").order_by("candidacy__number")
    for award in awards:
        outcome = Outcome(award.outcome)
        details = {"outcome": outcome, "amount": award.amount}
        with taking_step(
            _STEPS[outcome], award.candidacy, by=Actor.person(by), at=at, note=award.reasons, details=details
        ) as concluded:
            letters.result(concluded, award, at=at)


def _publish(publication: Publication, call: Call, *, by: User, at: datetime) -> None:
    publication.content = canonical(published_results(call)).decode()
    publication.digest = hashlib.sha256(publication.content.encode()).hexdigest()
    publication.signed_by, publication.released_at = by, at
    publication.save()
    with moving_call("release", call, by=Actor.person(by), at=at, details={"digest": publication.digest}):
        pass


def published_results(call: Call) -> dict[str, list[dict[str, object]]]:
    """What the public page shows: those awarded with their territories and amount, and those in reserve by name."""
    awards = (
        Award.objects.filter(candidacy__call=call, outcome__in=[Outcome.AWARDED, Outcome.RESERVE])
        .select_related("candidacy__organisation")
        .order_by("candidacy__organisation__name", "candidacy__number")
    )
    submissions = Submission.objects.latest_of_each().filter(candidacy__in=awards.order_by().values("candidacy"))
    said = {submission.candidacy_id: submission.says for submission in submissions}
    shown: dict[str, list[dict[str, object]]] = {Outcome.AWARDED.value: [], Outcome.RESERVE.value: []}
    for award in awards:
        submission = said[award.candidacy_id]
        line: dict[str, object] = {
            "structure": award.candidacy.organisation.name,
            "territories": [{"code": t["code"], "name": t["name"]} for t in submission["territories"]],
            "partners": [partner["name"] for partner in submission["partners"]],
            "summary": submission["statement"]["public_summary"] if submission["statement"]["publication"] else "",
        }
        if award.outcome == Outcome.AWARDED:
            line["amount"] = f"{award.amount:.2f}"
        shown[award.outcome].append(line)
    return shown
