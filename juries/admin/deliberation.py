"""The deliberations of the calls one manages: opened from a jury, led to two signatures, kept in minutes."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.admin.team import TeamRoom, holds_somewhere, my_calls, person, timed
from applications.enums import Role
from hubs_portal.clock import TimedRequest
from hubs_portal.office import OfficeSite, tell
from hubs_portal.refusals import Refusal
from juries.actions.deliberation import open_deliberation
from juries.models import Deliberation, Jury
from juries.selectors.sessions import sessions, waiting
from juries.views import leading


@admin.register(Deliberation)
class DeliberationRoom(TeamRoom[Deliberation]):
    """Managers only: what a jury decides is under embargo until the release."""

    def has_view_permission(self, request: HttpRequest, obj: Deliberation | None = None) -> bool:
        """Whoever manages a call."""
        return super().has_view_permission(request, obj) and holds_somewhere(request, Role.MANAGER)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deliberation]:
        """Those of the calls the person manages."""
        mine = Deliberation.objects.filter(jury__call__in=my_calls(request, Role.MANAGER))
        return mine.select_related("jury__call")

    def get_urls(self) -> list[URLPattern]:
        """The pages under a deliberation, and the door from a jury."""

        def under(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(require_safe(view))
            return path(f"<int:pk>/{route}", guarded, name=f"juries_deliberation_{name}")

        opening = self.admin_site.admin_view(require_POST(self.open))
        return [
            path("ouvrir/<int:jury_pk>/", opening, name="juries_deliberation_open"),
            under("proces-verbal/", self.minutes, "minutes"),
            under("proces-verbal.pdf", self.minutes_pdf, "minutes_pdf"),
            under("extrait.pdf", self.minutes_extract, "minutes_extract"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The juries of the calls one manages, each with its deliberations."""
        if not self.has_view_permission(request):
            raise Http404
        context = {"title": _("Délibérations"), "sessions": sessions(my_calls(request, Role.MANAGER))}
        return require_safe(self.page)(request, "admin/deliberation/list.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The wall."""
        return require_http_methods(["GET", "HEAD", "POST"])(self._wall)(request, object_id)

    def _wall(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        deliberation = self.fetch(request, object_id)
        return leading.lead(timed(request), deliberation, self._place(request, deliberation))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """What was done is in the journal of the jury."""
        return redirect("admin:juries_deliberation_change", self.fetch(request, object_id).pk)

    def open(self, request: HttpRequest, jury_pk: int) -> HttpResponseBase:
        """Open a deliberation of a jury, or find the one under way."""
        jury = get_object_or_404(Jury.objects.filter(call__in=my_calls(request, Role.MANAGER)), pk=jury_pk)
        try:
            opened = open_deliberation(jury, by=person(request), at=timed(request).at)
        except Refusal as refusal:
            tell(request, refusal)
            return redirect("admin:juries_deliberation_changelist")
        messages.success(request, _("La délibération est ouverte."))
        return redirect("admin:juries_deliberation_change", opened.pk)

    def minutes(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The minutes as a page."""
        deliberation = self.fetch(request, pk)
        return leading.show_minutes(request, deliberation, self._place(request, deliberation))

    def minutes_pdf(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The same, as a PDF."""
        return leading.minutes_pdf(request, self.fetch(request, pk))

    def minutes_extract(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """What of it may be handed over."""
        return leading.extract_pdf(request, self.fetch(request, pk))

    def _place(self, request: HttpRequest, deliberation: Deliberation) -> leading.Place:
        def draw(page: str, context: dict[str, Any], status: int) -> HttpResponseBase:
            around = {"original": deliberation, **context}
            return self.page(request, f"admin/deliberation/{page}.html", around, status=status)

        def address(name: str) -> str:
            return reverse(f"admin:juries_deliberation_{name}", args=[deliberation.pk])

        return leading.Place(
            address("change"), address("minutes"), address("minutes_pdf"), address("minutes_extract"), draw
        )


def board(request: TimedRequest) -> dict[str, Any]:
    """The deliberations under way in the calls one manages, for the home page."""
    if not holds_somewhere(request, Role.MANAGER):
        return {"deliberations": []}
    return {"deliberations": waiting(my_calls(request, Role.MANAGER))}


OfficeSite.boards.append(board)
