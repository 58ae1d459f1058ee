"""Problems reported by candidates: who, when, before or after the closing, answered or not; and the two acts."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from applications.actions import incidents
from applications.admin import candidacies
from applications.admin.team import WORKING, TeamRoom, holds, key, person, timed
from applications.enums import IncidentState
from applications.forms.incident import AnswerForm, CloseForm
from applications.models import Incident
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_second

_PILLS = {
    IncidentState.OPEN: "pill pill--now",
    IncidentState.ANSWERED: "pill pill--done",
    IncidentState.CLOSED: "pill pill--closed",
}


class OfCall(candidacies.OfCall):
    """Problems of one of the person's calls."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the call chosen."""
        chosen = key(self.value() or "")
        return queryset if chosen is None else queryset.filter(candidacy__call=chosen)


class InState(admin.SimpleListFilter):
    """Problems by what became of them."""

    title = _("état")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Every state."""
        return IncidentState.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        """Those in the state chosen."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class When(admin.SimpleListFilter):
    """Problems reported before the closing time that applied then, or after it."""

    title = _("arrivé")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Both."""
        return [("before", _("avant la clôture")), ("after", _("après la clôture"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Those of the side chosen."""
        sides = {"before": lambda rows: rows.in_time(), "after": lambda rows: rows.after_closing()}
        return sides.get(self.value() or "", lambda rows: rows)(queryset)


@dataclass
class Attempt:
    """An act that was refused, with what had been typed."""

    refusal: Refusal | None = None
    answer: AnswerForm | None = None
    close: CloseForm | None = None

    @property
    def status(self) -> int:
        """A rule said no, a form is incomplete, or the page was only read."""
        if self.refusal:
            return 409
        return 422 if self.answer or self.close else 200


@admin.register(Incident)
class IncidentRoom(TeamRoom[Incident]):
    """The problems of the person's calls, read by the whole team, dealt with by officers and managers."""

    call_path = "candidacy__call"
    list_display = ["numbered", "structure", "arrived", "side", "what", "progress"]
    list_display_links = ["numbered"]
    list_filter = [OfCall, InState, When]
    search_fields = ["candidacy__number", "candidacy__organisation__name", "author"]
    search_help_text = _("Chercher un numéro, une structure ou une personne")
    ordering = ["-reported_at", "-pk"]
    sortable_by = ["arrived"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """With what the list shows of each."""
        return super().get_queryset(request).select_related("candidacy__organisation", "candidacy__call")

    @admin.display(description=_("numéro"))
    def numbered(self, incident: Incident) -> SafeString:
        """In one piece."""
        return format_html('<span class="nowrap">{}</span>', incident.number)

    @admin.display(description=_("structure"))
    def structure(self, incident: Incident) -> str:
        """Its name."""
        return incident.candidacy.organisation.name

    @admin.display(description=_("arrivé le"), ordering="reported_at")
    def arrived(self, incident: Incident) -> str:
        """To the second."""
        return paris_second(incident.reported_at)

    @admin.display(description=_("clôture"))
    def side(self, incident: Incident) -> str:
        """Before or after the closing time that applied then."""
        return str(_("avant")) if incident.is_in_time else str(_("après"))

    @admin.display(description=_("ce qui arrive"))
    def what(self, incident: Incident) -> str:
        """Its beginning."""
        return incident.happened if len(incident.happened) <= 120 else f"{incident.happened[:119]}…"

    @admin.display(description=_("état"))
    def progress(self, incident: Incident) -> SafeString:
        """A word, a shape, a colour."""
        return state_pill(incident)

    def get_urls(self) -> list[URLPattern]:
        """The page takes both acts."""
        guarded = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.deal_with))
        return [path("<int:pk>/change/", guarded, name="applications_incident_change"), *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """What was done is on the page, and in the journal of the candidacy."""
        return redirect("admin:applications_incident_change", self.fetch(request, object_id).pk)

    def deal_with(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Read it; answer it, or close it."""
        incident = self.fetch(request, pk)
        may_act = holds(request, incident.candidacy.call_id, *WORKING)
        attempt = Attempt()
        if request.method == "POST":
            acts = {"answer": self._answer, "close": self._close}
            act = acts.get(request.POST.get("act", ""))
            if act is None or not may_act:
                raise Http404
            attempt = act(request, incident)
            if attempt.status == 200:
                return redirect("admin:applications_incident_change", incident.pk)
            incident = self.fetch(request, pk)
        answers = list(incident.answers.select_related("answered_by"))
        closed = incident.candidacy.journal.filter(act="close_problem", details__incident=incident.number).last()
        context = {
            "title": incident.number,
            "original": incident,
            "incident": incident,
            "state": state_pill(incident),
            "reporter": incident.reporter,
            "answers": answers,
            "closed": closed,
            "refusal": attempt.refusal,
            "may_act": may_act and incident.state != IncidentState.CLOSED,
            "answer_form": attempt.answer or AnswerForm(),
            "close_form": attempt.close or CloseForm(),
        }
        return self.page(request, "admin/incident.html", context, status=attempt.status)

    def _answer(self, request: HttpRequest, incident: Incident) -> Attempt:
        form = AnswerForm(request.POST)
        if not form.is_valid():
            return Attempt(answer=form)
        seen = key(request.POST.get("seen", ""))
        said = {"text": form.cleaned_data["answer"], "by": person(request), "at": timed(request).at, "seen": seen}
        try:
            incidents.answer_problem(incident, **said)
        except Refusal as refusal:
            return Attempt(refusal=refusal, answer=form)
        messages.success(request, _("La réponse part."))
        return Attempt()

    def _close(self, request: HttpRequest, incident: Incident) -> Attempt:
        form = CloseForm(request.POST)
        if not form.is_valid():
            return Attempt(close=form)
        try:
            incidents.close_problem(
                incident, by=person(request), at=timed(request).at, note=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            return Attempt(refusal=refusal, close=form)
        messages.success(request, _("Le signalement est clos."))
        return Attempt()


def state_pill(incident: Incident) -> SafeString:
    """The state of a problem: word, shape and colour."""
    state = IncidentState(incident.state)
    return format_html('<span class="{}">{}</span>', _PILLS[state], state.label)
