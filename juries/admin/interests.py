"""Interests: who declared what, ties to examine, and who is kept out of what."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from applications.admin.team import WORKING, person, timed
from applications.models import Candidacy
from juries.actions import interests as acts
from juries.admin.doors import ACT, FORM, MANAGING, Attempt, Page, attempt, sent, shown
from juries.forms.office import ReasonForm, RecusalForm
from juries.models import InterestDeclaration, Jury
from juries.selectors import office_interests
from juries.selectors.office_panels import panels_of

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom


def index(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Ties to examine, declarations panel by panel, recusals."""
    user = person(request)
    return shown(
        room,
        request,
        jury,
        "interests.html",
        tab="interests",
        title=_("Déclarations d’intérêts et déports"),
        waiting=list(office_interests.waiting_ties(jury, user)),
        tables=office_interests.ties(jury, panels_of(jury)),
        examined=list(office_interests.examined_ties(jury, user)),
        recusals=office_interests.recusals(jury, user),
        user_id=user.pk,
    )


def show(room: "JuryRoom", request: HttpRequest, jury: Jury, declaration_id: int) -> HttpResponseBase:
    """A tie to examine: what was declared, and the two ways out."""
    return _page(room, request, jury, _waiting(request, jury, declaration_id), Attempt(), {})


def clear(room: "JuryRoom", request: HttpRequest, jury: Jury, declaration_id: int) -> HttpResponseBase:
    """No obstacle: the dossier opens to the juror."""
    declaration = _waiting(request, jury, declaration_id)
    form = ReasonForm(request.POST, prefix="clear")
    done = attempt(form, lambda given: acts.clear_interest(declaration, **given, **_signed(request)))
    if done.done:
        messages.success(request, _("Le lien est levé : le dossier s’ouvre à %(name)s.") % _named(declaration))
        return redirect("admin:juries_jury_interests", jury.pk)
    return _page(room, request, jury, declaration, done, {"clear": form})


def recuse_declared(room: "JuryRoom", request: HttpRequest, jury: Jury, declaration_id: int) -> HttpResponseBase:
    """An obstacle: the juror is kept out, for good."""
    declaration = _waiting(request, jury, declaration_id)
    form = ReasonForm(request.POST, prefix="recuse")
    done = attempt(
        form, lambda given: acts.recuse(declaration.seat, declaration.candidacy, **given, **_signed(request))
    )
    if done.done:
        messages.success(request, _("%(name)s est en déport pour cette candidature.") % _named(declaration))
        return redirect("admin:juries_jury_interests", jury.pk)
    return _page(room, request, jury, declaration, done, {"recuse": form})


def recuse(room: "JuryRoom", request: HttpRequest, jury: Jury) -> HttpResponseBase:
    """Keep somebody out of a candidacy that they said nothing of."""
    candidacies = Candidacy.objects.filter(call=jury.call_id, submissions__isnull=False).distinct()
    rows = candidacies.select_related("organisation").order_by("number")
    form = RecusalForm(jury, rows, sent(request))
    done = attempt(form, lambda given: acts.recuse(**given, **_signed(request)))
    if done.done:
        name = form.cleaned_data["seat"].user
        messages.success(request, _("%(name)s est en déport pour cette candidature.") % {"name": name})
        return redirect("admin:juries_jury_interests", jury.pk)
    return shown(
        room,
        request,
        jury,
        "recuse.html",
        tab="interests",
        status=done.status,
        title=_("Décider un déport"),
        form=form,
        refusal=done.refusal,
    )


def _signed(request: HttpRequest) -> dict[str, Any]:
    return {"by": person(request), "at": timed(request).at}


def _named(declaration: InterestDeclaration) -> dict[str, object]:
    return {"name": declaration.seat.user}


def _waiting(request: HttpRequest, jury: Jury, declaration_id: int) -> InterestDeclaration:
    return get_object_or_404(office_interests.waiting_ties(jury, person(request)), pk=declaration_id)


def _page(
    room: "JuryRoom",
    request: HttpRequest,
    jury: Jury,
    declaration: InterestDeclaration,
    done: Attempt,
    forms: dict[str, ReasonForm],
) -> HttpResponseBase:
    return shown(
        room,
        request,
        jury,
        "tie.html",
        tab="interests",
        status=done.status,
        title=_("Lien à examiner"),
        declaration=declaration,
        clear_form=forms.get("clear") or ReasonForm(prefix="clear", help_text=_("Ce que l’examen a conclu.")),
        recuse_form=forms.get("recuse") or ReasonForm(prefix="recuse", help_text=_("Il figure au procès-verbal.")),
        refusal=done.refusal,
    )


PAGES = [
    Page("interets/", "interests", index, readers=WORKING),
    Page("interets/deport/", "recuse", recuse, FORM, MANAGING, MANAGING),
    Page("interets/<int:declaration_id>/", "tie", show, readers=WORKING),
    Page("interets/<int:declaration_id>/lever/", "tie_clear", clear, ACT, actors=MANAGING),
    Page("interets/<int:declaration_id>/deport/", "tie_recuse", recuse_declared, ACT, actors=MANAGING),
]
