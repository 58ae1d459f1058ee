"""The home page: where each call is this morning, what waits, what is wrong."""

import shutil
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from applications.admin.letter_list import opened
from applications.admin.team import WORKING, holds_somewhere, my_calls, person, roles
from applications.enums import Role
from applications.selectors import ledger, morning
from hubs_portal import scanning
from hubs_portal.clock import TimedRequest
from hubs_portal.letters.health import Health
from hubs_portal.office import OfficeSite


def board(request: TimedRequest) -> dict[str, Any]:
    """What admin/index.html shows."""
    calls = list(my_calls(request).order_by("closes_at"))
    now = datetime.now(UTC)
    works = morning.Works.at(now)
    disk = shutil.disk_usage(settings.VAR)
    return {
        "boards": morning.boards(calls, request.at, person(request)),
        "post": morning.Post.of(ledger.visible(person(request), opened(request))),
        "health": Health.at(now),
        "works": works,
        "scans": scanning.Backlog.at(now),
        "worker_is_late": works.is_late(now),
        "free_space": disk.free,
        "space_is_short": disk.free < disk.total / 10,
        "worked_on": [call for call, role in roles(request).items() if role in WORKING],
        "run": [call for call, role in roles(request).items() if role == Role.MANAGER],
        "may_signal": holds_somewhere(request, *WORKING),
    }


OfficeSite.boards.append(board)
