"""What the office of the jury catches up on of an evening, because somebody who rehearses took another way."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from applications.enums import CandidacyState
from applications.models import Candidacy
from applications.rehearsal import setting
from applications.rehearsal.cast import PARIS, Player
from applications.rehearsal.office import working_days
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal.timeline import PassedOver
from juries.actions import hearings, interests, panels
from juries.enums import HearingState, Stage, Verdict
from juries.models import Hearing, Panel, PanelCandidacy, ScoreSheet
from juries.rehearsal import hearing as acts
from juries.rehearsal.cast import LENGTH, Audition, auditions, told
from juries.rehearsal.setting import the_jury
from juries.rehearsal.sitting import finish, player_of
from juries.rules.docket import undeclared
from juries.rules.hearings import voters
from juries.workflow import AWAITED, STANDING

_EVENING = time(18, 50)
_FIRST, _LAST = date(2018, 12, 6), date(2019, 1, 16)
# The last days: whoever is left is heard before the deliberation, or at the latest before the results are due.
_LAST_CALL = datetime(2019, 1, 11, tzinfo=PARIS)
_AT_THE_LATEST = (date(2019, 1, 17), date(2019, 1, 25), date(2019, 1, 28))
_LEAVE_A_SHEET = timedelta(days=5)
_ONE_HOUR = timedelta(hours=1)


def evenings() -> Iterator[datetime]:
    """When it is done."""
    for day in (*working_days(_FIRST, _LAST), *_AT_THE_LATEST):
        yield datetime.combine(day, _EVENING, PARIS)


def catch_up(at: datetime) -> None:
    """Shortlisted candidacies come to a panel, a hearing and signed sheets, as far as rules allow."""
    the_jury()
    for candidacy in _shortlisted():
        _attempt(lambda candidacy=candidacy: _place(candidacy, at))  # type: ignore[misc] # bound now, called now
    for hearing in _waiting():
        _attempt(lambda hearing=hearing: _advance(hearing, at))  # type: ignore[misc]
    for sheet in _left_sheets(at):
        _attempt(lambda sheet=sheet: finish(sheet, at))  # type: ignore[misc]


def _attempt(act: Callable[[], object]) -> None:
    try:
        act()
    except Refusal:
        return


def _shortlisted() -> list[Candidacy]:
    """Those without a hearing that stands."""
    heard = Hearing.objects.filter(state__in=STANDING).values("candidacy")
    found = Candidacy.objects.filter(call__slug=setting.SLUG, state=CandidacyState.SHORTLISTED)
    return list(found.exclude(pk__in=heard).select_related("call").order_by("number"))


def _plan(player: Player) -> Audition | None:
    return next((audition for audition in auditions() if audition.player == player), None)


def _place(candidacy: Candidacy, at: datetime) -> None:
    plan = _plan(player_of(candidacy))
    if plan and at < plan.last.convened:
        return
    given = PanelCandidacy.objects.filter(candidacy=candidacy).select_related("panel__jury__call").first()
    panel = (
        given.panel if given else Panel.objects.get(jury=the_jury(), name=plan.panel if plan else told()["panels"][1])
    )
    if given is None:
        panels.assign(panel, [candidacy], by=setting.officer(), at=at)
    _declare(panel, candidacy, at)
    starts = plan.last.starts if plan and plan.last.starts > at else None
    slot = acts.slot_at(panel, starts or _free_hour(panel, at), at)
    hearing = hearings.book_hearing(slot, candidacy, by=setting.officer(), at=at)
    hearings.convene(hearing, by=setting.officer(), at=at)


def _free_hour(panel: Panel, at: datetime) -> datetime:
    """The first hour of the coming days at which no slot of the jury is."""
    taken = [slot.starts_at for slot in panel.jury.slots.filter(starts_at__gt=at)]
    first = at.astimezone(PARIS).date() + timedelta(days=1)
    for day in working_days(first, first + timedelta(days=14)):
        for n in range(6):
            hour = datetime.combine(day, time(11, 30), PARIS) + _ONE_HOUR * n
            if all(abs(hour - other) >= LENGTH for other in taken):
                return hour
    raise PassedOver("aucune heure n’est libre")


def _declare(panel: Panel, candidacy: Candidacy, at: datetime) -> None:
    """Nobody of the panel has a tie with what came unforeseen."""
    for seat in voters(panel, candidacy):
        if undeclared(seat).filter(pk=candidacy.pk).exists():
            interests.declare_interest(seat, candidacy, verdict=Verdict.NONE, at=at)


def _waiting() -> list[Hearing]:
    found = Hearing.objects.filter(panel__jury=the_jury(), state__in=[HearingState.PROPOSED, *AWAITED])
    return list(found.select_related("slot", "panel__jury__call", "candidacy").order_by("slot__starts_at"))


def _advance(hearing: Hearing, at: datetime) -> None:
    """Hold a hearing that is past; in the last days, convene one nobody convened and bring forward one too late."""
    if hearing.slot.ends_at <= at:
        _hold(hearing, at)
    elif at >= _LAST_CALL:
        if hearing.slot.ends_at > next((end for end in _ends() if end > at), at):
            slot = acts.slot_at(hearing.panel, _free_hour(hearing.panel, at), at)
            hearings.move(hearing, slot, reason="Le jury délibère bientôt.", by=setting.officer(), at=at)
        if hearing.state == HearingState.PROPOSED:
            hearings.convene(hearing, by=setting.officer(), at=at)


def _ends() -> Iterator[datetime]:
    """The evenings by which everybody must have been heard."""
    for day in (_AT_THE_LATEST[0], _AT_THE_LATEST[-1]):
        yield datetime.combine(day, _EVENING, PARIS)


def _hold(hearing: Hearing, at: datetime) -> None:
    if hearing.state == HearingState.PROPOSED:
        hearings.cancel(hearing, reason="", by=setting.officer(), at=at)
        return
    if not acts.able(hearing):
        _declare(hearing.panel, hearing.candidacy, at)
    acts.hold_it(hearing, at)


def _left_sheets(at: datetime) -> list[ScoreSheet]:
    """The sheets of after a hearing that their authors left lying for days; in the last days, all of them."""
    before = at if at >= _LAST_CALL else at - _LEAVE_A_SHEET
    found = ScoreSheet.objects.writable().filter(stage=Stage.AFTER, seat__jury=the_jury(), opened_at__lte=before)
    return list(found.select_related("seat__user", "candidacy__call").order_by("pk"))
