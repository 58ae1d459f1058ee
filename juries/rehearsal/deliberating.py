"""The deliberation and the release: each act does what is left of it, whoever has begun."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from applications.actions import conclusion
from applications.enums import CallState, Outcome
from applications.models import Candidacy, Publication
from applications.rehearsal import judgement, setting
from applications.rehearsal.cast import Player, typeset
from applications.rehearsal.words import asked_by
from hubs_portal.accounts.models import User
from hubs_portal.rehearsal.timeline import PassedOver
from juries.actions import deliberation as acts
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation, Seat
from juries.rehearsal.cast import told
from juries.rehearsal.setting import the_jury
from juries.rehearsal.sitting import player_of
from juries.selectors.deliberation import granted, to_decide
from juries.selectors.ranking import ranking

_FATES = {"awarded": Outcome.AWARDED, "reserve": Outcome.RESERVE}
_NO_MONEY_LEFT = (
    "Projet de qualité, que l’enveloppe ne permet plus de financer : il est inscrit sur la liste complémentaire."
)
_UNKNOWN = "Le jury a apprécié l’échange, mais le projet reste moins abouti que ceux qu’il a retenus."


def session() -> Deliberation:
    """The session under way."""
    found = Deliberation.objects.filter(jury=the_jury()).exclude(state=DeliberationState.SIGNED).first()
    if found is None:
        raise PassedOver("aucune délibération n’est en cours")
    return found


def open_session(at: datetime) -> None:
    """The chair opens it, once."""
    jury = the_jury()
    if Deliberation.objects.filter(jury=jury).exists():
        raise PassedOver("la délibération est déjà ouverte")
    acts.open_deliberation(jury, by=_signatories()[0], at=at)


def decide_next(at: datetime) -> None:
    """Decide of the best ranked candidacy that has no decision yet."""
    under_way = session()
    decided = Decision.objects.filter(deliberation=under_way).values("candidacy")
    waiting = set(to_decide(under_way).exclude(pk__in=decided).values_list("pk", flat=True))
    candidacy = next((row.candidacy for row in ranking(under_way.jury) if row.candidacy.pk in waiting), None)
    if candidacy is None:
        raise PassedOver("tout est décidé")
    _decide(under_way, candidacy, at)


def _decide(under_way: Deliberation, candidacy: Candidacy, at: datetime) -> None:
    player = player_of(candidacy)
    outcome = _FATES.get(player.fate, Outcome.NOT_SELECTED)
    amount = _amount(player) if outcome == Outcome.AWARDED else None
    reasons = _reasons(player)
    if amount and granted(under_way) + amount > under_way.jury.call.envelope:
        outcome, amount, reasons = Outcome.RESERVE, None, _NO_MONEY_LEFT
    acts.record_decision(
        under_way, candidacy, outcome=outcome, amount=amount, reasons=reasons, by=setting.teammate(0), at=at
    )


def _amount(player: Player) -> Decimal:
    return Decimal(told()["deliberation"]["amounts"].get(player.slug) or asked_by(player))


def _reasons(player: Player) -> str:
    particular: dict[str, Any] = told()["deliberation"]["reasons"]
    if player.slug in particular:
        return typeset(particular[player.slug])
    return judgement.reasons(player, player.fate) if player.fate in {*_FATES, "not_selected"} else _UNKNOWN


def settle(at: datetime) -> None:
    """Decide of what is left, keep within the envelope, and stop the list."""
    under_way = session()
    if under_way.state != DeliberationState.OPEN:
        raise PassedOver("la délibération est déjà arrêtée")
    while to_decide(under_way).exclude(decisions__deliberation=under_way).exists():
        decide_next(at)
    _keep_within_the_envelope(under_way, at)
    acts.settle(under_way, by=_signatories()[0], at=at)


def _keep_within_the_envelope(under_way: Deliberation, at: datetime) -> None:
    """Whoever decided too much is brought back to what there is: the last ranked goes to the reserve list."""
    for row in reversed(ranking(under_way.jury)):
        if granted(under_way) <= under_way.jury.call.envelope:
            return
        if under_way.decisions.filter(candidacy=row.candidacy, outcome=Outcome.AWARDED).exists():
            said: dict[str, Any] = {"outcome": Outcome.RESERVE, "reasons": _NO_MONEY_LEFT}
            acts.record_decision(under_way, row.candidacy, by=setting.teammate(0), at=at, **said)


def sign_first(at: datetime) -> None:
    """The chair signs, or whoever may, unless somebody has."""
    _sign(at, up_to=1)


def sign_second(at: datetime) -> None:
    """Somebody else signs; the minutes are produced."""
    _sign(at, up_to=2)


def _sign(at: datetime, *, up_to: int) -> None:
    under_way = session()
    signed = list(under_way.signatures.values_list("user", flat=True))
    if len(signed) >= up_to:
        raise PassedOver("la délibération est déjà signée")
    hand = next(user for user in _signatories() if user.pk not in signed)
    acts.sign_deliberation(under_way, by=hand, at=at)


def _signatories() -> list[User]:
    """The chair, then the managers."""
    chairs = Seat.objects.presiding().filter(jury=the_jury()).select_related("user")
    return [*(seat.user for seat in chairs), setting.teammate(0), setting.teammate(1)]


def conclude(at: datetime) -> None:
    """Before the results are due, whatever is left of the deliberation is done."""
    jury = the_jury()
    if Deliberation.objects.filter(jury=jury, state=DeliberationState.SIGNED).exists():
        return
    under_way = acts.open_deliberation(jury, by=_signatories()[0], at=at)
    if under_way.state == DeliberationState.OPEN:
        settle(at)
    for signature in range(under_way.signatures.count() + 1, 3):
        _sign(at, up_to=signature)


def request_release(at: datetime) -> None:
    """A manager asks for the release."""
    call = setting.the_call()
    if Publication.objects.filter(call=call).exists():
        raise PassedOver("la publication est déjà demandée")
    conclusion.request_release(call, by=setting.teammate(0), at=at)


def release(at: datetime) -> None:
    """Another manager than the one who asked signs."""
    call = setting.the_call()
    if call.state != CallState.CLOSED:
        raise PassedOver("les résultats sont déjà publiés")
    publication = Publication.objects.filter(call=call).first()
    publication = publication or conclusion.request_release(call, by=setting.teammate(0), at=at)
    first, second = setting.teammate(0), setting.teammate(1)
    other = first if publication.requested_by_id == second.pk else second
    conclusion.release_results(publication, by=other, at=at)
