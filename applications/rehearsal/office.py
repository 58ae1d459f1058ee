"""The timeline of the team after the closing: the diary of each dossier, and what an evening catches up on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from applications.actions.closing import close_due_calls
from applications.enums import CandidacyState
from applications.models import Candidacy, Exclusion, Member
from applications.rehearsal import examining, setting
from applications.rehearsal.agenda import AskedPiece, Examination, examinations_of, unforeseen
from applications.rehearsal.cast import PARIS, Player
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal.timeline import Act

Gesture = Callable[[Examination, datetime], object]
S = CandidacyState
# Every working evening between these days, the team catches up on what it had planned and could not do.
FIRST_EVENING, LAST_EVENING = date(2018, 12, 3), date(2019, 1, 11)
_HOLIDAYS = {date(2018, 12, 25), date(2019, 1, 1)}
_EVENING = time(18, 40)
_FRIDAY = 4


def acts(cast: Sequence[Player]) -> Iterator[Act]:
    """Every act of the team after the closing, in no particular order."""
    for examination in examinations_of(cast):
        for at, name, gesture in _gestures(examination):
            yield Act(at, f"{examination.player.slug} : {name}", partial(gesture, examination))
    for day in working_days(FIRST_EVENING, LAST_EVENING):
        at = datetime.combine(day, _EVENING, PARIS)
        yield Act(at, f"l’équipe rattrape son retard, {day}", partial(catch_up, cast))


def working_days(first: date, last: date) -> Iterator[date]:
    """The days of the office, from the first to the last."""
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day.weekday() <= _FRIDAY and day not in _HOLIDAYS:
            yield day


def _gestures(examination: Examination) -> Iterator[tuple[datetime, str, Gesture]]:
    yield examination.screened, "les pièces sont contrôlées", examining.screen
    if examination.ask:
        yield examination.asked, "des pièces sont demandées", examining.ask
        for piece in examination.ask.pieces:
            if piece.answered:
                name = f"la structure envoie {piece.requirement}"
                yield piece.answered, name, _answering(piece)
    yield from _decisions(examination)


def _answering(piece: AskedPiece) -> Gesture:
    return lambda examination, at: examining.answer(examination, piece, at)


def _decisions(examination: Examination) -> Iterator[tuple[datetime, str, Gesture]]:
    excluded = examination.excluded
    if excluded is None or excluded.stage == "eligibility":
        yield examination.admitted, "est recevable", examining.admit
    if excluded:
        yield excluded.proposed, "une exclusion est proposée", examining.propose_exclusion
        yield excluded.confirmed, "l’exclusion est confirmée", examining.confirm_exclusion
        return
    yield examination.eligible, "est éligible", examining.find_eligible
    yield examination.assessed, "est évaluée", examining.assess
    yield examination.decided, "la suite est décidée", examining.choose


# ---------------------------------------------------------------- evenings


@dataclass(frozen=True)
class Standing:
    """Where a dossier is: its state, and whether an exclusion of it waits for a colleague or was given up."""

    state: str
    exclusion_waits: bool = False
    exclusion_dropped: bool = False


def catch_up(cast: Sequence[Player], at: datetime) -> None:
    """What should be done by now and is not, because somebody who rehearses took another way, is done as far as rules
    allow; a dossier nobody had foreseen moves by one step. So every dossier comes to an end.
    """
    close_due_calls(at=at)
    known = {examination.player.email: examination for examination in examinations_of(cast)}
    for member in _waiting():
        examination = known.get(member.email)
        if examination:
            if _next(examination, Standing(member.candidacy.state))[0] <= at:
                while _one_step(examination, at):
                    pass
        else:
            _one_step(unforeseen(stranger(member), at), at)


def _waiting() -> list[Member]:
    unfinished = [S.FROZEN, S.INCOMPLETE, S.ADMISSIBLE, S.ELIGIBLE, S.ASSESSED]
    contacts = Member.objects.present().filter(candidacy__call__slug=setting.SLUG, is_contact=True)
    waiting = contacts.filter(candidacy__state__in=unfinished)
    return list(waiting.select_related("candidacy__organisation").order_by("candidacy__number"))


def _one_step(examination: Examination, at: datetime) -> bool:
    """Take the next step of a dossier if its time has come; says whether it moved."""
    before = _standing(examination)
    due, gesture = _next(examination, before)
    if gesture is None or due > at:
        return False
    try:
        gesture(examination, at)
    except Refusal:
        return False
    return _standing(examination) != before


def _standing(examination: Examination) -> Standing:
    contact = Member.objects.present().filter(email=examination.player.email, is_contact=True)
    candidacy = Candidacy.objects.get(pk__in=contact.values("candidacy"), call__slug=setting.SLUG)
    exclusions = Exclusion.objects.filter(candidacy=candidacy)
    return Standing(
        candidacy.state,
        exclusions.filter(confirmed_at__isnull=True, dropped_at__isnull=True).exists(),
        exclusions.filter(dropped_at__isnull=False).exists(),
    )


def _next(examination: Examination, now: Standing) -> tuple[datetime, Gesture | None]:
    excluded = examination.excluded if not now.exclusion_dropped else None
    if excluded and now.exclusion_waits:
        return excluded.confirmed, examining.confirm_exclusion
    if excluded and now.state in _EXCLUDABLE[excluded.stage]:
        return excluded.proposed, examining.propose_exclusion
    due, gesture = {
        S.FROZEN: (examination.admitted, _screen_and_admit),
        S.INCOMPLETE: (examination.admitted, examining.admit),
        S.ADMISSIBLE: (examination.eligible, examining.find_eligible),
        S.ELIGIBLE: (examination.assessed, examining.assess),
        S.ASSESSED: (examination.decided, examining.choose),
    }.get(S(now.state), (examination.decided, None))
    return due, gesture


_EXCLUDABLE = {"admissibility": {S.FROZEN, S.INCOMPLETE}, "eligibility": {S.ADMISSIBLE}}


def _screen_and_admit(examination: Examination, at: datetime) -> None:
    examining.screen(examination, at - timedelta(minutes=5))
    examining.admit(examination, at)


@dataclass(frozen=True)
class Stranger(Player):
    """A structure nobody had foreseen: somebody who rehearses invented it."""

    address: str = ""

    @property
    def email(self) -> str:
        """The address its contact gave."""
        return self.address


def stranger(member: Member) -> Stranger:
    """The structure of a contact who is not of the cast."""
    candidacy = member.candidacy
    organisation = candidacy.organisation
    return Stranger(
        rank=0,
        slug=candidacy.number.lower(),
        name=organisation.name,
        form=organisation.legal_form,
        city=organisation.city,
        postcode=organisation.postcode,
        territories=(),
        contact=member.name,
        hub="",
        signalled=candidacy.signalled_at,
        fate="not_shortlisted",
        address=member.email,
    )
