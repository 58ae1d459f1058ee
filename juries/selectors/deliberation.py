"""What a deliberation is about, and what it adds up to."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import QuerySet, Sum

from applications.enums import CandidacyState, Outcome
from applications.models import Award, Candidacy, Submission
from juries.enums import DeliberationState
from juries.models import Decision, Deliberation
from juries.selectors.ranking import candidacies_of


def to_decide(deliberation: Deliberation) -> QuerySet[Candidacy]:
    """The candidacies of the jury that were heard, and that no signed deliberation has decided."""
    concluded = Decision.objects.filter(deliberation__state=DeliberationState.SIGNED).values("candidacy")
    return candidacies_of(deliberation.jury).filter(state=CandidacyState.HEARD).exclude(pk__in=concluded)


def is_decided(candidacy: Candidacy) -> bool:
    """Whether a signed deliberation has decided this candidacy, or the results moved it since."""
    signed = Decision.objects.filter(candidacy=candidacy, deliberation__state=DeliberationState.SIGNED)
    return candidacy.state != CandidacyState.HEARD or signed.exists()


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
