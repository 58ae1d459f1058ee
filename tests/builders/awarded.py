"""A candidacy whose award is public."""

from datetime import UTC, datetime
from decimal import Decimal

from applications.actions import conclusion
from applications.enums import Outcome, Role
from applications.models import Call, Candidacy
from hubs_portal.actors import Actor
from tests.builders.calls import a_call
from tests.builders.examined import AFTER, a_frozen_call, a_heard, team_of

RELEASE = datetime(2019, 1, 31, 9, tzinfo=UTC)


def an_awarded(amount: Decimal = Decimal(450_000), *, call: Call | None = None) -> Candidacy:
    """The only candidacy of a call, awarded and released."""
    (frozen,) = a_frozen_call(call or a_call())
    heard = a_heard(frozen, at=AFTER)
    jury = Actor.machine("jury")
    conclusion.conclude(heard, outcome=Outcome.AWARDED, amount=amount, reasons="Un projet solide.", by=jury, at=AFTER)
    first, second = team_of(heard.call, Role.MANAGER)
    asked = conclusion.request_release(heard.call, by=first, at=RELEASE)
    conclusion.release_results(asked, by=second, at=RELEASE)
    return Candidacy.objects.select_related("call", "organisation").get(pk=heard.pk)
