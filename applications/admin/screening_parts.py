"""What the working page shows of an examination: the checklist, what was asked, and the decision to take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest

from applications.admin.team import WORKING, holds, person
from applications.enums import CandidacyState, Role
from applications.forms.screening import ChecklistForm, CompletionForm, ExclusionForm, NoteForm, SetAsideForm
from applications.forms.screening_grid import GridForm
from applications.models import Candidacy
from applications.selectors import words
from applications.selectors.screening import Examination
from applications.selectors.screening_grid import grid_of
from applications.workflow import CANDIDACY
from hubs_portal.refusals import Refusal

_ASSESSED = frozenset(CandidacyState) - {
    CandidacyState.SIGNALLED,
    CandidacyState.DRAFTING,
    CandidacyState.SUBMITTED,
    CandidacyState.WITHDRAWN,
    CandidacyState.NOT_SUBMITTED,
    CandidacyState.FROZEN,
    CandidacyState.INCOMPLETE,
    CandidacyState.ADMISSIBLE,
    CandidacyState.INADMISSIBLE,
    CandidacyState.ELIGIBLE,
    CandidacyState.INELIGIBLE,
}


@dataclass(frozen=True)
class Attempt:
    """An act that did not go through: the forms as they were typed, and why."""

    typed: Mapping[str, forms.Form] = field(default_factory=dict)
    refusal: Refusal | None = None
    status: int = 200
    total: Decimal | None = None


def parts(request: HttpRequest, candidacy: Candidacy, examined: Examination | None, tried: Attempt) -> dict[str, Any]:
    """The context of the templates `admin/candidacy/_checklist.html` and those of the decision."""
    return {
        "examined": examined,
        "may_examine": holds(request, candidacy.call_id, *WORKING),
        "is_manager": holds(request, candidacy.call_id, Role.MANAGER),
        "user_id": person(request).pk,
        "letters": _letters(),
        "checklist": _checklist(examined, tried) if examined else [],
        "forms": _forms(candidacy, examined, tried) if examined else {},
        "opened": next(iter(tried.typed), ""),
        "is_wrong": tried.status == 422,
        "grid": grid_of(candidacy) if examined and candidacy.state in _ASSESSED else None,
        "total": tried.total,
    }


def _letters() -> dict[str, str]:
    """By step, the letter it sends; empty when none leaves."""
    return {step.name: words.letter_kind(step.notified_by) if step.notified_by else "" for step in CANDIDACY}


def _checklist(examined: Examination, tried: Attempt) -> list[tuple[Any, list[Any]]]:
    form = tried.typed.get("checklist") or ChecklistForm(examined.lines)
    assert isinstance(form, ChecklistForm)
    rows = form.rows()
    return [(stage, [rows[entry.line.code] for entry in entries]) for stage, entries in examined.by_stage]


def _forms(candidacy: Candidacy, examined: Examination, tried: Attempt) -> dict[str, forms.Form]:
    """The forms this state has a use for, as they were typed when they were refused."""
    state = candidacy.state
    fresh: dict[str, forms.Form] = {}
    if state in (CandidacyState.FROZEN, CandidacyState.INCOMPLETE):
        fresh["admit"] = NoteForm(prefix="admit")
    if state == CandidacyState.FROZEN:
        fresh["ask"] = CompletionForm(examined)
    if state == CandidacyState.ADMISSIBLE:
        fresh["eligible"] = NoteForm(prefix="eligible")
    if examined.is_open:
        fresh["exclude"] = ExclusionForm(examined)
    if examined.pending:
        fresh["drop"] = NoteForm(prefix="drop")
    if state == CandidacyState.ELIGIBLE:
        fresh["assess"] = GridForm(list(candidacy.call.criteria.all()))
    if state == CandidacyState.ASSESSED:
        fresh["set_aside"] = SetAsideForm(prefix="set_aside")
    return {name: tried.typed.get(name, form) for name, form in fresh.items()}
