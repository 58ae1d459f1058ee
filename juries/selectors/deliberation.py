"""What a deliberation adds up to, and what keeps it from being settled."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState, Outcome
from applications.models import Award, Candidacy, Submission
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import euros
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation
from juries.selectors.ranking import candidacies_of, ranking


def to_decide(deliberation: Deliberation) -> QuerySet[Candidacy]:
    """The candidacies of the jury that were heard, and that no signed deliberation has decided."""
    concluded = Decision.objects.filter(deliberation__state=DeliberationState.SIGNED).values("candidacy")
    return candidacies_of(deliberation.jury).filter(state=CandidacyState.HEARD).exclude(pk__in=concluded)


def granted(deliberation: Deliberation) -> Decimal:
    """The sum of the subsidies decided for the call: this deliberation's, and those kept from others."""
    mine = deliberation.decisions.filter(outcome=Outcome.AWARDED)
    kept = Award.objects.filter(candidacy__call=deliberation.jury.call_id, outcome=Outcome.AWARDED).exclude(
        candidacy__in=deliberation.decisions.values("candidacy")
    )
    sums = [rows.aggregate(total=Sum("amount"))["total"] for rows in (mine, kept)]
    return sum((found for found in sums if found is not None), Decimal(0))


def overlaps(deliberation: Deliberation) -> dict[str, list[str]]:
    """The territories that two candidacies awarded would share: names of territories, numbers of candidacies."""
    awarded = deliberation.decisions.filter(outcome=Outcome.AWARDED).values("candidacy")
    shared: dict[str, list[str]] = defaultdict(list)
    submissions = Submission.objects.latest_of_each().filter(candidacy__in=awarded)
    for submission in submissions.select_related("candidacy").order_by("candidacy__number"):
        for territory in submission.says["territories"]:
            shared[territory["name"]].append(submission.candidacy.number)
    return {name: numbers for name, numbers in sorted(shared.items()) if len(numbers) > 1}


def missing_to_settle(deliberation: Deliberation, *, envelope_reason: str = "") -> list[Sentence]:
    """What keeps the deliberation from being settled, one sentence each."""
    items = [*_unheard(deliberation), *_undecided(deliberation), *_without_quorum(deliberation)]
    over = granted(deliberation) - deliberation.jury.call.envelope
    if over > 0 and not envelope_reason.strip():
        items.append(
            _("Les subventions dépassent l’enveloppe de %(over)s : réduisez-les, ou écrivez pourquoi.")
            % {"over": euros(over)}
        )
    return items


def _unheard(deliberation: Deliberation) -> list[Sentence]:
    waiting = candidacies_of(deliberation.jury).filter(state=CandidacyState.SHORTLISTED)
    return [_("%(number)s n’a pas encore été auditionnée.") % {"number": row.number} for row in waiting]


def _undecided(deliberation: Deliberation) -> list[Sentence]:
    waiting = to_decide(deliberation).exclude(pk__in=deliberation.decisions.values("candidacy"))
    return [_("%(number)s n’a pas de décision.") % {"number": row.number} for row in waiting]


def _without_quorum(deliberation: Deliberation) -> list[Sentence]:
    concerned = set(to_decide(deliberation).values_list("pk", flat=True))
    return [
        _("%(number)s : %(n)s votant(s), le quorum est de %(quorum)s.")
        % {"number": row.candidacy.number, "n": row.voters, "quorum": row.quorum}
        for row in ranking(deliberation.jury)
        if row.candidacy.pk in concerned and not row.has_quorum
    ]
