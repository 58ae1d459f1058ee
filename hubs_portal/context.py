"""What every page may show."""

from typing import Any

from django.http import HttpRequest

from hubs_portal import rehearsal


def portal(request: HttpRequest) -> dict[str, Any]:
    """The rehearsal's bar, where there is one; the service's contact is given by the pages of each call."""
    return {"portal": {"rehearsal": rehearsal.bar(request)}}
