"""The ranking of a jury, computed on read: six queries whatever the number of candidacies."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.content import Content
from applications.models import Candidacy, Submission
from applications.rules import money
from juries.models import Deliberation, Jury, ScoreSheet, Seat
from juries.rules.docket import docket
from juries.rules.ranking import Marks, Standing, ranked, standing


def candidacies_of(jury: Jury) -> QuerySet[Candidacy]:
    """The candidacies given to the panels of a jury."""
    given = Candidacy.objects.filter(assignment__panel__jury=jury)
    return given.select_related("organisation").order_by("number")


def ranking(jury: Jury) -> list[Standing]:
    """Every candidacy of the jury, the best first: for the office, and for the wall once the jury deliberates."""
    return _rank(jury, candidacies_of(jury))


def ranking_visible_to(seat: Seat) -> list[Standing]:
    """What a juror sees of it, ranked among what they see: no gap tells of a candidacy they stay out of.

    A row shows once their own sheet is finished; without a sheet to write, once the jury deliberates.
    """
    jury = seat.jury
    own = ScoreSheet.objects.live().filter(seat=seat, candidacy=OuterRef("pk"))
    finished = own.filter(pk__in=ScoreSheet.objects.counted(), stage=jury.ranking_stage)
    shown = Q(Exists(finished))
    if Deliberation.objects.filter(jury=jury).exists():
        shown |= ~Q(Exists(own.filter(pk__in=ScoreSheet.objects.writable())))
    return _rank(jury, docket(seat).filter(shown, assignment__panel__jury=jury).select_related("organisation"))


def _rank(jury: Jury, candidacies: QuerySet[Candidacy]) -> list[Standing]:
    rows = list(candidacies)
    criteria = list(jury.call.criteria.all())
    said = _contents(rows)
    marks = _marks(jury, rows)
    standings = [
        standing(
            row,
            [sheet for sheet in marks[row.pk] if len(sheet) == len(criteria)],
            territories=tuple(territory["code"] for territory in said[row.pk]["territories"]),
            requested=money.balance(said[row.pk]).requested,
            quorum=jury.quorum,
        )
        for row in rows
    ]
    return ranked(standings, criteria)


def _contents(rows: Iterable[Candidacy]) -> dict[int, Content]:
    found = Submission.objects.latest_of_each().filter(candidacy__in=[row.pk for row in rows])
    return {submission.candidacy_id: submission.says for submission in found}


def _marks(jury: Jury, rows: Iterable[Candidacy]) -> dict[int, list[Marks]]:
    sheets = (
        ScoreSheet.objects.counted()
        .filter(candidacy__in=[row.pk for row in rows], stage=jury.ranking_stage, seat__jury=jury)
        .prefetch_related("scores__criterion")
        .order_by("candidacy", "seat")
    )
    found: dict[int, list[Marks]] = defaultdict(list)
    for sheet in sheets:
        given = {score.criterion: score.value for score in sheet.scores.all() if score.value is not None}
        found[sheet.candidacy_id].append(given)
    return found
