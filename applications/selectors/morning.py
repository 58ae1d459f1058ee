"""Where each call is, what waits, what is wrong, one morning: counts and dates, nothing of what dossiers hold."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState, DocumentState
from applications.models import Call, Candidacy, Document, Incident, LateAttempt, Replacement, Submission
from applications.models.dossier import UNUSABLE
from applications.selectors.office import FunnelStep, funnel, is_sealed
from applications.selectors.screening_queue import Wait, condition
from applications.selectors.troubled import untold
from hubs_portal.accounts.models import User
from hubs_portal.jobs.models import Job, JobState
from hubs_portal.letters.health import LATE, TROUBLED, WAITING
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Sentence

_PARIS = ZoneInfo("Europe/Paris")
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_LAST_HOURS = timedelta(hours=48)


# --- one call


@dataclass(frozen=True)
class Milestone:
    """A date of the call, on its line."""

    label: Sentence
    on: datetime | date
    is_past: bool
    is_now: bool = False

    @property
    def has_hour(self) -> bool:
        """Whether it is an instant rather than a day."""
        return isinstance(self.on, datetime)


@dataclass(frozen=True)
class CallBoard:
    """A call, this morning."""

    call: Call
    at: datetime
    milestones: list[Milestone]
    counts: Mapping[str, int]
    curves: list["Curve"]
    uninspected: int
    unreadable: int
    late_attempts: list[LateAttempt]
    problems: list[Incident]
    waits: Mapping[str, int]

    @property
    def to_do(self) -> list[tuple[Wait, int]]:
        """What waits for whoever looks, in the order of the procedure."""
        return [(wait, self.waits[wait]) for wait in Wait if self.waits.get(wait)]

    @property
    def to_shortlist(self) -> int:
        """Assessed candidacies nobody has chosen or kept out yet."""
        return self.counts.get(CandidacyState.ASSESSED, 0)

    @property
    def funnel(self) -> list[FunnelStep]:
        """Counts per state."""
        return funnel(self.counts)

    @property
    def drafts(self) -> int:
        """Candidacies that have nothing submitted, and still may or might have."""
        return self.counts.get(CandidacyState.SIGNALLED, 0) + self.counts.get(CandidacyState.DRAFTING, 0)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing waits for anybody."""
        return not (self.drafts or self.uninspected or self.unreadable or self.is_pressing or self.to_shortlist)

    @property
    def is_pressing(self) -> bool:
        """Whether somebody should do something about it now."""
        return bool(self.problems or self.late_attempts or self.to_do)

    @property
    def total(self) -> int:
        """Candidacies signalled."""
        return sum(self.counts.values())

    @property
    def is_sealed(self) -> bool:
        """Whether dossiers are still closed to the team."""
        return is_sealed(self.call, self.at)


def boards(calls: list[Call], at: datetime, user: User) -> list[CallBoard]:
    """The calls given, each with its figures and what waits for this person: five queries for all of them."""
    keys = [call.pk for call in calls]
    counts, waits = _counts(keys, at, user)
    arrivals, files = _arrivals(keys), _files(keys)
    late = list(
        LateAttempt.objects.filter(candidacy__call__in=keys)
        .select_related("candidacy__organisation")
        .order_by("-arrived_at")
    )
    problems = list(
        Incident.objects.open()
        .filter(candidacy__call__in=keys)
        .select_related("candidacy__organisation")
        .order_by("reported_at", "pk")
    )
    return [
        CallBoard(
            call=call,
            at=at,
            milestones=milestones(call, at),
            counts=counts.get(call.pk, {}),
            curves=curves(call, arrivals.get(call.pk, []), at),
            uninspected=files.get(call.pk, (0, 0))[0],
            unreadable=files.get(call.pk, (0, 0))[1],
            late_attempts=[attempt for attempt in late if attempt.candidacy.call_id == call.pk],
            problems=[incident for incident in problems if incident.candidacy.call_id == call.pk],
            waits=waits.get(call.pk, {}),
        )
        for call in calls
    ]


def _counts(calls: list[int], at: datetime, user: User) -> tuple[dict[int, Counter[str]], dict[int, Counter[str]]]:
    """Per call, how many candidacies are in each state, and how many wait in each way: one query."""
    kinds = {wait.value: Count("pk", filter=condition(wait, user=user, at=at)) for wait in Wait}
    rows = Candidacy.objects.filter(call__in=calls).order_by().values("call", "state").annotate(n=Count("pk"), **kinds)
    states: dict[int, Counter[str]] = defaultdict(Counter)
    waits: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        states[row["call"]][row["state"]] = row["n"]
        waits[row["call"]].update({wait.value: row[wait.value] for wait in Wait})
    return states, waits


def _arrivals(calls: list[int]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    rows = Submission.objects.filter(candidacy__call__in=calls).order_by("arrived_at")
    for call_id, instant in rows.values_list("candidacy__call", "arrived_at"):
        found.setdefault(call_id, []).append(instant)
    return found


def _files(calls: list[int]) -> dict[int, tuple[int, int]]:
    """Per call: files nobody has opened yet, and files that could not be and for which nothing readable has come."""
    sent = Replacement.objects.filter(document=OuterRef("pk"), stored__isnull=False).exclude(state__in=UNUSABLE)
    kinds = {"waiting": Q(state=DocumentState.STORED), "bad": Q(state__in=UNUSABLE) & ~Exists(sent)}
    rows = (
        Document.objects.current()
        .filter(dossier__candidacy__call__in=calls)
        .order_by()
        .values_list("dossier__candidacy__call")
        .annotate(**{name: Count("pk", filter=condition) for name, condition in kinds.items()})
    )
    return {call_id: (waiting, unreadable) for call_id, waiting, unreadable in rows}


def milestones(call: Call, at: datetime) -> list[Milestone]:
    """The dates of the call with today among them, in order."""
    today = at.astimezone(_PARIS).date()
    line = [
        Milestone(_("ouverture"), call.opens_at, call.opens_at <= at),
        Milestone(_("clôture"), call.closes_at, call.closes_at <= at),
        Milestone(_("début des auditions"), call.hearings_from, call.hearings_from < today),
        Milestone(_("fin des auditions"), call.hearings_until, call.hearings_until < today),
        Milestone(_("résultats prévus"), call.results_planned_on, call.results_planned_on < today),
    ]
    passed = sum(milestone.is_past for milestone in line)
    return [*line[:passed], Milestone(_("aujourd’hui"), at, is_past=False, is_now=True), *line[passed:]]


# --- its curve


@dataclass(frozen=True)
class Step:
    """A day or an hour of a curve."""

    start: datetime
    count: int
    total: int


@dataclass(frozen=True)
class Curve:
    """How submissions added up, by day or by hour, drawn in a box of `WIDTH` by `HEIGHT`."""

    by_hour: bool
    steps: list[Step]

    WIDTH = 600
    HEIGHT = 160

    @property
    def top(self) -> int:
        """The largest total."""
        return self.steps[-1].total

    @property
    def line(self) -> str:
        """Points of the line, for `points` of an SVG polyline."""
        last, top = max(len(self.steps) - 1, 1), max(self.top, 1)
        places = (
            (index * self.WIDTH / last, self.HEIGHT - step.total * self.HEIGHT / top)
            for index, step in enumerate(self.steps)
        )
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)

    @property
    def area(self) -> str:
        """The same, closed along the bottom."""
        return f"0,{self.HEIGHT} {self.line} {self.WIDTH},{self.HEIGHT}"

    @property
    def busy(self) -> list[Step]:
        """The steps in which something arrived, for the table beside the drawing."""
        return [step for step in self.steps if step.count]


def curves(call: Call, arrivals: list[datetime], at: datetime) -> list[Curve]:
    """By day since the opening; and by hour what arrived in the last two days. None while nothing has arrived."""
    end = min(at, call.closes_at)
    if not arrivals or end <= call.opens_at:
        return []
    drawn = [Curve(by_hour=False, steps=_steps(arrivals, call.opens_at, end, _DAY))]
    last = [instant for instant in arrivals if instant >= call.closes_at - _LAST_HOURS]
    if last:
        drawn.append(Curve(by_hour=True, steps=_steps(last, call.closes_at - _LAST_HOURS, end, _HOUR)))
    return drawn


def _steps(arrivals: list[datetime], start: datetime, end: datetime, width: timedelta) -> list[Step]:
    """Counts per day (Paris) or hour from `start` to `end`."""
    begin = _floor(start, width)
    counts = Counter(_floor(instant, width) for instant in arrivals)
    total, steps, moment = 0, [], begin
    while moment <= end:
        total += counts[moment]
        steps.append(Step(moment, counts[moment], total))
        moment = _floor(moment + width + (_HOUR if width == _DAY else timedelta()), width)
    return steps


def _floor(instant: datetime, width: timedelta) -> datetime:
    """The beginning of the day, in Paris, or of the hour. Days that last 23 or 25 hours are days all the same."""
    local = instant.astimezone(_PARIS)
    hour = 0 if width == _DAY else local.hour
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


# --- letters and jobs


@dataclass(frozen=True)
class Post:
    """The letters somebody may know of that have not left; whom to telephone, a page of the ledger says."""

    waiting: int
    troubled: int

    @classmethod
    def of(cls, letters: QuerySet[Letter]) -> Self:
        """One query, of the letters that are not settled."""
        unsettled = letters.filter(state__in=[*WAITING, *TROUBLED]).order_by()
        return cls(
            **unsettled.aggregate(
                waiting=Count("pk", filter=Q(state__in=WAITING)), troubled=Count("pk", filter=untold())
            )
        )


@dataclass(frozen=True)
class Works:
    """The state of the jobs done in the background, whoever asked for them."""

    failed: int
    waiting: int
    due_since: datetime | None

    @classmethod
    def at(cls, now: datetime) -> Self:
        """One query. `now` is real time: leases and retries follow it, not business time."""
        jobs = Job.objects.aggregate(
            failed=Count("pk", filter=Q(state=JobState.FAILED)),
            waiting=Count("pk", filter=Q(state=JobState.WAITING)),
            due_since=Min("due_at", filter=Q(state=JobState.WAITING, due_at__lte=now)),
        )
        return cls(**jobs)

    def is_late(self, now: datetime) -> bool:
        """Whether something has been due for so long that no worker can be there."""
        return self.due_since is not None and now - self.due_since > LATE
