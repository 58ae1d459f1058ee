"""Deliberate: decisions recorded one by one, settled together, signed by two people, kept in the minutes."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions import conclusion
from applications.enums import Outcome
from applications.models import Candidacy
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries import letters, minutes
from juries.actions.steps import lock_deliberation, lock_jury, record
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation, DeliberationSignature, Jury
from juries.rules.offices import capacity_of, refuse_if_recused, refuse_unless_leading, refuse_while_tied
from juries.selectors.deliberation import granted, to_decide
from juries.selectors.wall import missing_to_settle
from juries.workflow import DELIBERATION


@locks.retried
def open_deliberation(jury: Jury, *, by: User, at: datetime) -> Deliberation:
    """Open a session; asked again while one is open, it is the same."""
    with transaction.atomic():
        locked = lock_jury(jury.pk)
        refuse_unless_leading(locked, by)
        under_way = locked.deliberations.exclude(state=DeliberationState.SIGNED).first()
        if under_way is not None:
            return under_way
        deliberation = Deliberation.objects.create(jury=locked, opened_at=at)
        record("open_deliberation", locked, by=Actor.person(by), at=at)
    return deliberation


@locks.retried
def record_decision(
    deliberation: Deliberation,
    candidacy: Candidacy,
    *,
    outcome: Outcome,
    reasons: str,
    by: User,
    at: datetime,
    amount: Decimal | None = None,
    read_at: datetime | None = None,
) -> Decision:
    """Write what the jury decides of a candidacy, in place of what it had; `amount` in euros, for an award only.

    `read_at` is when the author read what was decided: what somebody else wrote since is not overwritten unseen.
    """
    _refuse_unreasoned(outcome, amount, reasons)
    with transaction.atomic():
        deliberation = _led(deliberation, by)
        refuse_if_recused(by, candidacy)
        refuse_while_tied(by, candidacy)
        _refuse_unless_open(deliberation)
        if not to_decide(deliberation).filter(pk=candidacy.pk).exists():
            raise Refusal(_("Cette candidature n’est pas à décider dans cette délibération."), code="not_to_decide")
        _refuse_unseen(deliberation, candidacy, by=by, read_at=read_at)
        said = {"outcome": outcome, "amount": amount, "reasons": reasons.strip(), "decided_by": by, "decided_at": at}
        decision, _created = Decision.objects.update_or_create(
            deliberation=deliberation, candidacy=candidacy, defaults=said
        )
        told = {"candidacy": candidacy.number, "outcome": outcome, "amount": amount}
        record("decide", deliberation.jury, by=Actor.person(by), at=at, note=reasons, **told)
    return decision


def _refuse_unreasoned(outcome: Outcome, amount: Decimal | None, reasons: str) -> None:
    if (outcome == Outcome.AWARDED) != (amount is not None) or (amount is not None and amount <= 0):
        raise Refusal(_("Une candidature lauréate a un montant, les autres n’en ont pas."), code="wrong_amount")
    if not reasons.strip():
        raise Refusal(_("Écrivez les motifs dont le jury est convenu."), code="no_reason")


def _refuse_unseen(deliberation: Deliberation, candidacy: Candidacy, *, by: User, read_at: datetime | None) -> None:
    known = (
        deliberation.decisions.filter(candidacy=candidacy).exclude(decided_by=by).select_related("decided_by").first()
    )
    if known and read_at and known.decided_at > read_at:
        raise Refusal(
            _("%(name)s vient d’inscrire une décision pour cette candidature : lisez-la avant de la remplacer.")
            % {"name": known.decided_by},
            code="changed",
        )


def _refuse_unless_open(deliberation: Deliberation) -> None:
    if deliberation.state != DeliberationState.OPEN:
        raise Refusal(_("La délibération est arrêtée : ses décisions ne changent plus."), code="settled")


def _led(deliberation: Deliberation, user: User) -> Deliberation:
    jury = lock_jury(deliberation.jury_id)
    refuse_unless_leading(jury, user)
    return lock_deliberation(deliberation.pk)


@locks.retried
def settle(deliberation: Deliberation, *, by: User, at: datetime, envelope_reason: str = "") -> Deliberation:
    """Stop the list of decisions. Raises `Refusal` listing candidacies unheard, undecided or without quorum, and an
    envelope exceeded without a reason.
    """
    with transaction.atomic():
        deliberation = _led(deliberation, by)
        row = DELIBERATION.step("settle", DeliberationState(deliberation.state))
        if items := missing_to_settle(deliberation, envelope_reason=envelope_reason, reader=by):
            raise Refusal(_("La délibération ne peut pas être arrêtée :"), code="not_ready", items=items)
        exceeded = granted(deliberation) > deliberation.jury.call.envelope
        deliberation.state, deliberation.settled_at = row.target, at
        deliberation.envelope_reason = envelope_reason.strip() if exceeded else ""
        deliberation.save(update_fields=["state", "settled_at", "envelope_reason"])
        record("settle", deliberation.jury, by=Actor.person(by), at=at, note=deliberation.envelope_reason)
    return deliberation


def resume(deliberation: Deliberation, *, reason: str, by: User, at: datetime) -> Deliberation:
    """Take a settled deliberation up again, as long as nobody has signed it."""
    if not reason.strip():
        raise Refusal(_("Écrivez pourquoi la délibération reprend."), code="no_reason")
    with transaction.atomic():
        deliberation = _led(deliberation, by)
        row = DELIBERATION.step("resume", DeliberationState(deliberation.state))
        if deliberation.signatures.exists():
            raise Refusal(_("La délibération est déjà signée : ses décisions ne changent plus."), code="signed")
        deliberation.state, deliberation.settled_at, deliberation.envelope_reason = row.target, None, ""
        deliberation.save(update_fields=["state", "settled_at", "envelope_reason"])
        record("resume", deliberation.jury, by=Actor.person(by), at=at, note=reason)
    return deliberation


@locks.retried
def sign_deliberation(
    deliberation: Deliberation, *, by: User, at: datetime, read_at: datetime | None = None
) -> Deliberation:
    """Sign as the chair or as a manager. The second signature, of somebody else, produces the minutes and hands each
    decision over, under embargo until the release. Signing twice oneself is refused, and so is signing a list that
    was settled again after `read_at`, when the signatory read it.
    """
    with transaction.atomic():
        deliberation = _led(deliberation, by)
        row = DELIBERATION.step("sign", DeliberationState(deliberation.state))
        if read_at and deliberation.settled_at and deliberation.settled_at > read_at:
            raise Refusal(
                _("La délibération a repris depuis que vous l’avez lue : relisez les décisions, puis signez."),
                code="changed",
            )
        signed = list(deliberation.signatures.all())
        if any(signature.user_id == by.pk for signature in signed):
            raise Refusal(_("Vous avez signé : une autre personne doit signer à son tour."), code="same_signatory")
        DeliberationSignature.objects.create(
            deliberation=deliberation,
            rank=len(signed) + 1,
            user=by,
            capacity=capacity_of(deliberation.jury, by),
            signed_at=at,
        )
        record("sign_deliberation", deliberation.jury, by=Actor.person(by), at=at, rank=len(signed) + 1)
        if signed:
            deliberation.state, deliberation.signed_at = row.target, at
            deliberation.save(update_fields=["state", "signed_at"])
            _conclude(deliberation, by=by, at=at)
        else:
            letters.deliberation_to_sign(deliberation, signed_by=by, at=at)
    return deliberation


def _conclude(deliberation: Deliberation, *, by: User, at: datetime) -> None:
    kept = minutes.produce(deliberation, at=at)
    record("produce_minutes", deliberation.jury, by=Actor.person(by), at=at, digest=kept.digest)
    for decision in deliberation.decisions.select_related("candidacy"):
        conclusion.conclude(
            decision.candidacy,
            outcome=Outcome(decision.outcome),
            amount=decision.amount,
            reasons=decision.reasons,
            by=Actor.person(by),
            at=at,
        )
