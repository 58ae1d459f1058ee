"""Seats: somebody is invited, invited again, removed."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from applications.admin.team import key, person, timed
from hubs_portal.office import tell
from juries.actions import constitution
from juries.admin.doors import ACT, FORM, MANAGING, Page, attempt, sent, shown, tried
from juries.enums import SeatRole
from juries.forms.office import InvitationForm, ReasonForm
from juries.models import Jury

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def invite(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """A juror or the chair; `?mandat=` fills the form with somebody who sat before."""
    has_chair = jury.seats.present().filter(role=SeatRole.CHAIR).exists()
    form = InvitationForm(sent(request), has_chair=has_chair, initial=_former(request, jury, has_chair))

    def act(given: dict[str, Any]) -> None:
        given = {**given, "role": SeatRole(given["role"])}
        constitution.invite_juror(jury, **given, by=person(request), at=timed(request).at)

    done = attempt(form, act)
    if done.done:
        messages.success(
            request, _("L’invitation part à %(address)s.") % {"address": form.cleaned_data["email"].lower()}
        )
        return redirect("admin:juries_jury_change", jury.pk)
    return shown(
        room,
        request,
        jury,
        "invite.html",
        tab="change",
        status=done.status,
        title=_("Inviter une personne"),
        form=form,
        refusal=done.refusal,
    )


def _former(request: HttpRequest, jury: Jury, has_chair: bool) -> dict[str, Any]:
    chosen = key(request.GET.get("mandat", ""))
    seat = jury.seats.select_related("user").filter(pk=chosen).first() if chosen is not None else None
    if seat is None:
        return {"role": SeatRole.JUROR if has_chair else SeatRole.CHAIR}
    known = {"name": seat.user.name, "email": seat.user.email, "language": seat.user.language}
    return {**known, "capacity": seat.capacity, "role": SeatRole.JUROR if has_chair else seat.role}


def invite_again(_room: "JuryRoom", request: HttpRequest, jury: Jury, seat_id: int) -> HttpResponseBase:
    """The same letter once more, with a fresh link."""
    seat = get_object_or_404(jury.seats.select_related("user"), pk=seat_id)
    done = tried(lambda: constitution.invite_again(seat, by=person(request), at=timed(request).at))
    if done.refusal:
        tell(request, done.refusal)
    else:
        messages.success(request, _("L’invitation repart à %(address)s.") % {"address": seat.user.email})
    return redirect("admin:juries_jury_change", jury.pk)


def remove(room: "JuryRoom", request: HttpRequest, jury: Jury, seat_id: int) -> HttpResponseBase:
    """Take a seat back, for a reason."""
    seat = get_object_or_404(jury.seats.select_related("user"), pk=seat_id)
    form = ReasonForm(sent(request), help_text=_("Il entre au journal du jury, avec votre nom."))
    done = attempt(
        form, lambda given: constitution.remove_juror(seat, **given, by=person(request), at=timed(request).at)
    )
    if done.done:
        messages.success(request, _("%(name)s ne siège plus : ses pages sont fermées.") % {"name": seat.user})
        return redirect("admin:juries_jury_change", jury.pk)
    return shown(
        room,
        request,
        jury,
        "remove.html",
        tab="change",
        status=done.status,
        title=_("Retirer %(name)s du jury") % {"name": seat.user},
        seat=seat,
        form=form,
        refusal=done.refusal,
    )


PAGES = [
    Page("inviter/", "invite", invite, FORM, MANAGING, MANAGING),
    Page("mandats/<int:seat_id>/inviter/", "invite_again", invite_again, ACT, actors=MANAGING),
    Page("mandats/<int:seat_id>/retirer/", "remove", remove, FORM, MANAGING, MANAGING),
]
