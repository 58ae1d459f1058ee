"""What the morning's page says of the juries."""

from typing import Any

from applications.admin.team import my_calls, person
from applications.enums import CallState
from hubs_portal.clock import TimedRequest
from hubs_portal.office import OfficeSite
from juries.admin.doors import working
from juries.models import Jury
from juries.selectors import office_waits


def board(request: TimedRequest) -> dict[str, Any]:
    """The juries of the person's calls whose results are not out yet."""
    calls = my_calls(request).exclude(state__in=[CallState.RELEASED, CallState.ARCHIVED])
    juries = Jury.objects.filter(call__in=calls).select_related("call").order_by("call__closes_at", "pk")
    return {"jury_boards": office_waits.boards(juries, person(request), request.at, working=working(request))}


OfficeSite.boards.append(board)
