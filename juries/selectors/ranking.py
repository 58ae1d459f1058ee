"""The ranking of a jury, computed on read: five queries whatever the number of candidacies."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from applications.content import Content
from applications.models import Call, Candidacy, Criterion, Submission
from applications.rules import money
from hubs_portal.accounts.models import User
from juries.enums import Stage, Verdict
from juries.models import Deliberation, InterestDeclaration, Jury, PanelMember, Recusal, ScoreSheet, Seat
from juries.rules.docket import untied
from juries.rules.ranking import Marks, Standing, ranked, standing
from juries.workflow import ASSIGNABLE

# A sheet of before a hearing that took place is written no more: nothing would ever open its author's eyes.
_STILL_WRITTEN = Q(stage=Stage.AFTER) | Q(candidacy__state__in=ASSIGNABLE)


def candidacies_of(jury: Jury) -> QuerySet[Candidacy]:
    """The candidacies given to the panels of a jury."""
    given = Candidacy.objects.filter(assignment__panel__jury=jury)
    return given.select_related("organisation").order_by("number")


def ranking(jury: Jury) -> list[Standing]:
    """Every candidacy of the jury, the best first: for the office, and for the wall once the jury deliberates."""
    return rank(jury, candidacies_of(jury))


def led_by(jury: Jury, user: User) -> QuerySet[Candidacy]:
    """The candidacies of the jury without those the person stays out of, in whatever jury it was said.

    Annotated with `is_unfinished`: the person has a sheet to write, and the others' marks wait for theirs; or declared
    a tie that is still examined.
    """
    kept_out = Recusal.objects.filter(seat__user=user, candidacy=OuterRef("pk"))
    sheets = ScoreSheet.objects.writable().filter(_STILL_WRITTEN, seat__user=user, stage=jury.ranking_stage)
    unfinished = sheets.filter(candidacy=OuterRef("pk"))
    tied = InterestDeclaration.objects.filter(seat__user=user, candidacy=OuterRef("pk"), verdict=Verdict.TO_EXAMINE)
    closed = ExpressionWrapper(
        Q(Exists(unfinished)) | Q(Exists(tied)) | _to_begin(jury, user), output_field=BooleanField()
    )
    return candidacies_of(jury).filter(~Exists(kept_out)).annotate(is_unfinished=closed)


def _to_begin(jury: Jury, user: User) -> Q:
    """The candidacies of which the person may still write, and has not begun, the sheet that ranks."""
    reads = PanelMember.objects.filter(
        seat__user=user, seat__in=Seat.objects.sworn(), reader=True, panel__assignments__candidacy=OuterRef("pk")
    )
    begun = ScoreSheet.objects.live().filter(seat__user=user, candidacy=OuterRef("pk"), stage=Stage.BEFORE)
    before_the_hearing = ASSIGNABLE if jury.ranking_stage == Stage.BEFORE else ()
    return Q(Exists(reads)) & ~Q(Exists(begun)) & Q(state__in=before_the_hearing)


def kept_out(user: User, call: Call) -> list[int]:
    """The candidacies of a call that the person stays out of."""
    mine = Recusal.objects.filter(seat__user=user, candidacy__call=call)
    return list(mine.values_list("candidacy", flat=True))


def ranking_visible_to(seat: Seat) -> list[Standing]:
    """What a juror sees of it, ranked among what they see: no gap tells of a candidacy they stay out of,
    or with which a tie of theirs is examined.

    A row shows once their own sheet is finished; without a sheet to write, once the jury deliberates.
    """
    jury = seat.jury
    own = ScoreSheet.objects.live().filter(seat=seat, candidacy=OuterRef("pk"))
    finished = own.filter(pk__in=ScoreSheet.objects.counted(), stage=jury.ranking_stage)
    shown = Q(Exists(finished))
    if Deliberation.objects.filter(jury=jury).exists():
        unfinished = own.filter(_STILL_WRITTEN, pk__in=ScoreSheet.objects.writable())
        shown |= ~Q(Exists(unfinished)) & ~_to_begin(jury, seat.user)
    return rank(jury, untied(seat).filter(shown, assignment__panel__jury=jury).select_related("organisation"))


def rank(jury: Jury, candidacies: Iterable[Candidacy]) -> list[Standing]:
    """These candidacies of the jury, the best of them first."""
    rows = list(candidacies)
    criteria = list(jury.call.criteria.all())
    said = _contents(rows)
    marks = _marks(jury, rows, criteria)
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


def _marks(jury: Jury, rows: Iterable[Candidacy], criteria: Iterable[Criterion]) -> dict[int, list[Marks]]:
    sheets = (
        ScoreSheet.objects.counted()
        .filter(candidacy__in=[row.pk for row in rows], stage=jury.ranking_stage, seat__jury=jury)
        .prefetch_related("scores")
        .order_by("candidacy", "seat")
    )
    known = {criterion.pk: criterion for criterion in criteria}
    found: dict[int, list[Marks]] = defaultdict(list)
    for sheet in sheets:
        marked = ((known.get(score.criterion_id), score.value) for score in sheet.scores.all())
        found[sheet.candidacy_id].append({c: value for c, value in marked if c is not None and value is not None})
    return found
