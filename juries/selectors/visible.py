"""What a juror may see beyond the dossiers: one set of rows for pages, letters, calendars and exports alike.

Everything starts from `docket`: a juror who stays out of a candidacy obtains none of its rows, not even to count them.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from applications.enums import Role
from applications.models import Call
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from juries.enums import Verdict
from juries.models import (
    Decision,
    Hearing,
    InterestDeclaration,
    JuryLetter,
    PanelMember,
    Recusal,
    ScoreSheet,
    Seat,
)
from juries.rules.docket import docket, untied
from juries.workflow import COUNTED


def declarations_of(seat: Seat) -> QuerySet[InterestDeclaration]:
    """What the juror has declared, recusals included: their own words stay theirs to read."""
    mine = InterestDeclaration.objects.filter(seat__in=Seat.objects.sworn().filter(pk=seat.pk))
    return mine.select_related("candidacy__organisation")


def sheets_of(seat: Seat) -> QuerySet[ScoreSheet]:
    """The juror's own sheets."""
    return _sheets().filter(seat=seat, candidacy__in=docket(seat).order_by())


def sheets_visible_to(seat: Seat) -> QuerySet[ScoreSheet]:
    """Their own, and the finished ones of the others for each candidacy and stage where their own is finished."""
    finished = ScoreSheet.objects.counted().filter(seat=seat, candidacy=OuterRef("candidacy"), stage=OuterRef("stage"))
    open_to_them = Q(candidacy__in=untied(seat).order_by())
    others = Q(state__in=sorted(COUNTED)) & Q(Exists(finished)) & open_to_them
    return _sheets().filter(Q(seat=seat) | others, candidacy__in=docket(seat).order_by())


def _sheets() -> QuerySet[ScoreSheet]:
    return (
        ScoreSheet.objects.live().select_related("candidacy__call", "seat__user").prefetch_related("scores__criterion")
    )


def hearings_visible_to(seat: Seat) -> QuerySet[Hearing]:
    """The hearings of their panels, from the convocation on."""
    return (
        Hearing.objects.filter(convened_at__isnull=False)
        .filter(candidacy__in=docket(seat).order_by(), panel__members=seat)
        .select_related("slot", "panel", "candidacy__organisation")
    )


def decisions_visible_to(seat: Seat) -> QuerySet[Decision]:
    """What the jury decided of the candidacies of their docket, those apart where a tie of theirs is examined."""
    return (
        Decision.objects.filter(candidacy__in=untied(seat).order_by(), deliberation__jury=seat.jury_id)
        .select_related("candidacy__organisation", "deliberation")
        .order_by("deliberation", "candidacy__number")
    )


def letters_visible_to(seat: Seat) -> QuerySet[JuryLetter]:
    """Their letters, without those about a candidacy they stay out of."""
    mine = JuryLetter.objects.filter(seat__in=Seat.objects.present().filter(pk=seat.pk))
    return mine.filter(Q(candidacy=None) | Q(candidacy__in=docket(seat).order_by())).select_related("letter")


def letters_to(user: User) -> QuerySet[Letter]:
    """The letters of every seat a person holds, the latest first."""
    mine = Q(pk__in=[])
    for seat in Seat.objects.of(user):
        mine |= Q(pk__in=letters_visible_to(seat).select_related(None).values("letter"))
    return Letter.objects.filter(mine).order_by("-written_at", "-pk")


# ---------------------------------------------------------------- the office


def to_examine(user: User) -> QuerySet[InterestDeclaration]:
    """The ties that wait for somebody to look at them: those of the juries the person chairs, or of their calls."""
    chaired = Seat.objects.presiding().filter(user=user).values("jury")
    recused = Recusal.objects.filter(seat__user=user, candidacy=OuterRef("candidacy"))
    decided = Recusal.objects.filter(seat=OuterRef("seat"), candidacy=OuterRef("candidacy"))
    return (
        InterestDeclaration.objects.filter(
            Q(seat__jury__in=chaired) | Q(seat__jury__call__in=Call.objects.run_by(user)), verdict=Verdict.TO_EXAMINE
        )
        .filter(~Exists(recused), ~Exists(decided), examined_at=None)
        .exclude(seat__user=user)
        .select_related("seat__user", "candidacy__organisation")
    )


def sheets_open_to_office(user: User) -> QuerySet[ScoreSheet]:
    """The finished sheets of the calls the person runs: a sheet still written is its author's alone.

    Whoever also sits in the panel of a candidacy reads the others' as its jurors do: their own finished first, and
    nothing while a tie of theirs is examined.
    """
    kept_out = Recusal.objects.filter(seat__user=user, candidacy=OuterRef("candidacy"))
    tied = InterestDeclaration.objects.filter(
        seat__user=user, candidacy=OuterRef("candidacy"), verdict=Verdict.TO_EXAMINE
    )
    sits = PanelMember.objects.filter(
        seat__in=Seat.objects.of(user), panel__assignments__candidacy=OuterRef("candidacy")
    )
    finished = ScoreSheet.objects.counted().filter(
        seat__user=user, candidacy=OuterRef("candidacy"), stage=OuterRef("stage")
    )
    return (
        _sheets()
        .filter(state__in=sorted(COUNTED), candidacy__call__in=Call.objects.run_by(user))
        .filter(~Exists(kept_out), ~Exists(tied))
        .filter(~Exists(sits) | Exists(finished))
    )


def recusals_told_to(user: User) -> QuerySet[Recusal]:
    """The recusals somebody of the team may know of: those of the calls they work for. An observer knows of none."""
    return Recusal.objects.filter(candidacy__call__in=Call.objects.run_by(user, Role.OFFICER, Role.MANAGER))


def progress(user: User) -> QuerySet[ScoreSheet]:
    """Who has done what: the sheets of the calls one runs, by their state alone, for pages that show no mark.

    An observer sees those of a juror who stays out as they were: that one is gone would tell of the recusal.
    """
    recused = Recusal.objects.filter(seat__user=OuterRef("seat__user"), candidacy=OuterRef("candidacy"))
    untold = Exists(recused) & ~Exists(recusals_told_to(user).filter(candidacy=OuterRef("candidacy")))
    mine = ScoreSheet.objects.filter(candidacy__call__in=Call.objects.run_by(user))
    shown = mine.filter(Q(pk__in=ScoreSheet.objects.live().order_by().values("pk")) | untold)
    return shown.defer("opinion").select_related("seat__user", "candidacy").order_by("candidacy__number", "stage")
