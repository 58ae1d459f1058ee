"""How far the scoring is, juror by juror and candidacy by candidacy: states alone, never a mark."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import Candidacy, Criterion
from applications.rules.grid import total
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Sentence
from juries.enums import HearingState, SheetState, Stage
from juries.models import (
    Hearing,
    HearingPresence,
    Jury,
    Panel,
    PanelCandidacy,
    PanelMember,
    Recusal,
    Score,
    ScoreSheet,
    Seat,
)
from juries.rules.ranking import displayed
from juries.selectors.visible import progress, recusals_told_to, sheets_open_to_office
from juries.workflow import COUNTED


@dataclass(frozen=True)
class Mark:
    """A word and the pill that carries it: a shape beside a colour. Nothing to do with a score."""

    word: Sentence
    pill: str = ""


NOTHING = Mark("–")
RECUSED = Mark(_("déport"), "closed")
_STARTED = Mark(_("en cours"), "started")
_BEFORE = {SheetState.OPEN: _STARTED, SheetState.LOCKED: Mark(_("verrouillée"), "done")}
_AFTER = {SheetState.REOPENED: _STARTED, SheetState.SIGNED: Mark(_("signée"), "done")}


@dataclass(frozen=True)
class Duty:
    """What a juror of the panel has done of a candidacy, before and after its hearing."""

    jury_id: int
    panel_id: int
    seat: Seat
    candidacy: Candidacy
    reader: bool
    is_recused: bool
    is_heard: bool
    was_there: bool
    states: dict[str, str] = field(default_factory=dict)

    @property
    def lacks_before(self) -> bool:
        """Whether the sheet of before is still awaited."""
        expected = self.reader and not self.is_recused and not self.is_heard
        return expected and self.states.get(Stage.BEFORE) not in COUNTED

    @property
    def lacks_after(self) -> bool:
        """Whether the sheet of after is still awaited."""
        return self.was_there and not self.is_recused and self.states.get(Stage.AFTER) not in COUNTED

    @property
    def before(self) -> Mark:
        """The sheet of before, in a word."""
        if self.is_recused:
            return RECUSED
        if known := self.states.get(Stage.BEFORE):
            return _BEFORE[SheetState(known)]
        if not self.reader:
            return Mark(_("non demandée"))
        return Mark(_("non faite")) if self.is_heard else Mark(pgettext_lazy("feuille", "à commencer"))

    @property
    def after(self) -> Mark:
        """The sheet of after, in a word."""
        if self.is_recused:
            return RECUSED
        if not self.is_heard:
            return NOTHING
        if known := self.states.get(Stage.AFTER):
            return _AFTER[SheetState(known)]
        return Mark(pgettext_lazy("feuille", "à ouvrir"), "now") if self.was_there else Mark(_("absent"))


def duties(juries: Iterable[Jury], user: User) -> list[Duty]:
    """Every juror and candidacy of the panels of these juries: five queries at most, whatever their number."""
    rows = PanelCandidacy.objects.filter(panel__jury__in=[jury.pk for jury in juries])
    held = Hearing.objects.filter(candidacy=OuterRef("candidacy"), state=HearingState.HELD).values("pk")
    given = rows.select_related("panel", "candidacy__organisation").annotate(held=Subquery(held))
    found = list(given.order_by("candidacy__number"))
    wanted = [row.candidacy_id for row in found]
    heard = {row.held: row.candidacy_id for row in found if row.held is not None}
    return _duties(found, recusals_told_to(user).filter(candidacy__in=wanted), heard, user)


def duties_of(
    given: PanelCandidacy, recusals: Iterable[Recusal], hearings: Iterable[Hearing], user: User
) -> list[Duty]:
    """The same for one candidacy, its recusals read with their people, and its hearings: three queries."""
    heard = {hearing.pk: given.candidacy_id for hearing in hearings if hearing.state == HearingState.HELD}
    return _duties([given], recusals, heard, user)


def _duties(
    rows: Sequence[PanelCandidacy], recusals: Iterable[Recusal], heard: dict[int, int], user: User
) -> list[Duty]:
    wanted = [row.candidacy_id for row in rows]
    members = _members({row.panel_id for row in rows})
    recused = _kept_out(recusals)
    there = _present(heard)
    states = _states(progress(user).filter(candidacy__in=wanted))
    return [
        Duty(
            jury_id=row.panel.jury_id,
            panel_id=row.panel_id,
            seat=member.seat,
            candidacy=row.candidacy,
            reader=member.reader,
            is_recused=(member.seat.user_id, row.candidacy_id) in recused,
            is_heard=row.candidacy_id in heard.values(),
            was_there=(member.seat_id, row.candidacy_id) in there,
            states=states[member.seat_id, row.candidacy_id],
        )
        for row in rows
        for member in members[row.panel_id]
    ]


def _kept_out(recusals: Iterable[Recusal]) -> set[tuple[int, int]]:
    if isinstance(recusals, QuerySet):
        return set(recusals.values_list("seat__user", "candidacy"))
    return {(recusal.seat.user_id, recusal.candidacy_id) for recusal in recusals}


def _present(heard: dict[int, int]) -> set[tuple[int, int]]:
    """Who was there, by seat and candidacy; nobody, and no query, while nothing was heard."""
    if not heard:
        return set()
    rows = HearingPresence.objects.filter(hearing__in=heard, present=True)
    return {(seat, heard[hearing]) for seat, hearing in rows.values_list("seat", "hearing")}


def _members(panels: set[int]) -> dict[int, list[PanelMember]]:
    found: dict[int, list[PanelMember]] = defaultdict(list)
    rows = PanelMember.objects.filter(panel__in=panels, seat__in=Seat.objects.present())
    for member in rows.select_related("seat__user").order_by("pk"):
        found[member.panel_id].append(member)
    return found


def _states(sheets: QuerySet[ScoreSheet]) -> dict[tuple[int, int], dict[str, str]]:
    found: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for seat, candidacy, stage, state in sheets.values_list("seat", "candidacy", "stage", "state"):
        found[seat, candidacy][stage] = state
    return found


@dataclass(frozen=True)
class Table:
    """A panel as a table: a row a candidacy, a column a juror."""

    panel: Panel
    seats: list[Seat]
    rows: list[tuple[Candidacy, list[Duty]]]


def tables(panels: Sequence[Panel], rows: Iterable[Duty]) -> list[Table]:
    """The duties laid out panel by panel; panels without a candidacy are left out."""
    by_panel: dict[int, dict[int, list[Duty]]] = defaultdict(lambda: defaultdict(list))
    for duty in rows:
        by_panel[duty.panel_id][duty.candidacy.pk].append(duty)
    laid: list[Table] = []
    for panel in panels:
        if lines := list(by_panel[panel.pk].values()):
            seats = [duty.seat for duty in lines[0]]
            laid.append(Table(panel, seats, [(line[0].candidacy, line) for line in lines]))
    return laid


# ---------------------------------------------------------------- the marks, once their author has finished


@dataclass(frozen=True)
class Reading:
    """The finished sheets of a candidacy at one stage: a column a juror, a line a criterion."""

    stage: Stage
    sheets: list[ScoreSheet]
    lines: list[tuple[Criterion, list[Score | None]]]
    totals: list[Decimal]


def readings(candidacy: Candidacy, criteria: Sequence[Criterion], user: User) -> list[Reading]:
    """The sheets the person may read, by stage: three queries."""
    found: dict[str, list[ScoreSheet]] = defaultdict(list)
    for sheet in sheets_open_to_office(user).filter(candidacy=candidacy).order_by("seat"):
        found[sheet.stage].append(sheet)
    return [_reading(stage, found[stage], criteria) for stage in Stage if found[stage]]


def _reading(stage: Stage, sheets: list[ScoreSheet], criteria: Sequence[Criterion]) -> Reading:
    marks = [{score.criterion_id: score for score in sheet.scores.all()} for sheet in sheets]
    lines = [(criterion, [known.get(criterion.pk) for known in marks]) for criterion in criteria]
    totals = [
        displayed(total({score.criterion: score.value for score in known.values() if score.value is not None}))
        for known in marks
    ]
    return Reading(stage, sheets, lines, totals)
