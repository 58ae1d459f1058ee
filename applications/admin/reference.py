"""Reference data: the territories."""

from django.contrib import admin
from django.http import HttpRequest

from applications.models import Territory
from hubs_portal.office import Room


@admin.register(Territory)
class TerritoryRoom(Room[Territory]):
    """Départements and overseas collectivities: read by all, corrected by who looks after the installation."""

    list_display = ["code", "name", "kind", "region_name", "population", "timezone"]
    list_display_links = ["name"]
    list_filter = ["kind", "region_name"]
    search_fields = ["code", "name"]
    ordering = ["code"]

    def has_change_permission(self, request: HttpRequest, obj: Territory | None = None) -> bool:
        """Superusers; the code, which dossiers hold, never changes."""
        return self.has_view_permission(request) and bool(getattr(request.user, "is_superuser", False))

    def get_readonly_fields(self, request: HttpRequest, obj: Territory | None = None) -> list[str]:
        """See above."""
        return ["code"]
