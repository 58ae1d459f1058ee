"""The calendar of the hearings: the week, slots in series, a candidacy placed in one of them, a calendar proposed."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.admin.team import WORKING, key, person, timed
from applications.models import Candidacy
from hubs_portal.office import tell
from hubs_portal.refusals import Refusal
from juries import planning
from juries.actions import hearings as acts
from juries.admin.doors import ACT, FORM, Page, attempt, sent, shown, tried
from juries.forms.office_hearings import ChosenSlotForm, SlotsForm
from juries.models import Jury, Slot
from juries.rules.diary import Diary
from juries.selectors import office_calendar, office_hearing

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def index(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """A week, rooms as columns; what is left to place; what to do next."""
    return shown(
        room,
        request,
        jury,
        "hearings.html",
        tab="hearings",
        title=_("Auditions"),
        calendar=office_calendar.calendar(jury, timed(request).at, _week(request)),
        waiting=office_calendar.waiting(jury),
    )


def _week(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("semaine", ""))
    except ValueError:
        return None


def slots(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Slots in series, all or none."""
    form = SlotsForm(jury, sent(request), initial=_usual(jury))

    def act(given: dict[str, Any]) -> None:
        where, by, at = form.where(), person(request), timed(request).at
        acts.propose_slots(given["panel"], form.starts(), where=where, by=by, at=at)

    done = attempt(form, act)
    if done.done:
        n = form.cleaned_data["number"]
        messages.success(request, ngettext("%(n)s créneau est proposé.", "%(n)s créneaux sont proposés.", n) % {"n": n})
        week = form.cleaned_data["on"].isoformat()
        return redirect(reverse("admin:juries_jury_hearings", args=[jury.pk]) + f"?semaine={week}")
    return shown(
        room,
        request,
        jury,
        "slots.html",
        tab="hearings",
        status=done.status,
        title=_("Proposer des créneaux"),
        form=form,
        refusal=done.refusal,
        has_panels=jury.panels.exists(),
    )


def _usual(jury: Jury) -> dict[str, Any]:
    """Where the last slot was: the next series is often there too."""
    last = jury.slots.order_by("-pk").first()
    if last is None:
        return {"on": jury.call.hearings_from, "first": "09:00"}
    return {"on": last.starts_at, "first": "09:00", "room": last.room, "place": last.place, "link": last.link}


def slot(room: "JuryRoom", request: HttpRequest, jury: Jury, slot_id: int) -> HttpResponseBase:
    """A free slot: which candidacies may be heard in it, and why not the others."""
    found = _free_slot(request, jury, slot_id)
    rows = office_hearing.candidacies_for(jury, found, office_calendar.waiting(jury))
    return shown(
        room,
        request,
        jury,
        "slot.html",
        tab="hearings",
        title=_("Créneau libre"),
        slot=found,
        possible=[candidacy for candidacy, why_not in rows if not why_not],
        impossible=[row for row in rows if row[1]],
    )


def _free_slot(request: HttpRequest, jury: Jury, slot_id: int) -> Slot:
    known = {slot.pk for slot in office_calendar.free_slots_of(jury, timed(request).at)}
    return get_object_or_404(jury.slots.select_related("panel").filter(pk__in=known), pk=slot_id)


def withdraw(_room: "JuryRoom", request: HttpRequest, jury: Jury, slot_id: int) -> HttpResponseBase:
    """Take back a slot proposed by mistake."""
    found = get_object_or_404(jury.slots, pk=slot_id)
    done = tried(lambda: acts.withdraw_slot(found, by=person(request), at=timed(request).at))
    if done.refusal:
        tell(request, done.refusal)
    else:
        messages.success(request, _("Le créneau est retiré."))
    return redirect("admin:juries_jury_hearings", jury.pk)


def place(room: "JuryRoom", request: HttpRequest, jury: Jury, candidacy_id: int) -> HttpResponseBase:
    """A candidacy to place: the slots where nothing stands in the way, and what does in the others."""
    waiting = {candidacy.pk: candidacy for candidacy in office_calendar.waiting(jury)}
    candidacy = waiting.get(candidacy_id) or get_object_or_404(
        Candidacy.objects.filter(assignment__panel__jury=jury).select_related("organisation", "assignment__panel"),
        pk=candidacy_id,
    )
    at = timed(request).at
    choice = office_hearing.choice(jury, candidacy, office_calendar.free_slots_of(jury, at))
    form = ChosenSlotForm(choice.possible, sent(request))

    def act(given: dict[str, Any]) -> None:
        chosen = get_object_or_404(jury.slots.select_related("panel", "jury"), pk=given["slot"])
        acts.book_hearing(chosen, candidacy, by=person(request), at=at)

    done = attempt(form, act)
    if done.done:
        messages.success(request, _("%(number)s est placée ; aucune lettre n’est partie.") % {"number": candidacy})
        return redirect("admin:juries_jury_hearings", jury.pk)
    return shown(
        room,
        request,
        jury,
        "place.html",
        tab="hearings",
        status=done.status,
        title=_("Placer une audition"),
        candidacy=candidacy,
        form=form,
        choice=choice,
        refusal=done.refusal,
    )


def plan(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """A calendar proposed by the machine: looked at, unticked where need be, then booked as it was shown."""
    refusal: Refusal | None = None
    if request.method == "POST":
        done = tried(lambda: _book(request, jury))
        if done.done:
            messages.success(request, _("Les auditions sont placées ; aucune lettre n’est partie."))
            return redirect("admin:juries_jury_hearings", jury.pk)
        refusal = done.refusal
    free = office_calendar.free_slots_of(jury, timed(request).at)
    return shown(
        room,
        request,
        jury,
        "plan.html",
        tab="hearings",
        status=409 if refusal else 200,
        title=_("Proposer un calendrier"),
        plan=planning.propose(Diary(jury), office_calendar.waiting(jury), free),
        free=len(free),
        refusal=refusal,
    )


def _book(request: HttpRequest, jury: Jury) -> None:
    pairs = [value.partition(":") for value in request.POST.getlist("placement")]
    wanted = [(key(slot), key(row)) for slot, _colon, row in pairs]
    slots = jury.slots.select_related("panel", "jury").in_bulk([slot for slot, _row in wanted if slot is not None])
    mine = Candidacy.objects.filter(assignment__panel__jury=jury)
    rows = mine.in_bulk([row for _slot, row in wanted if row is not None])
    kept = [planning.Placement(rows[row], slots[slot]) for slot, row in wanted if slot in slots and row in rows]
    if not kept or len(kept) < len(wanted):
        raise Refusal(_("Cochez au moins une audition à placer."), code="nothing_ticked")
    planning.book_plan(jury, kept, by=person(request), at=timed(request).at)


PAGES = [
    Page("auditions/", "hearings", index),
    Page("auditions/creneaux/", "slots", slots, FORM, WORKING),
    Page("auditions/calendrier/", "plan", plan, FORM, WORKING),
    Page("auditions/creneaux/<int:slot_id>/", "slot", slot, readers=WORKING),
    Page("auditions/creneaux/<int:slot_id>/retirer/", "slot_withdraw", withdraw, ACT),
    Page("candidatures/<int:candidacy_id>/placer/", "place", place, FORM, WORKING),
]
