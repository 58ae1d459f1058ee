"""The juries: constituted, composed, and the door to everything a jury does."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.admin.team import WORKING, TeamRoom, holds_somewhere, my_calls, person, timed
from applications.enums import Role
from hubs_portal.templatetags.french import day
from juries.actions import amendment, constitution
from juries.admin import convocations, hearing, hearings, interests, panels, scores, seats
from juries.admin.doors import FORM, MANAGING, Page, attempt, sent, shown, urls, working
from juries.forms.office import AmendJuryForm, NewJuryForm
from juries.models import Jury
from juries.selectors import office_jury, office_waits
from juries.selectors.office_journal import events


@admin.register(Jury)
class JuryRoom(TeamRoom[Jury]):
    """A jury: read by the team of its call, constituted by its managers; its acts are buttons on its pages."""

    list_display = ["name", "of_call", "members", "sworn", "panels_made", "candidacies", "due"]
    ordering = ["call", "pk"]
    sortable_by = ["name"]
    search_fields = ["name"]
    change_list_template = "admin/jury/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Jury]:
        """With what the list shows of each."""
        return office_jury.listed(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest, *_of: Any) -> bool:
        """Managers constitute juries."""
        return holds_somewhere(request, Role.MANAGER)

    @admin.display(description=_("appel"))
    def of_call(self, jury: Jury) -> str:
        """In the reader's language."""
        return jury.call.title

    @admin.display(description=_("membres"))
    def members(self, jury: Any) -> int:
        """Those invited who have not left."""
        return int(jury.members)

    @admin.display(description=_("chartes signées"))
    def sworn(self, jury: Any) -> int:
        """How many of them may read."""
        return int(jury.sworn)

    @admin.display(description=_("panels"))
    def panels_made(self, jury: Any) -> int:
        """How many."""
        return int(jury.panel_count)

    @admin.display(description=_("candidatures"))
    def candidacies(self, jury: Any) -> int:
        """Those given to its panels."""
        return int(jury.candidacies)

    @admin.display(description=_("notes attendues le"))
    def due(self, jury: Jury) -> str:
        """A day."""
        return day(jury.scores_due_on) or "–"

    def get_urls(self) -> list[URLPattern]:
        """The form that constitutes one, and the pages of each."""
        form = require_http_methods(list(FORM))(self.constitute)
        pages = [
            Page("modifier/", "amend", amend, FORM, MANAGING, MANAGING),
            Page("journal/", "journal", journal, readers=WORKING),
            Page("deliberation/", "deliberation", deliberation, readers=MANAGING),
            *seats.PAGES,
            *panels.PAGES,
            *interests.PAGES,
            *hearings.PAGES,
            *convocations.PAGES,
            *hearing.PAGES,
            *scores.PAGES,
        ]
        return [
            path("add/", self.admin_site.admin_view(form), name="juries_jury_add"),
            *urls(self, pages),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """The working page of a jury."""
        return require_safe(desk)(request, self, self.fetch(request, object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Its journal is a page of its own."""
        return redirect("admin:juries_jury_journal", self.fetch(request, object_id).pk)

    def constitute(self, request: HttpRequest) -> HttpResponseBase:
        """A jury for one of the person's calls, its charter proposed and theirs to change."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewJuryForm(my_calls(request, Role.MANAGER), sent(request))
        made: list[Jury] = []

        def act(given: dict[str, Any]) -> None:
            made.append(
                constitution.constitute_jury(
                    given["call"],
                    name=given["name"],
                    charter=constitution.Charter(given["charter_fr"], given["charter_en"]),
                    quorum=given["quorum"],
                    ranking_stage=given["ranking_stage"],
                    scores_due_on=given["scores_due_on"],
                    lengths=constitution.Lengths(
                        given["presentation_minutes"], given["questions_minutes"], given["exchange_minutes"]
                    ),
                    by=person(request),
                    at=timed(request).at,
                )
            )

        tried = attempt(form, act)
        if tried.done:
            messages.success(request, _("Le jury est constitué : invitez maintenant sa présidence et ses membres."))
            return redirect("admin:juries_jury_change", made[0].pk)
        context = {"title": _("Constituer un jury"), "form": form, "refusal": tried.refusal}
        return self.page(request, "admin/jury/constitute.html", context, status=tried.status)


def desk(request: HttpRequest, room: JuryRoom, jury: Jury) -> HttpResponseBase:
    """Who sits, and what waits."""
    (board,) = office_waits.boards(
        Jury.objects.filter(pk=jury.pk), person(request), timed(request).at, working=working(request)
    )
    return shown(
        room,
        request,
        jury,
        "desk.html",
        tab="change",
        title=jury.name,
        board=board,
        sittings=office_jury.composition(jury),
    )


def amend(room: JuryRoom, request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """What may still change of how it works."""
    bound = amendment.bound_fields(jury)
    form = AmendJuryForm(jury, bound, sent(request))
    tried = attempt(form, lambda given: amendment.amend_jury(jury, given, by=person(request), at=timed(request).at))
    if tried.done:
        messages.success(request, _("Le jury est modifié."))
        return redirect("admin:juries_jury_change", jury.pk)
    return shown(
        room,
        request,
        jury,
        "amend.html",
        tab="change",
        status=tried.status,
        title=_("Modifier le jury"),
        form=form,
        refusal=tried.refusal,
        is_bound=bool(bound),
    )


def journal(room: JuryRoom, request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Everything that was done, in words."""
    found = events(jury, person(request))
    return shown(room, request, jury, "journal.html", tab="journal", title=_("Journal du jury"), events=found)


def deliberation(_room: JuryRoom, _request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Lead to the wall of its last deliberation, or, before the first, to where one is opened."""
    last = jury.deliberations.last()
    if last is None:
        return redirect("admin:juries_deliberation_changelist")
    return redirect("admin:juries_deliberation_change", last.pk)
