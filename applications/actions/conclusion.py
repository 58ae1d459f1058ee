"""The one door through which the jury phase moves a candidacy, and the act that releases all results together."""

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.steps import lock_call, lock_candidacy, moving_call, record, record_on_call, taking_step
from applications.enums import CallState, CandidacyState, Outcome, Role
from applications.models import Award, Call, Candidacy, Publication
from applications.rules.team import refuse_unless
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.journal import canonical
from hubs_portal.refusals import Refusal, Sentence

_STEPS = {Outcome.AWARDED: "award", Outcome.RESERVE: "reserve", Outcome.NOT_SELECTED: "reject"}
# What must be over before the results are released.
_UNFINISHED = (
    CandidacyState.SIGNALLED,
    CandidacyState.DRAFTING,
    CandidacyState.SUBMITTED,
    CandidacyState.FROZEN,
    CandidacyState.INCOMPLETE,
    CandidacyState.ADMISSIBLE,
    CandidacyState.ELIGIBLE,
    CandidacyState.ASSESSED,
    CandidacyState.SHORTLISTED,
)


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


def missing_to_release(call: Call) -> list[Sentence]:
    """What keeps the results of a call from being released, one sentence each."""
    items: list[Sentence] = []
    unfinished = Candidacy.objects.filter(call=call, state__in=_UNFINISHED)
    items += [
        _("%(number)s : « %(state)s », à mener à son terme.") % {"number": c.number, "state": c.get_state_display()}
        for c in unfinished
    ]
    undecided = Candidacy.objects.filter(call=call, state=CandidacyState.HEARD, award__isnull=True)
    items += [_("%(number)s : auditionnée, sans issue.") % {"number": c.number} for c in undecided]
    awards = Award.objects.filter(candidacy__call=call, outcome=Outcome.AWARDED)
    granted = sum((award.amount or Decimal(0) for award in awards), Decimal(0))
    if granted > call.envelope:
        items.append(_("Les subventions dépassent l’enveloppe de %(over)s €.") % {"over": granted - call.envelope})
    if call.state != CallState.CLOSED:
        items.append(_("L’appel n’est pas clos."))
    return items


def request_release(call: Call, *, by: User, at: datetime) -> Publication:
    """Ask for the release: from here on no outcome changes. Nothing is published until another manager signs."""
    with transaction.atomic():
        locked = lock_call(call.pk)
        refuse_unless(locked, by, Role.MANAGER)
        if items := missing_to_release(locked):
            raise Refusal(_("Les résultats ne peuvent pas être publiés :"), code="not_ready", items=items)
        publication, asked = Publication.objects.get_or_create(
            call=locked, defaults={"requested_by": by, "requested_at": at}
        )
        if asked:
            record_on_call("request_release", locked, by=Actor.person(by), at=at)
    return publication


def drop_release(publication: Publication, *, by: User, at: datetime, note: str) -> None:
    """Give up a release that nobody has signed yet: outcomes may change again."""
    with transaction.atomic():
        call = lock_call(publication.call_id)
        refuse_unless(call, by, Role.MANAGER)
        deleted, _rows = Publication.objects.filter(pk=publication.pk, released_at__isnull=True).delete()
        if not deleted:
            raise Refusal(_("Les résultats sont déjà publiés."), code="released")
        record_on_call("drop_release", call, by=Actor.person(by), at=at, note=note)


def release_results(publication: Publication, *, by: User, at: datetime) -> Publication:
    """Sign and release: the results page, every candidate's letter and every state, in one transaction, or nothing.

    Raises `Refusal` when the signatory is the manager who asked, or when something stands in the way.
    """
    with transaction.atomic():
        call = lock_call(publication.call_id)
        refuse_unless(call, by, Role.MANAGER)
        publication = Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
        if publication.released_at is not None:
            return publication
        if publication.requested_by_id == by.pk:
            raise Refusal(_("Un autre responsable que celui qui l’a demandée doit signer."), code="same_manager")
        if items := missing_to_release(call):
            raise Refusal(_("Les résultats ne peuvent pas être publiés :"), code="not_ready", items=items)
        _conclude_all(call, by=by, at=at)
        _publish(publication, call, by=by, at=at)
    return publication


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
        .order_by("candidacy__organisation__name")
    )
    shown: dict[str, list[dict[str, object]]] = {Outcome.AWARDED.value: [], Outcome.RESERVE.value: []}
    for award in awards:
        submission = award.candidacy.submissions.order_by("-version")[0].says
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
