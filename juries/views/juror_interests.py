"""Declare one's ties: all of them before the first reading, another whenever it shows itself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from hubs_portal.refusals import Refusal
from juries.access import JurorRequest, assigned_or_404, for_jurors, seat_or_404
from juries.actions.interests import declare_interest
from juries.enums import Verdict
from juries.forms.juror_interests import LaterTieForm, TieForm
from juries.models import Seat
from juries.selectors.assigned import Assigned
from juries.selectors.introductions import Introduction, introductions, own_recusals

_Row = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
@for_jurors
def declarations(request: JurorRequest, pk: int) -> HttpResponse:
    """Every candidacy of the docket by its names, and what the juror declares of each."""
    seat = seat_or_404(request, pk)
    known = introductions(seat, request.at)
    if request.method != "POST":
        return _page(request, seat, _rows(known, None))
    rows = _rows(known, request.POST)
    answered = [row for row in rows if row["form"]]
    if not all(row["form"].is_valid() for row in answered):
        return _page(request, seat, rows, status=422)
    said = [row for row in answered if row["form"].is_answered]
    for row in said:
        try:
            _declare(request, seat, row)
        except Refusal as refusal:
            row["refusal"] = refusal
            return _page(request, seat, rows, status=409)
    return _declared(request, seat, len(said))


def _rows(known: list[Introduction], typed: Mapping[str, Any] | None) -> list[_Row]:
    """A form for each candidacy of which nothing was said yet; what was said is shown."""
    return [
        {
            "introduction": one,
            "form": None if one.declaration else TieForm(typed, prefix=one.candidacy.number),
            "refusal": None,
        }
        for one in known
    ]


def _declare(request: JurorRequest, seat: Seat, row: _Row) -> None:
    said = row["form"].cleaned_data
    verdict = Verdict(said["verdict"])
    declare_interest(seat, row["introduction"].candidacy, verdict=verdict, reason=said["reason"], at=request.at)


def _page(request: JurorRequest, seat: Seat, rows: list[_Row], status: int = 200) -> HttpResponse:
    bound = [row for row in rows if row["form"] and row["form"].is_bound]
    problems = [
        {"label": f"{row['introduction'].lead} – {error}", "url": f"#{row['introduction'].candidacy.number}"}
        for row in bound
        for error in [*([row["refusal"]] if row["refusal"] else []), *_errors(row["form"])]
    ]
    context = {
        "seat": seat,
        "jury": seat.jury,
        "rows": [row for row in rows if row["form"]],
        "said": [row["introduction"] for row in rows if not row["form"]],
        "recusals": own_recusals(seat),
        "problems": problems,
    }
    return render(request, "juror/declarations.html", context, status=status)


def _errors(form: TieForm) -> list[str]:
    return [str(error) for errors in form.errors.values() for error in errors]


def _declared(request: JurorRequest, seat: Seat, n: int) -> HttpResponse:
    if n:
        told = ngettext("%(n)s déclaration est enregistrée.", "%(n)s déclarations sont enregistrées.", n) % {"n": n}
        messages.success(request, told)
    else:
        messages.warning(request, _("Rien n’était coché : aucune déclaration n’est enregistrée."))
    left = any(one.declaration is None for one in introductions(seat, request.at))
    return redirect("juror_declarations", seat.pk) if left else redirect("juror_desk")


@require_http_methods(["GET", "HEAD", "POST"])
@for_jurors
def tie(request: JurorRequest, number: str) -> HttpResponse:
    """A tie with this candidacy that the juror discovers later."""
    held = assigned_or_404(request, number)
    if request.method != "POST":
        return _tie(request, held, LaterTieForm())
    form = LaterTieForm(request.POST)
    if not form.is_valid():
        return _tie(request, held, form, status=422)
    said = form.cleaned_data
    try:
        declare_interest(
            held.seat, held.candidacy, verdict=Verdict(said["verdict"]), reason=said["reason"], at=request.at
        )
    except Refusal as refusal:
        return _tie(request, held, form, refusal=refusal, status=409)
    if said["verdict"] == Verdict.RECUSED:
        messages.success(request, _("Votre déport est enregistré : cette candidature ne vous est plus montrée."))
    else:
        messages.success(request, _("Votre déclaration est enregistrée : le dossier reste fermé jusqu’à son examen."))
    return redirect("juror_desk")


def _tie(
    request: JurorRequest, held: Assigned, form: LaterTieForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {"held": held, "candidacy": held.candidacy, "form": form, "refusal": refusal}
    return render(request, "juror/tie.html", context, status=status)
