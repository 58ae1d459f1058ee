"""The chair examines the ties that were declared to it: they clear, or they keep out."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hubs_portal.refusals import Refusal
from juries.access import JurorRequest, chair_or_404, for_jurors
from juries.actions.interests import clear_interest, recuse
from juries.forms.juror_interests import ExaminationForm
from juries.models import InterestDeclaration, Seat
from juries.selectors.visible import to_examine


@require_safe
@for_jurors
def ties(request: JurorRequest) -> HttpResponse:
    """The ties that wait for the chair, its own excepted."""
    return _ties(request, chair_or_404(request))


@require_POST
@for_jurors
def examine(request: JurorRequest, pk: int) -> HttpResponse:
    """Clear a tie, or keep its author out of the candidacy."""
    seats = chair_or_404(request)
    declaration = _waiting(request, seats).filter(pk=pk).first()
    if declaration is None:
        raise Http404
    form = ExaminationForm(request.POST, prefix=str(pk))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        if "recuse" in request.POST:
            recuse(declaration.seat, declaration.candidacy, reason=reason, by=request.user, at=request.at)
            told = _("Déport prononcé : %(who)s n’a plus accès à cette candidature.")
        else:
            clear_interest(declaration, reason=reason, by=request.user, at=request.at)
            told = _("Lien levé : le dossier s’ouvre à %(who)s.")
    except Refusal as refusal:
        return _ties(request, seats, form=form, refused=pk, refusal=refusal, status=409)
    messages.success(request, told % {"who": declaration.seat.user})
    return redirect("juror_ties")


def _waiting(request: JurorRequest, seats: list[Seat]) -> Any:
    return to_examine(request.user).filter(seat__jury__in=[seat.jury_id for seat in seats])


def _ties(
    request: JurorRequest,
    seats: list[Seat],
    *,
    form: ExaminationForm | None = None,
    refused: int = 0,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting: list[InterestDeclaration] = list(_waiting(request, seats).select_related("seat__jury"))
    rows = [
        {
            "tie": one,
            "form": form if form and one.pk == refused else ExaminationForm(prefix=str(one.pk)),
            "refusal": refusal if one.pk == refused else None,
        }
        for one in waiting
    ]
    return render(request, "juror/ties.html", {"rows": rows}, status=status)
