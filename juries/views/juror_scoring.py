"""Score: the grid written as one goes, read again and locked, signed after the hearing, compared with the panel's."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hubs_portal.refusals import Refusal
from juries.access import JurorRequest, assigned_or_404, closed, for_jurors
from juries.actions import scoring
from juries.enums import Stage
from juries.forms.juror_scoring import SheetForm
from juries.models import ScoreSheet
from juries.rules.sheets import missing_on
from juries.selectors.assigned import Assigned
from juries.selectors.grids import Grid, boards_of, grid_of, total_of

# What the session remembers of this browser's saves: the sheet, the page that wrote it, when, and which change of it.
_SAVES = "sheet_saves"
_SAVES_KEPT = 20
_NEVER = datetime(1, 1, 1, tzinfo=UTC)


@require_http_methods(["GET", "HEAD", "POST"])
@for_jurors
def sheet(request: JurorRequest, number: str) -> HttpResponse:
    """The grid alone: what a phone shows behind « Noter », and where every save goes."""
    held = assigned_or_404(request, number)
    if held.shut:
        return closed(request, held)
    if request.method == "POST":
        return _save(request, held)
    return render(request, "juror/sheet.html", sheet_context(held))


def sheet_context(held: Assigned, grid: Grid | None = None, form: SheetForm | None = None) -> dict[str, Any]:
    """What `juror/_grid.html` shows: three queries."""
    grid = grid or grid_of(held)
    form = form or SheetForm(grid.criteria, grid.sheet)
    return {
        "held": held,
        "candidacy": held.candidacy,
        "grid": grid,
        "form": form,
        "lines": form.lines(grid.before),
        "before_total": total_of(grid.before) if grid.before else None,
        "seen": grid.sheet.saved_at.isoformat() if grid.sheet else "",
        "beside": False,
    }


def _save(request: JurorRequest, held: Assigned) -> HttpResponse:
    grid = grid_of(held)
    form = SheetForm(grid.criteria, grid.sheet, request.POST)
    if not form.is_valid():
        return _unsaved(request, held, grid, form, status=422)
    try:
        saved = _write(request, held, grid, form)
    except scoring.StaleSheet as stale:
        form.compare(stale.sheet)
        return _unsaved(request, held, grid_of(held), form, status=409, refusal=stale)
    except Refusal as refusal:
        return _unsaved(request, held, grid, form, status=409, refusal=refusal)
    if saved.saved_at == request.at:
        _remember(request, saved)
    if request.headers.get("HX-Request") == "true":
        fresh = grid_of(held)
        return render(request, "juror/_saved.html", {**sheet_context(held, fresh), "saved_at": saved.saved_at})
    if "finish" in request.POST:
        return redirect("juror_sheet_finish", held.candidacy.number)
    messages.success(request, _("Vos notes sont enregistrées."))
    page = "juror_dossier" if "beside" in request.POST else "juror_sheet"
    return redirect(reverse(page, args=[held.candidacy.number]) + "#noter")


def _write(request: JurorRequest, held: Assigned, grid: Grid, form: SheetForm) -> ScoreSheet:
    """Save on the sheet the page was showing: its stage is posted, and a page of before the hearing writes no other."""
    stage = Stage.AFTER if request.POST.get("stage") == Stage.AFTER else Stage.BEFORE
    known = grid.sheet if grid.sheet and grid.sheet.stage == stage else grid.before if grid.is_after else None
    if known is None and stage == Stage.AFTER:
        raise Refusal(grid.shut or _("Cette feuille n’est pas encore ouverte."), code="not_open")
    if known and _is_overtaken(request, known):
        return known
    target = known or scoring.open_sheet(held.seat, held.candidacy, at=request.at)
    seen = _seen(request, target) if known else target.saved_at
    return scoring.write_scores(target, form.written(), opinion=form.cleaned_data["opinion"], at=request.at, seen=seen)


def _seen(request: HttpRequest, known: ScoreSheet) -> datetime:
    """When the sheet the page shows was saved; this page's own last save counts, even if its answer was lost."""
    saved = _last_save(request, known)
    return _instant(saved[1] if saved else request.POST.get("seen", "")) or _NEVER


def _is_overtaken(request: HttpRequest, sheet: ScoreSheet) -> bool:
    """Whether this save was slower on its way than a later one of the same page: what it holds is older."""
    saved, order = _last_save(request, sheet), _order(request)
    return bool(saved and order is not None and order < (saved[2] or 0))


def _last_save(request: HttpRequest, sheet: ScoreSheet) -> tuple[str, str, int | None] | None:
    """The last save of the page that posts: its token, when, and which change; nothing when it saved nothing yet."""
    pages: dict[str, tuple[str, str, int | None]] = request.session.get(_SAVES, {})
    saved = pages.get(str(sheet.pk))
    return saved if saved and saved[0] and saved[0] == request.POST.get("page") else None


def _order(request: HttpRequest) -> int | None:
    """Which change of the page is posted; nothing from a browser without scripts."""
    told = request.POST.get("order", "")
    return int(told) if told.isdecimal() and len(told) < 10 else None


def _instant(told: str) -> datetime | None:
    try:
        found = parse_datetime(told)
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _remember(request: HttpRequest, saved: ScoreSheet) -> None:
    page = request.POST.get("page", "")[:64]
    kept = {key: told for key, told in request.session.get(_SAVES, {}).items() if key != str(saved.pk)}
    latest = [*kept.items(), (str(saved.pk), [page, saved.saved_at.isoformat(), _order(request)])]
    request.session[_SAVES] = dict(latest[-_SAVES_KEPT:])


def _unsaved(
    request: JurorRequest,
    held: Assigned,
    grid: Grid,
    form: SheetForm,
    *,
    status: int,
    refusal: Refusal | None = None,
) -> HttpResponse:
    context = {**sheet_context(held, grid, form), "refusal": refusal, "problems": form.problems}
    if not form.compared:
        context["seen"] = request.POST.get("seen", "")
    if request.headers.get("HX-Request") == "true":
        return render(request, "juror/_unsaved.html", context, status=status)
    return render(request, "juror/sheet.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_jurors
def finish(request: JurorRequest, number: str) -> HttpResponse:
    """Read the sheet again, see what it lacks, lock it; after the hearing, sign it."""
    held = assigned_or_404(request, number)
    if held.shut:
        return closed(request, held)
    grid = grid_of(held)
    if grid.sheet is None or grid.shut:
        return redirect("juror_sheet", number)
    if request.method != "POST":
        return _finish(request, held, grid)
    act = scoring.sign_sheet if grid.is_after else scoring.lock_sheet
    try:
        act(grid.sheet, at=request.at, seen=_instant(request.POST.get("seen", "")) or _NEVER)
    except Refusal as refusal:
        grid = grid_of(assigned_or_404(request, number))
        if grid.sheet is None:  # taken away between the page and the act
            return redirect("juror_sheet", number)
        return _finish(request, held, grid, refusal=refusal, status=409)
    done = _("Votre feuille est signée : elle ne change plus.")
    messages.success(request, done if grid.is_after else _("Votre feuille est verrouillée : elle ne change plus."))
    return redirect("juror_sheet", number)


def _finish(
    request: JurorRequest, held: Assigned, grid: Grid, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    assert grid.sheet
    missing = missing_on(grid.sheet) if grid.is_writable else []
    context = {**sheet_context(held, grid), "missing": missing, "refusal": refusal}
    return render(request, "juror/finish.html", context, status=status)


@require_safe
@for_jurors
def scores(request: JurorRequest, number: str) -> HttpResponse:
    """The finished sheets of the panel, for each stage at which one's own is finished."""
    held = assigned_or_404(request, number)
    if held.shut:
        return closed(request, held)
    context = {"held": held, "candidacy": held.candidacy, "boards": boards_of(held)}
    return render(request, "juror/scores.html", context)
