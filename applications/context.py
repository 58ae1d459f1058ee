"""What every page may show."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from applications.doors import Door, doors_for
from applications.models import Call
from hubs_portal import antivirus, rehearsal


class Portal:
    """The service to telephone, read only by the pages that show it, and the rehearsal's bar where there is one."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def rehearsal(self) -> rehearsal.Bar | None:
        """The bar with the business clock, in a rehearsal only."""
        return rehearsal.bar(self.request)

    @cached_property
    def doors(self) -> list[Door]:
        """The desks of other phases the person signed in may enter; nothing is asked for anybody else."""
        return doors_for(self.request)

    @property
    def antivirus(self) -> bool:
        """Whether files are scanned here: only then is it worth saying that one is not yet."""
        return antivirus.is_on()

    @cached_property
    def _call(self) -> Call | None:
        return Call.objects.public().order_by("-opens_at").first()

    @property
    def phone(self) -> str:
        """The telephone of the latest call's service; a page about another call shows that one's."""
        return self._call.service_phone if self._call else ""

    @property
    def service_name(self) -> str:
        """The name of that service."""
        return self._call.service_name if self._call else ""

    @property
    def service_address(self) -> str:
        """Where one writes to it."""
        return self._call.service_address if self._call else ""

    @property
    def opening_hours(self) -> str:
        """When it answers the telephone."""
        return self._call.service_hours if self._call else ""

    @property
    def service_email(self) -> str:
        """Its address."""
        return self._call.service_email if self._call else ""


def portal(request: HttpRequest) -> dict[str, Any]:
    """The context processor."""
    return {"portal": Portal(request)}
