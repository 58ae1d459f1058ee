"""The wall of a deliberation: a line a candidacy, the envelope, the territories, and what it would be if one ticked.

Whoever leads the deliberation sees the wall without the candidacies they stay out of: neither their line, nor their
share of any sum, nor a gap among the ranks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.enums import CandidacyState, Outcome
from applications.models import Award, Call, Candidacy, Criterion, Territory
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import euros
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation, DeliberationSignature, Recusal, Seat
from juries.rules.ranking import Standing
from juries.selectors.ranking import candidacies_of, led_by, rank, ranking_visible_to
from juries.selectors.visible import decisions_visible_to


@dataclass(frozen=True)
class Remark:
    """A criterion to talk about: jurors are `gap` points apart, or its mean is `below` the threshold; or both."""

    criterion: Criterion
    gap: Decimal | None
    below: Decimal | None


@dataclass(frozen=True)
class Line:
    """A candidacy on the wall. `standing` is missing while the reader has yet to finish their own sheet."""

    candidacy: Candidacy
    standing: Standing | None
    decision: Decision | None
    territories: tuple[Territory, ...] = ()
    recused: tuple[Recusal, ...] = ()
    is_open: bool = False  # decided here and now, or still to be
    ceiling: Decimal | None = None

    @property
    def is_heard(self) -> bool:
        """Whether its hearing is over."""
        return self.candidacy.state != CandidacyState.SHORTLISTED

    @property
    def is_awarded(self) -> bool:
        """Whether the jury awards it."""
        return self.decision is not None and self.decision.outcome == Outcome.AWARDED

    @property
    def remarks(self) -> list[Remark]:
        """The criteria to talk about, in the order of the grid."""
        row = self.standing
        if row is None:
            return []
        apart, low = row.to_discuss, row.below_threshold
        return [
            Remark(
                criterion, row.spreads[criterion] if criterion in apart else None, mean if criterion in low else None
            )
            for criterion, mean in row.means.items()
            if criterion in apart or criterion in low
        ]

    @property
    def grant(self) -> Decimal:
        """What it receives if it is awarded: what was decided, otherwise what it asks, up to the call's ceiling."""
        if self.decision and self.decision.amount is not None:
            return self.decision.amount
        asked = self.standing.requested if self.standing else Decimal(0)
        return min(asked, self.ceiling) if self.ceiling else asked


@dataclass(frozen=True)
class Envelope:
    """The money of the call against what is granted, `elsewhere` being what other deliberations granted."""

    total: Decimal
    here: Decimal
    elsewhere: Decimal

    @property
    def granted(self) -> Decimal:
        """All that is granted."""
        return self.here + self.elsewhere

    @property
    def left(self) -> Decimal:
        """What may still be granted."""
        return max(self.total - self.granted, Decimal(0))

    @property
    def over(self) -> Decimal:
        """By how much the envelope is exceeded."""
        return max(self.granted - self.total, Decimal(0))


@dataclass(frozen=True)
class Coverage:
    """A territory, and the candidacies awarded there: two of them overlap."""

    territory: Territory
    candidacies: list[Candidacy]


@dataclass(frozen=True)
class Tally:
    """What some awards add up to."""

    envelope: Envelope
    lines: list[Line]

    @property
    def covered(self) -> list[Coverage]:
        """Every territory they cover, by region and number."""
        found: dict[Territory, list[Candidacy]] = defaultdict(list)
        for line in self.lines:
            for territory in line.territories:
                found[territory].append(line.candidacy)
        return [Coverage(territory, found[territory]) for territory in sorted(found, key=lambda known: known.rank)]

    @property
    def shared(self) -> list[Coverage]:
        """Those that two of them or more cover."""
        return [place for place in self.covered if len(place.candidacies) > 1]


@dataclass(frozen=True)
class Wall:
    """A deliberation as one person sees it; `envelope` is missing for those who only follow it."""

    deliberation: Deliberation
    lines: list[Line]
    envelope: Envelope | None
    closed: list[Candidacy] = field(default_factory=list)
    signatures: list[DeliberationSignature] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[Outcome, int]]:
        """How many of each outcome."""
        decided = [line.decision.outcome for line in self.lines if line.decision]
        return [(outcome, decided.count(outcome)) for outcome in Outcome]

    @property
    def undecided(self) -> int:
        """How many candidacies wait for a decision."""
        return sum(line.is_open and line.decision is None for line in self.lines)

    @property
    def awarded(self) -> Tally | None:
        """What is awarded so far."""
        return self.supposing(line.candidacy.number for line in self.lines if line.is_awarded)

    def supposing(self, numbers: Iterable[str]) -> Tally | None:
        """What it would be if these candidacies, and no other of this deliberation, were awarded."""
        if self.envelope is None:
            return None
        ticked = set(numbers)
        lines = [line for line in self.lines if line.candidacy.number in ticked or _is_settled_award(line)]
        here = sum((line.grant for line in lines if line.is_open), Decimal(0))
        return Tally(Envelope(self.envelope.total, here, self.envelope.elsewhere), lines)

    def of(self, number: str) -> Line | None:
        """The line of a candidacy that may be decided now."""
        may = self.deliberation.state == DeliberationState.OPEN
        return next((line for line in self.lines if may and line.is_open and line.candidacy.number == number), None)

    def missing(self, envelope_reason: str = "", *, unseen: Collection[int] = ()) -> list[Sentence]:
        """What keeps the deliberation from being settled, one sentence each, without a word on the `unseen`."""
        seen = [line for line in self.lines if line.candidacy.pk not in unseen]
        items = [sentence for line in seen for sentence in _lacking(line)]
        hidden = [line for line in self.lines if line.candidacy.pk in unseen and any(_lacking(line))]
        if hidden:
            items.append(_("Une candidature pour laquelle vous êtes en déport n’est pas prête."))
        if self.envelope and self.envelope.over and not envelope_reason.strip():
            items.append(_exceeded(self.envelope.over, told=not unseen))
        return items


def _is_settled_award(line: Line) -> bool:
    return line.is_awarded and not line.is_open


def _lacking(line: Line) -> Iterator[Sentence]:
    number = line.candidacy.number
    if not line.is_heard:
        yield _("%(number)s n’a pas encore été auditionnée.") % {"number": number}
    if not line.is_open:
        return
    if line.decision is None:
        yield _("%(number)s n’a pas de décision.") % {"number": number}
    if line.standing and not line.standing.has_quorum:
        said = ngettext(
            "%(number)s : %(n)s votant, le quorum est de %(quorum)s.",
            "%(number)s : %(n)s votants, le quorum est de %(quorum)s.",
            line.standing.voters,
        )
        yield said % {"number": number, "n": line.standing.voters, "quorum": line.standing.quorum}


def _exceeded(over: Decimal, *, told: bool) -> Sentence:
    if not told:  # the figure would tell what was granted to a candidacy they stay out of
        return _("Les subventions dépassent l’enveloppe : réduisez-les, ou écrivez pourquoi.")
    return _("Les subventions dépassent l’enveloppe de %(over)s : réduisez-les, ou écrivez pourquoi.") % {
        "over": euros(over)
    }


# ---------------------------------------------------------------- who sees what


def led(deliberation: Deliberation, leader: User) -> Wall:
    """The wall of somebody who leads: ten queries whatever the number of candidacies."""
    jury = deliberation.jury
    rows = list(led_by(jury, leader))
    recusals = list(
        Recusal.objects.filter(candidacy__assignment__panel__jury=jury)
        .select_related("seat__user", "candidacy__organisation")
        .order_by("recused_at", "pk")
    )
    closed = {row.candidacy.pk: row.candidacy for row in recusals if row.seat.user_id == leader.pk}
    return _wall(
        deliberation,
        rank(jury, [row for row in rows if not row.is_unfinished]),  # type: ignore[attr-defined] # annotated
        waiting=[row for row in rows if row.is_unfinished],  # type: ignore[attr-defined]
        recusals=[row for row in recusals if row.seat.jury_id == jury.pk],
        closed=sorted(closed.values(), key=lambda candidacy: candidacy.number),
    )


def followed(deliberation: Deliberation, seat: Seat) -> Wall:
    """What a member of the jury follows: the lines and decisions of their docket, and no sum."""
    decisions = {row.candidacy_id: row for row in decisions_visible_to(seat)}
    territories = Territory.objects.in_bulk()
    lines = [
        Line(row.candidacy, row, decisions.get(row.candidacy.pk), _places(row, territories))
        for row in ranking_visible_to(seat)
    ]
    return Wall(deliberation, lines, envelope=None)


def missing_to_settle(
    deliberation: Deliberation, *, envelope_reason: str = "", reader: User | None = None
) -> list[Sentence]:
    """What keeps the deliberation from being settled, one sentence each, as `reader` may hear it."""
    jury = deliberation.jury
    whole = _wall(deliberation, rank(jury, candidacies_of(jury)))
    unseen = set(closed_to(deliberation, reader).values_list("candidacy", flat=True)) if reader else set()
    return whole.missing(envelope_reason, unseen=unseen)


def closed_to(deliberation: Deliberation, user: User) -> QuerySet[Recusal]:
    """What keeps the person out of candidacies of this jury."""
    return Recusal.objects.filter(seat__user=user, candidacy__assignment__panel__jury=deliberation.jury_id)


def _wall(
    deliberation: Deliberation,
    standings: list[Standing],
    *,
    waiting: Iterable[Candidacy] = (),
    recusals: Iterable[Recusal] = (),
    closed: list[Candidacy] | None = None,
) -> Wall:
    call = deliberation.jury.call
    places = [*((row.candidacy, row) for row in standings), *((candidacy, None) for candidacy in waiting)]
    decisions = _decisions(deliberation, [candidacy.pk for candidacy, _standing in places])
    territories = Territory.objects.in_bulk()
    kept_out: dict[int, list[Recusal]] = defaultdict(list)
    for recusal in recusals:
        kept_out[recusal.candidacy_id].append(recusal)
    lines = [
        Line(
            candidacy,
            row,
            decisions.get(candidacy.pk),
            _places(row, territories) if row else (),
            tuple(kept_out[candidacy.pk]),
            is_open=_is_open(deliberation, candidacy, decisions.get(candidacy.pk)),
            ceiling=call.grant_ceiling,
        )
        for candidacy, row in places
    ]
    signed = deliberation.signatures.select_related("user") if deliberation.state != DeliberationState.OPEN else ()
    return Wall(deliberation, lines, _envelope(call, lines, closed or []), closed or [], list(signed))


def _decisions(deliberation: Deliberation, candidacies: list[int]) -> dict[int, Decision]:
    """The decision of each candidacy: this deliberation's, or the one a former deliberation signed."""
    found = Decision.objects.filter(candidacy__in=candidacies, deliberation__jury=deliberation.jury_id)
    rows = sorted(
        found.select_related("deliberation", "decided_by"), key=lambda row: row.deliberation_id == deliberation.pk
    )
    return {row.candidacy_id: row for row in rows}


def _is_open(deliberation: Deliberation, candidacy: Candidacy, decision: Decision | None) -> bool:
    if decision is not None:
        return decision.deliberation_id == deliberation.pk
    return candidacy.state == CandidacyState.HEARD


def _places(row: Standing, territories: dict[str, Territory]) -> tuple[Territory, ...]:
    return tuple(territories[code] for code in row.territories if code in territories)


def _envelope(call: Call, lines: list[Line], closed: list[Candidacy]) -> Envelope:
    here = sum((line.grant for line in lines if line.is_open and line.is_awarded), Decimal(0))
    mine = [line.candidacy.pk for line in lines if line.is_open]
    elsewhere = (
        Award.objects.filter(candidacy__call=call, outcome=Outcome.AWARDED)
        .exclude(candidacy__in=[*mine, *(candidacy.pk for candidacy in closed)])
        .aggregate(total=Sum("amount"))["total"]
    )
    return Envelope(call.envelope, here, elsewhere or Decimal(0))
