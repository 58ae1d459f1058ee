"""One hearing: convened, confirmed by telephone, moved, cancelled, held."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from applications.admin.team import WORKING, holds, person, timed
from hubs_portal.actors import Actor
from hubs_portal.office import tell
from hubs_portal.refusals import Sentence
from juries.actions import attendance, scoring
from juries.actions import hearings as acts
from juries.admin.doors import ACT, MANAGING, Attempt, Page, attempt, shown, tried
from juries.enums import HearingState
from juries.forms.office_hearings import AttendanceForm, CancelForm, CorrectionForm, MoveForm
from juries.models import Hearing, Jury, Seat
from juries.rules.hearings import admitted
from juries.rules.offices import is_recused, manages
from juries.selectors import office_calendar, office_hearing
from juries.selectors.deliberation import is_decided
from juries.workflow import AWAITED

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def show(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """When, where, before whom; what was told; what may be done now."""
    return _page(room, request, jury, _fetch(jury, hearing_id), Attempt())


def convene(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """The letters leave."""
    hearing = _fetch(jury, hearing_id)
    done = tried(lambda: acts.convene(hearing, by=person(request), at=timed(request).at))
    return _after(room, request, jury, hearing, done, _("Le candidat est convoqué."))


def confirm(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """The candidate said by telephone that they will come."""
    hearing = _fetch(jury, hearing_id)
    done = tried(lambda: acts.confirm(hearing, by=Actor.person(person(request)), at=timed(request).at))
    return _after(room, request, jury, hearing, done, _("La venue du candidat est notée."))


def move(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """Another slot."""
    hearing = _fetch(jury, hearing_id)
    free = office_calendar.free_slots_of(jury, timed(request).at)
    choice = office_hearing.choice(jury, hearing.candidacy, free, moving=hearing)
    told = hearing.convened_at is not None
    form = MoveForm(choice.possible, request.POST, prefix="move", told=told)

    def act(given: dict[str, Any]) -> None:
        chosen = get_object_or_404(jury.slots.select_related("panel", "jury"), pk=given["slot"])
        acts.move(hearing, chosen, reason=given["reason"], by=person(request), at=timed(request).at)

    done = attempt(form, act)
    return _after(room, request, jury, hearing, done, _("L’audition est déplacée."), move=form)


def cancel(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """It does not take place."""
    hearing = _fetch(jury, hearing_id)
    form = CancelForm(request.POST, prefix="cancel", told=hearing.convened_at is not None)
    done = attempt(form, lambda given: acts.cancel(hearing, **given, by=person(request), at=timed(request).at))
    return _after(room, request, jury, hearing, done, _("L’audition est annulée."), cancel=form)


def hold(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """The attendance sheet; and the sheets of after, when a manager writes it."""
    hearing = _fetch(jury, hearing_id)
    form = AttendanceForm(admitted(hearing.panel, hearing.candidacy), request.POST, prefix="hold")

    def act(given: dict[str, Any]) -> None:
        signed: dict[str, Any] = {"by": person(request), "at": timed(request).at}
        present = _seats(jury, given["present"])
        attendance.hold_hearing(hearing, present=present, attended_by=given["attended_by"], **signed)
        if manages(jury, person(request)):
            scoring.reopen_after_hearing(hearing, **signed)

    done = attempt(form, act)
    return _after(room, request, jury, hearing, done, _("La feuille de présence est enregistrée."), hold=form)


def correct(room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """The attendance sheet again: a tick forgotten, or one too many."""
    hearing = _fetch(jury, hearing_id)
    form = CorrectionForm(admitted(hearing.panel, hearing.candidacy), request.POST, prefix="correct")

    def act(given: dict[str, Any]) -> None:
        said = {**given, "present": _seats(jury, given["present"])}
        attendance.correct_attendance(hearing, **said, by=person(request), at=timed(request).at)

    done = attempt(form, act)
    return _after(room, request, jury, hearing, done, _("La feuille de présence est corrigée."), correct=form)


def reopen(_room: "JuryRoom", request: HttpRequest, jury: Jury, hearing_id: int) -> HttpResponseBase:
    """Give each juror who was there a sheet of after the hearing."""
    hearing = _fetch(jury, hearing_id)
    done = tried(lambda: scoring.reopen_after_hearing(hearing, by=person(request), at=timed(request).at))
    if done.refusal:
        tell(request, done.refusal)
    else:
        messages.success(request, _("Les feuilles d’après l’audition sont ouvertes."))
    return redirect("admin:juries_jury_hearing", jury.pk, hearing.pk)


def _seats(jury: Jury, ticked: list[int]) -> list[Seat]:
    return list(jury.seats.select_related("user").filter(pk__in=ticked))


def _fetch(jury: Jury, hearing_id: int) -> Hearing:
    rows = Hearing.objects.filter(panel__jury=jury)
    related = ("slot__panel", "panel__jury__call", "candidacy__organisation", "candidacy__call")
    return get_object_or_404(rows.select_related(*related), pk=hearing_id)


def _after(
    room: "JuryRoom",
    request: HttpRequest,
    jury: Jury,
    hearing: Hearing,
    done: Attempt,
    sentence: Sentence,
    **forms: Any,
) -> HttpResponseBase:
    if done.done:
        messages.success(request, str(sentence))
        return redirect("admin:juries_jury_hearing", jury.pk, hearing.pk)
    return _page(room, request, jury, _fetch(jury, hearing.pk), done, **forms)


def _page(
    room: "JuryRoom", request: HttpRequest, jury: Jury, hearing: Hearing, done: Attempt, **forms: Any
) -> HttpResponseBase:
    at, told = timed(request).at, hearing.convened_at is not None
    is_movable = hearing.state in {HearingState.PROPOSED, *AWAITED}
    choice = office_hearing.choice(
        jury, hearing.candidacy, office_calendar.free_slots_of(jury, at) if is_movable else [], moving=hearing
    )
    people = office_hearing.room(hearing)
    if not holds(request, jury.call_id, *WORKING):
        people = office_hearing.as_observed(people, hearing)
    return shown(
        room,
        request,
        jury,
        "hearing.html",
        tab="hearings",
        status=done.status,
        title=_("Audition de %(number)s") % {"number": hearing.candidacy.number},
        hearing=hearing,
        slot=hearing.slot,
        told=told,
        is_movable=is_movable,
        is_awaited=hearing.state in AWAITED,
        has_begun=hearing.slot.starts_at <= at,
        people=people,
        user_is_recused=is_recused(person(request), hearing.candidacy),
        choice=choice,
        move_form=forms.get("move") or MoveForm(choice.possible, prefix="move", told=told),
        cancel_form=forms.get("cancel") or CancelForm(prefix="cancel", told=told),
        hold_form=forms.get("hold") or AttendanceForm(people.admitted, prefix="hold"),
        correct_form=forms.get("correct") or _correction(hearing, people),
        is_correctable=hearing.state == HearingState.HELD and not is_decided(hearing.candidacy),
        refusal=done.refusal,
    )


def _correction(hearing: Hearing, people: office_hearing.Room) -> CorrectionForm:
    present = [presence.seat_id for presence in people.presences if presence.present]
    said = {"present": present, "attended_by": hearing.attended_by}
    return CorrectionForm(people.admitted, prefix="correct", initial=said)


def _page_for(route: str, name: str, view: Callable[..., HttpResponseBase]) -> Page:
    return Page(f"auditions/<int:hearing_id>/{route}", name, view, ACT)


PAGES = [
    Page("auditions/<int:hearing_id>/", "hearing", show),
    _page_for("convoquer/", "hearing_convene", convene),
    _page_for("confirmer/", "hearing_confirm", confirm),
    _page_for("deplacer/", "hearing_move", move),
    _page_for("annuler/", "hearing_cancel", cancel),
    _page_for("tenir/", "hearing_hold", hold),
    _page_for("feuilles/", "hearing_reopen", reopen),
    Page("auditions/<int:hearing_id>/corriger/", "hearing_correct", correct, ACT, actors=MANAGING),
]
