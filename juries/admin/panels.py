"""Panels: created, given jurors, given candidacies."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.team import key, person, timed
from hubs_portal.refusals import Refusal
from juries.actions import panels as acts
from juries.admin.doors import ACT, FORM, Attempt, Page, attempt, sent, shown, tried
from juries.forms.office import PanelForm, PanelMemberForm
from juries.models import Jury, Panel
from juries.selectors import office_panels

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def index(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """The panels, what each juror was given, and a new one by its name."""
    form = PanelForm(sent(request))
    done = attempt(form, lambda given: acts.create_panel(jury, **given, by=person(request), at=timed(request).at))
    if done.done:
        messages.success(request, _("Le panel est créé : placez-y des jurés."))
        return redirect("admin:juries_jury_panels", jury.pk)
    panels = office_panels.panels_of(jury)
    return shown(
        room,
        request,
        jury,
        "panels.html",
        tab="panels",
        status=done.status,
        title=_("Panels"),
        panels=[(panel, office_panels.present_members(panel), list(panel.assignments.all())) for panel in panels],
        loads=office_panels.loads(jury, panels, person(request)),
        unassigned=len(office_panels.assignable(jury)),
        form=form,
        refusal=done.refusal,
    )


def show(room: "JuryRoom", request: HttpRequest, jury: Jury, panel_id: int) -> HttpResponseBase:
    """A panel: its members, its candidacies, and those it may still be given."""
    return _page(room, request, jury, panel_id, PanelMemberForm(jury), Attempt())


def add_member(room: "JuryRoom", request: HttpRequest, jury: Jury, panel_id: int) -> HttpResponseBase:
    """Put a juror in, or change what they do there."""
    panel = get_object_or_404(jury.panels, pk=panel_id)
    form = PanelMemberForm(jury, request.POST)
    done = attempt(form, lambda given: acts.assign_to_panel(panel, **given, by=person(request), at=timed(request).at))
    if done.done:
        messages.success(request, _("%(name)s est dans le panel.") % {"name": form.cleaned_data["seat"].user})
        return redirect("admin:juries_jury_panel", jury.pk, panel.pk)
    return _page(room, request, jury, panel_id, form, done)


def give(room: "JuryRoom", request: HttpRequest, jury: Jury, panel_id: int) -> HttpResponseBase:
    """Give the candidacies that were ticked."""
    panel = get_object_or_404(jury.panels.select_related("jury__call"), pk=panel_id)
    ticked = {key(text) for text in request.POST.getlist("candidacy")} - {None}
    wanted = list(jury.call.candidacies.filter(pk__in=ticked))

    def act() -> None:
        if not wanted:
            raise Refusal(_("Cochez au moins une candidature."), code="nothing_ticked")
        acts.assign(panel, wanted, by=person(request), at=timed(request).at)

    done = tried(act)
    if done.done:
        said = ngettext("%(n)s candidature est attribuée.", "%(n)s candidatures sont attribuées.", len(wanted))
        messages.success(request, said % {"n": len(wanted)})
        return redirect("admin:juries_jury_panel", jury.pk, panel.pk)
    return _page(room, request, jury, panel_id, PanelMemberForm(jury), done, ticked)


def _page(
    room: "JuryRoom",
    request: HttpRequest,
    jury: Jury,
    panel_id: int,
    form: PanelMemberForm,
    done: Attempt,
    ticked: Any = frozenset(),
) -> HttpResponseBase:
    panels = {panel.pk: panel for panel in office_panels.panels_of(jury)}
    if panel_id not in panels:
        raise Http404
    panel: Panel = panels[panel_id]
    members = office_panels.present_members(panel)
    seats = [member.seat for member in members]
    given = [row.candidacy for row in panel.assignments.all()]
    free = office_panels.assignable(jury)
    at = timed(request).at
    rows = office_panels.offers([*given, *free], seats, person(request), at)
    return shown(
        room,
        request,
        jury,
        "panel.html",
        tab="panels",
        status=done.status,
        title=panel.name,
        panel=panel,
        members=members,
        given=rows[: len(given)],
        offers=rows[len(given) :],
        loads=office_panels.loads(jury, panels.values(), person(request)),
        form=form,
        refusal=done.refusal,
        ticked=ticked,
    )


PAGES = [
    Page("panels/", "panels", index, FORM),
    Page("panels/<int:panel_id>/", "panel", show),
    Page("panels/<int:panel_id>/membres/", "panel_member", add_member, ACT),
    Page("panels/<int:panel_id>/candidatures/", "panel_give", give, ACT),
]
