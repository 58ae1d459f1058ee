"""Who of the team may enter which room: a role is held for one call, and an object of another call does not exist."""

from typing import cast

from django.db import models
from django.http import HttpRequest

from applications.enums import Role
from applications.models import Call, TeamMember
from applications.models.call import CallQuerySet
from hubs_portal.accounts.models import User
from hubs_portal.clock import TimedRequest
from hubs_portal.office import M, OfficeSite, Room

_ROLES = "_office_roles"
WORKING = (Role.OFFICER, Role.MANAGER)


def person(request: HttpRequest) -> User:
    """The person in the office; the door let nobody else in."""
    return cast("User", request.user)


def timed(request: HttpRequest) -> TimedRequest:
    """The request with its arrival, which the arrival middleware read."""
    return cast("TimedRequest", request)


def roles(request: HttpRequest) -> dict[int, str]:
    """The person's role by call; read once per request."""
    if not hasattr(request, _ROLES):
        found = TeamMember.objects.filter(user=request.user.pk).values_list("call", "role")
        setattr(request, _ROLES, dict(found))
    known: dict[int, str] = getattr(request, _ROLES)
    return known


def key(text: str) -> int | None:
    """The key of a row as a form or an address gives it; `None` for what no row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def is_on_a_team(request: HttpRequest) -> bool:
    """Whether the office opens its door."""
    return bool(roles(request))


def holds(request: HttpRequest, call_id: int | None, *wanted: Role) -> bool:
    """Whether the person has one of these roles for that call (any role when none is named)."""
    role = roles(request).get(call_id or 0)
    return role is not None and (not wanted or role in wanted)


def holds_somewhere(request: HttpRequest, *wanted: Role) -> bool:
    """Whether the person has one of these roles for some call."""
    return bool(set(roles(request).values()) & set(wanted))


def my_calls(request: HttpRequest, *wanted: Role) -> CallQuerySet:
    """The calls on whose team the person is, in one of the roles named."""
    mine = [call for call, role in roles(request).items() if not wanted or role in wanted]
    return Call.objects.filter(pk__in=mine)


class TeamRoom(Room[M]):
    """Objects of the calls whose team the person belongs to; being superuser opens none of them."""

    # From the model to its call.
    call_path = "call"

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Somebody of a team; which objects, `get_queryset` says."""
        return super().has_view_permission(request, obj) and is_on_a_team(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[M]:
        """Objects of the person's own calls."""
        return super().get_queryset(request).filter(**{f"{self.call_path}__in": list(roles(request))})


OfficeSite.doors.append(is_on_a_team)
