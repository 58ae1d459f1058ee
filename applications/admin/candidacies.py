"""The candidacies: the list, what came by e-mail, and the door to each working page."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.actions.signalling import signal
from applications.admin import desk, screening
from applications.admin.pills import pill
from applications.admin.team import WORKING, TeamRoom, holds_somewhere, key, my_calls, person, timed
from applications.enums import LegalForm, Provenance, SubmissionOrigin
from applications.forms.office import EmailSignalForm
from applications.models import Call, Candidacy, Territory
from applications.selectors import office
from applications.selectors.screening_queue import Wait, waiting
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short

_FUNNEL = "_office_funnel"


class InState(admin.SimpleListFilter):
    """Candidacies in a state; only states that hold some are offered."""

    title = _("état")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """States that hold candidacies, in the order of the procedure."""
        return [(step.state.value, str(step.label)) for step in _funnel(request)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those in the state chosen."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class Waiting(admin.SimpleListFilter):
    """Candidacies that wait for the person, by what they wait for."""

    title = _("ce qui attend")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Every way of waiting."""
        return Wait.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those that wait in the way chosen."""
        if self.value() not in Wait.values:
            return queryset
        return waiting(queryset, self.value() or "", user=person(request), at=timed(request).at)


class OfForm(admin.SimpleListFilter):
    """Candidacies of structures of a legal form."""

    title = _("forme juridique")
    parameter_name = "form"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Legal forms."""
        return [(form.value, str(form.label)) for form in LegalForm]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those of the form chosen."""
        return queryset.filter(organisation__legal_form=self.value()) if self.value() else queryset


class SignalledHow(admin.SimpleListFilter):
    """Candidacies signalled online, or by e-mail."""

    title = _("provenance")
    parameter_name = "provenance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Both ways."""
        return [(way.value, str(way.label)) for way in Provenance]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those that came the way chosen."""
        return queryset.filter(provenance=self.value()) if self.value() else queryset


class OfRegion(admin.SimpleListFilter):
    """Candidacies that named a territory of a region."""

    title = _("région")
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Regions that were named, by name."""
        named = Territory.objects.filter(pk__in=_named(request))
        regions = named.order_by("region_name").values_list("region_code", "region_name").distinct()
        return [(code, name) for code, name in regions]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those of the region chosen."""
        if not self.value():
            return queryset
        link = Candidacy.territories.through.objects.filter(territory__region_code=self.value())
        return queryset.filter(pk__in=link.values("candidacy"))


class OfTerritory(admin.SimpleListFilter):
    """Candidacies that named a territory."""

    title = _("territoire")
    parameter_name = "territory"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Territories that were named, by number."""
        found = Territory.objects.filter(pk__in=_named(request)).order_by("code")
        return [(territory.code, str(territory)) for territory in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those of the territory chosen."""
        if not self.value():
            return queryset
        link = Candidacy.territories.through.objects.filter(territory=self.value())
        return queryset.filter(pk__in=link.values("candidacy"))


class OfCall(admin.SimpleListFilter):
    """Candidacies of one of the person's calls; no filter for whoever has one call only."""

    title = _("appel")
    parameter_name = "call"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The person's calls."""
        calls = list(my_calls(request))
        return [(str(call.pk), call.title) for call in calls] if len(calls) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
        """Those of the call chosen."""
        chosen = key(self.value() or "")
        return queryset if chosen is None else queryset.filter(call=chosen)


def _funnel(request: HttpRequest) -> list[office.FunnelStep]:
    """Counts per state of the person's calls, or of the one chosen; read once per request."""
    if not hasattr(request, _FUNNEL):
        chosen = key(request.GET.get("call", ""))
        mine = Candidacy.objects.filter(call__in=my_calls(request))
        mine = mine if chosen is None else mine.filter(call=chosen)
        setattr(request, _FUNNEL, office.funnel(office.counts_by_state(mine)))
    steps: list[office.FunnelStep] = getattr(request, _FUNNEL)
    return steps


def _named(request: HttpRequest) -> QuerySet[Any]:
    link = Candidacy.territories.through.objects.filter(candidacy__call__in=my_calls(request))
    return link.values("territory")


@admin.register(Candidacy)
class CandidacyRoom(TeamRoom[Candidacy]):
    """Who is a candidate and how far they are; the working page of each is read, and acts are its buttons."""

    list_display = ["named", "structure", "legal_form", "where", "progress", "signalled", "changed", "submitted"]
    list_filter = [OfCall, Waiting, InState, OfForm, OfRegion, OfTerritory, SignalledHow]
    search_fields = [
        "number",
        "organisation__name",
        "organisation__siret",
        "members__name",
        "members__email",
    ]
    search_help_text = _("Chercher un numéro, une structure, un SIRET ou une personne")
    ordering = ["-signalled_at", "-pk"]
    sortable_by = ["named", "structure", "signalled", "changed", "submitted"]
    change_list_template = "admin/candidacy/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidacy]:
        """With what the list shows of each."""
        return office.listed(super().get_queryset(request))

    def has_add_permission(self, request: HttpRequest, *_of: Any) -> bool:
        """Officers and managers type what came by e-mail."""
        return holds_somewhere(request, *WORKING)

    @admin.display(description=_("numéro"), ordering="number")
    def named(self, candidacy: Candidacy) -> SafeString:
        """In one piece."""
        return format_html('<span class="nowrap">{}</span>', candidacy.number)

    @admin.display(description=_("structure"), ordering="organisation__name")
    def structure(self, candidacy: Candidacy) -> str:
        """Its name."""
        return candidacy.organisation.name

    @admin.display(description=_("forme juridique"))
    def legal_form(self, candidacy: Candidacy) -> str:
        """In words."""
        return candidacy.organisation.get_legal_form_display()

    @admin.display(description=_("territoires envisagés"))
    def where(self, candidacy: Candidacy) -> str:
        """Their numbers."""
        return ", ".join(sorted(territory.code for territory in candidacy.territories.all()))

    @admin.display(description=_("état"))
    def progress(self, candidacy: Candidacy) -> SafeString:
        """The state."""
        return pill(candidacy.state)

    @admin.display(description=_("signalée"), ordering="signalled_at")
    def signalled(self, candidacy: Candidacy) -> str:
        """When."""
        return paris_short(candidacy.signalled_at)

    @admin.display(description=_("dernière modification"), ordering="dossier__edited_at")
    def changed(self, candidacy: Candidacy) -> str:
        """When the draft was last saved."""
        return paris_short(candidacy.dossier.edited_at)

    @admin.display(description=_("déposée"), ordering="last_arrival")
    def submitted(self, candidacy: Any) -> str:
        """When, which version, and how when it was not by its candidate, in time."""
        if not candidacy.last_version:
            return ""
        said = f"{paris_short(candidacy.last_arrival)} (v{candidacy.last_version})"
        origin = SubmissionOrigin(candidacy.last_origin)
        return said if origin == SubmissionOrigin.ONLINE else f"{said}, {origin.label}"

    def get_urls(self) -> list[URLPattern]:
        """Typing a candidacy, and the pages under the working page."""
        typing = require_http_methods(["GET", "HEAD", "POST"])(self.signal_by_email)
        return [
            path("add/", self.admin_site.admin_view(typing), name="applications_candidacy_add"),
            *desk.urls(self),
            *screening.urls(self),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """With the counts per state above the list."""
        chosen = key(request.GET.get("call", ""))
        kept = {} if chosen is None else {"call": chosen}
        steps = [(step, "?" + urlencode({"state": step.state, **kept})) for step in _funnel(request)]
        context = {
            "funnel": steps,
            "may_take": holds_somewhere(request, *WORKING),
            "taken_call": chosen if kept else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The working page."""
        return require_safe(desk.show)(request, self, self.fetch(request, object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Its journal is on the working page."""
        return redirect("admin:applications_candidacy_change", self.fetch(request, object_id).pk)

    def signal_by_email(self, request: HttpRequest) -> HttpResponseBase:
        """Type a candidacy that came by e-mail: a number at once, and the kit leaves."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        at = timed(request).at
        calls = my_calls(request, *WORKING).filter(pk__in=Call.objects.open(at))
        form = EmailSignalForm(calls, request.POST or None)
        refusal: Refusal | None = None
        if form.is_bound and form.is_valid():
            author = Actor.person(person(request))
            try:
                contact = signal(form.cleaned_data["call"], form.said(), at=at, by=author, provenance=Provenance.EMAIL)
            except Refusal as refused:
                refusal = refused
            else:
                messages.success(
                    request,
                    _("Candidature %(number)s enregistrée ; le kit part à %(address)s.")
                    % {"number": contact.candidacy.number, "address": contact.email},
                )
                return redirect("admin:applications_candidacy_change", contact.candidacy_id)
        context = {
            "title": _("Saisir une candidature signalée par courriel"),
            "form": form,
            "refusal": refusal,
            "is_possible": calls.exists(),
        }
        return self.page(request, "admin/candidacy/signal.html", context, status=409 if refusal else 200)
