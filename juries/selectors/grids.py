"""The score sheet a juror meets: the one they write now, the one of before beside it, or why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy, Criterion
from applications.rules.grid import HIGHEST
from hubs_portal.refusals import Sentence
from juries.enums import SheetState, Stage
from juries.models import Score, ScoreSheet
from juries.selectors.assigned import Assigned
from juries.selectors.visible import sheets_of, sheets_visible_to
from juries.workflow import COUNTED


@dataclass(frozen=True)
class Grid:
    """What is scored of a candidacy. `sheet` is `None` while nothing was ever written on it."""

    criteria: list[Criterion]
    stage: Stage
    sheet: ScoreSheet | None
    before: ScoreSheet | None  # what the juror thought before the hearing, once they write after it
    shut: Sentence = ""  # why nothing can be written; empty when the sheet is open, or finished and readable

    @property
    def is_writable(self) -> bool:
        """Whether the juror may write on it now."""
        return not self.shut and (self.sheet is None or self.sheet.is_writable)

    @property
    def is_finished(self) -> bool:
        """Whether its author locked or signed it."""
        return self.sheet is not None and self.sheet.state in COUNTED

    @property
    def total(self) -> Decimal:
        """Out of 100, from the criteria marked so far."""
        return total_of(self.sheet) if self.sheet else Decimal(0)

    @property
    def marked(self) -> int:
        """How many criteria have a mark."""
        return sum(score.value is not None for score in scores_of(self.sheet).values())

    @property
    def is_after(self) -> bool:
        """Whether it is the sheet of after the hearing, which is signed; the one of before is locked."""
        return self.stage == Stage.AFTER


@dataclass(frozen=True)
class Column:
    """One juror's finished sheet among those of the panel."""

    sheet: ScoreSheet
    mine: bool

    @property
    def scores(self) -> dict[int, Score]:
        """Its scores, by criterion."""
        return scores_of(self.sheet)

    @property
    def total(self) -> Decimal:
        """Out of 100."""
        return total_of(self.sheet)


@dataclass(frozen=True)
class Board:
    """The finished sheets of one stage that the juror may read, criterion by criterion."""

    stage: Stage
    columns: list[Column]
    criteria: list[Criterion]

    @property
    def lines(self) -> list[tuple[Criterion, list[Score | None]]]:
        """Each criterion with the score of each column."""
        return [(c, [column.scores.get(c.pk) for column in self.columns]) for c in self.criteria]


def grid_of(held: Assigned) -> Grid:
    """The sheet to write or to read again: three queries. Needs nothing of the dossier's content."""
    criteria = list(held.candidacy.call.criteria.all())
    own = {sheet.stage: sheet for sheet in _with_scores(sheets_of(held.seat), held.candidacy, criteria)}
    before, after = own.get(Stage.BEFORE), own.get(Stage.AFTER)
    if after:
        return Grid(criteria, Stage.AFTER, after, before)
    if held.heard and before is None:
        return Grid(criteria, Stage.AFTER, None, None, shut=_WAITING)
    if held.heard:
        finished = before if before and before.state == SheetState.LOCKED else None
        return Grid(criteria, Stage.BEFORE, finished, None, shut="" if finished else _WAITING)
    if before is None and not held.reads:
        return Grid(criteria, Stage.BEFORE, None, None, shut=_LISTENING)
    return Grid(criteria, Stage.BEFORE, before, None)


_WAITING = _("L’audition est passée : votre feuille d’après l’audition s’ouvrira si vous étiez dans la salle.")
_LISTENING = _("Vous noterez cette candidature après son audition.")


def boards_of(held: Assigned) -> list[Board]:
    """What the panel's members wrote, for each stage at which this juror's own sheet is finished."""
    criteria = list(held.candidacy.call.criteria.all())
    sheets = _with_scores(sheets_visible_to(held.seat).filter(state__in=sorted(COUNTED)), held.candidacy, criteria)
    stages = [stage for stage in Stage if any(s.stage == stage and s.seat_id == held.seat.pk for s in sheets)]
    return [
        Board(stage, [Column(s, s.seat_id == held.seat.pk) for s in sheets if s.stage == stage], criteria)
        for stage in stages
    ]


def _with_scores(sheets: QuerySet[ScoreSheet], candidacy: Candidacy, criteria: Iterable[Criterion]) -> list[ScoreSheet]:
    """The sheets of a candidacy with their scores, whose criteria are already at hand."""
    known = {criterion.pk: criterion for criterion in criteria}
    found = list(sheets.filter(candidacy=candidacy).prefetch_related(None).prefetch_related("scores"))
    for score in (score for sheet in found for score in sheet.scores.all()):
        score.criterion = known[score.criterion_id]
    return found


def scores_of(sheet: ScoreSheet | None) -> dict[int, Score]:
    """The scores of a sheet, by criterion: no query when they were prefetched."""
    return {score.criterion_id: score for score in sheet.scores.all()} if sheet else {}


def total_of(sheet: ScoreSheet) -> Decimal:
    """Out of 100, from the criteria marked so far; their criterion is at hand."""
    marked = [score for score in sheet.scores.all() if score.value is not None]
    return sum((score.criterion.weight * score.value / HIGHEST for score in marked if score.value), Decimal(0))
