"""The dossier: its task list, and a page for each of its sections."""

import re
from dataclasses import asdict, replace
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import lookup
from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions.drafting import StaleSection
from applications.enums import Rights, Section
from applications.forms.lookup import looked_up
from applications.forms.pasting import understand
from applications.forms.sections import PAGES, BudgetPage, ConsortiumPage, OrganisationForm, SectionPage
from applications.forms.typed_rows import end_of, with_lines, without_lines
from applications.models import Member, Submission
from applications.rules import money
from applications.rules.completeness import missing_families
from applications.selectors.banner import is_over, last_submission
from applications.selectors.closing_times import of_candidacy
from applications.selectors.commitment import last_deposits, last_requests
from applications.selectors.desk import banner
from applications.selectors.dossier import (
    PLACES,
    Draft,
    draft_of,
    last_edit,
    next_step,
    place_label,
    place_url,
    tasks,
)
from applications.selectors.followed import follow
from applications.selectors.last_hour import is_near, is_shown, last_hour, left_words
from applications.selectors.public import contact_of
from applications.selectors.replacing import replacing
from applications.selectors.sections import reading
from applications.views.candidate import around
from hubs_portal.refusals import Refusal

_NOTHING_PASTED = {"table": "", "undo": "", "read": None}
_FROM_DIRECTORY = ("name", "rna", "address", "postcode", "city")


@require_safe
@for_candidates
def task_list(request: CandidateRequest, number: str) -> HttpResponse:
    """What is done and what is not; in the last hour, what is left; once the call is closed, where it stands."""
    member = member_or_404(request, number)
    if is_over(member.candidacy, request.at):
        return _followed(request, member)
    if is_near(member.candidacy.call, request.at):
        last = last_submission(member.candidacy)
        if is_shown(member, last, request.at):
            return _last_hour(request, member, last)
    return _whole(request, member)


@require_safe
@for_candidates
def whole(request: CandidateRequest, number: str) -> HttpResponse:
    """The task list, at any hour: what the page of the last hour leads back to."""
    member = member_or_404(request, number)
    return redirect("dossier", number) if is_over(member.candidacy, request.at) else _whole(request, member)


def _last_hour(request: CandidateRequest, member: Member, last: Submission | None) -> HttpResponse:
    draft = draft_of(member, request.at)
    context = {
        "shown": last_hour(draft, last),
        "left": left_words(member.candidacy, request.at),
        "candidacy": member.candidacy,
        "call": member.candidacy.call,
        "local_times": of_candidacy(member.candidacy),
        "may_submit": member.may(Rights.SUBMIT),
    }
    return render(request, "candidate/last_hour.html", context)


def _whole(request: CandidateRequest, member: Member) -> HttpResponse:
    draft = draft_of(member, request.at)
    lines = tasks(draft)
    context = {
        **dossier_context(draft),
        "tasks": lines,
        "complete": sum(line["state"] == "done" for line in lines),
        "next": next_step(draft),
        "replacing": replacing(member.candidacy, request.at),
        "may_edit": member.may(Rights.EDIT),
    }
    return render(request, "candidate/dossier.html", context)


def _followed(request: CandidateRequest, member: Member) -> HttpResponse:
    followed = follow(member.candidacy, request.at)
    context = {
        # This page says in full what the banner of the others leads to.
        **around(request, member, replace(followed.banner, action=None)),
        "followed": followed,
        "places": [(place_label(place), place_url(member.candidacy.number, place)) for place in PLACES],
    }
    return render(request, "candidate/followed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_candidates
def section(request: CandidateRequest, number: str, section: str) -> HttpResponse:
    """One section: read, written in, saved."""
    if section not in PAGES:
        raise Http404
    if request.method == "POST":
        member = member_or_404(request, number, Rights.EDIT)
        if section == Section.BUDGET and request.POST.keys() & {"paste", "unpaste"}:
            return _paste(request, BudgetPage(draft_of(member, request.at), request.POST))
        return _save(request, member, Section(section))
    draft = draft_of(member_or_404(request, number), request.at)
    return _show(request, PAGES[section](draft), draft.seen(section))


def dossier_context(draft: Draft) -> dict[str, Any]:
    """What every page of a dossier shows around its content."""
    candidacy = draft.member.candidacy
    return {
        "draft": draft,
        "member": draft.member,
        "candidacy": candidacy,
        "call": candidacy.call,
        "banner": banner(candidacy, candidacy.dossier, draft.at),
        "local_times": of_candidacy(candidacy),
        "contact": contact_of(candidacy.call),
    }


def _save(request: CandidateRequest, member: Member, name: Section) -> HttpResponse:
    typed = cast("QueryDict", request.POST)
    seen = _seen(typed)
    if name == Section.ORGANISATION and "lookup" in typed and lookup.is_offered():
        return _looked_up(request, draft_of(member, request.at), typed, seen)
    page = PAGES[name](draft_of(member, request.at), typed)
    if not page.is_valid:
        return _show(request, page, seen, status=422)
    try:
        if page.changed or page.draft.read_only:
            page.save(member, at=request.at, seen=seen)
    except StaleSection as stale:
        page = PAGES[name](draft_of(member, request.at), typed)
        if page.is_valid:
            page.compare()
        return _show(request, page, stale.edit.revision, status=409, refusal=stale)
    except Refusal as refusal:
        return _show(request, page, seen, status=409, refusal=refusal)
    return _saved(request, page)


def _paste(request: CandidateRequest, page: BudgetPage) -> HttpResponse:
    """Lines copied from a spreadsheet, put in a table or taken out again. Nothing is saved before it is read over."""
    typed = cast("QueryDict", request.POST)
    if "unpaste" in typed:
        return _show(request, BudgetPage(page.draft, _without_pasted(page, typed)), _seen(typed))
    table = page.table(typed.get("paste", ""))
    if table is None:
        raise Http404
    if not request.accepts("text/html"):
        at_field = typed.get("at", "")
        return JsonResponse(
            asdict(understand(table.form, typed.get("text", ""), start=_start(typed), at_field=at_field))
        )
    start = end_of(table)
    pasted = understand(table.form, typed.get(f"{table.prefix}-text", ""), start=start)
    filled = BudgetPage(page.draft, with_lines(typed, table, pasted.lines))
    report = {"table": table.prefix, "undo": f"{table.prefix}:{start}:{len(pasted.lines)}", "read": pasted}
    return _show(request, filled, _seen(typed), pasted=report)


def _start(typed: QueryDict) -> int:
    told = typed.get("start", "")
    return int(told) if re.fullmatch(r"\d{1,3}", told, re.ASCII) else 0


def _without_pasted(page: BudgetPage, typed: QueryDict) -> QueryDict:
    told = re.fullmatch(r"(\w{1,20}):(\d{1,3}):(\d{1,3})", typed.get("unpaste", ""), re.ASCII)
    table = page.table(told[1]) if told else None
    if told is None or table is None:
        raise Http404
    return without_lines(typed, table, int(told[2]), int(told[3]))


def _looked_up(request: CandidateRequest, draft: Draft, typed: QueryDict, seen: int) -> HttpResponse:
    """The page as it was typed, its empty fields filled in from the directory: nothing is saved yet."""
    found = looked_up(typed.dict(), {name: OrganisationForm.base_fields[name] for name in _FROM_DIRECTORY})
    completed = typed.copy()
    completed.update(found.added)
    page = PAGES[Section.ORGANISATION](draft, completed)
    context = {**_context(page, seen), **dossier_context(draft), "problems": page.problems(), "lookup": found}
    return render(request, page.template, {**context, "refusal": None})


def _seen(typed: QueryDict) -> int:
    """The revision the page was showing; a page that does not say is taken for the oldest."""
    told = typed.get("seen", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0


def _saved(request: CandidateRequest, page: SectionPage) -> HttpResponse:
    if _is_autosave(request):
        return _saved_fragment(request, page)
    messages.success(request, _("La rubrique « %(section)s » est enregistrée.") % {"section": page.section.label})
    number = page.draft.content["number"]
    if isinstance(page, ConsortiumPage) and (rank := page.asks_commitment_of):
        return redirect("commitment", number, rank)
    if "continue" in request.POST:
        return redirect(place_url(number, PLACES[PLACES.index(page.section) + 1]))
    anchor = "#detail" if "choose" in request.POST else ""
    return redirect(reverse("section", args=[number, page.section.value]) + anchor)


def _saved_fragment(request: CandidateRequest, page: SectionPage) -> HttpResponse:
    """The hour, the revision now shown, and the parts of the page that follow from what was saved."""
    draft = draft_of(member_or_404(request, page.draft.content["number"]), request.at)
    fresh = PAGES[page.section](draft)
    context = {**_context(fresh, draft.seen(page.section)), **dossier_context(draft), **fresh.appeared(page)}
    return render(request, "candidate/_saved.html", context)


def _is_autosave(request: CandidateRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _show(
    request: CandidateRequest,
    page: SectionPage,
    seen: int,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
    pasted: dict[str, Any] | None = None,
) -> HttpResponse:
    problems = page.problems() if page.bound else []
    context = {**_context(page, seen), "refusal": refusal, "problems": problems, "pasted": pasted or _NOTHING_PASTED}
    if _is_autosave(request):
        return render(request, "candidate/_unsaved.html", context, status=status)
    return render(request, page.template, {**context, **dossier_context(page.draft)}, status=status)


def _context(page: SectionPage, seen: int) -> dict[str, Any]:
    draft, place = page.draft, page.section
    position = PLACES.index(place)
    if isinstance(page, ConsortiumPage):
        candidacy = draft.member.candidacy
        page.name_requests(last_requests(candidacy), last_deposits(candidacy))
    return {
        "page": page,
        "draft": draft,
        "section": place,
        "seen": seen,
        "saved_at": draft.at,
        "position": position + 1,
        "following": place_label(PLACES[position + 1]),
        "following_url": place_url(draft.content["number"], PLACES[position + 1]),
        "lacks": draft.lacks(place),
        "last_edit": last_edit(draft, place),
        "offers_lookup": place == Section.ORGANISATION and lookup.is_offered(),
        "blocks": reading(place, draft.expected, draft.content) if draft.read_only or page.bound else [],
        **_sums(page),
    }


def _sums(page: SectionPage) -> dict[str, Any]:
    """What is counted by the server from what is saved, or from what was typed and is shown again."""
    draft, place = page.draft, page.section
    if isinstance(page, BudgetPage):
        call, sums = draft.expected.call, money.balance(page.typed_amounts() if page.bound else draft.content)
        over = money.exceeds_ceiling(call, sums), money.exceeds_rate(call, sums)
        return {"sums": sums, "over_ceiling": over[0], "over_rate": over[1], "gap": abs(sums.gap)}
    if place == Section.CONSORTIUM:
        return {"families": missing_families(draft.content)}
    return {}
