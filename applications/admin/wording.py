"""The texts of a call's letters: which may be adapted, what each says, and what it would look like."""

from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from applications.actions.wording import adapt_wording, mark, restore_wording
from applications.admin.team import holds, person, timed
from applications.enums import CallState, Role
from applications.forms.wording import WordingForm
from applications.models import Call, Candidacy
from applications.models.wording import LANGUAGES
from applications.selectors import wording
from applications.selectors.wording import Edited, Kind, Text
from hubs_portal.admin import sandboxed
from hubs_portal.letters.compose import Composed
from hubs_portal.office import tell
from hubs_portal.refusals import Refusal

if TYPE_CHECKING:
    from applications.admin.calls import CallRoom

# What is being previewed: one text at a time, in the session of whoever types it.
_PREVIEWED = "wording_preview"


def index(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """The letters, when each leaves, which were adapted."""
    context = {
        "title": _("Textes des lettres"),
        "original": call,
        "groups": wording.lines(call),
        "may_write": _may_write(request, call),
    }
    return room.page(request, "admin/call/wordings.html", context)


def edit(room: "CallRoom", request: HttpRequest, call: Call, kind: str, language: str) -> HttpResponseBase:
    """One letter in one language: what it says, what it said, the names it knows; saved, or only looked at."""
    edited = wording.edited(_letter(kind, language), call, language)
    previewing, may_write = "preview" in request.POST, _may_write(request, call)
    if request.method == "POST" and not (previewing or may_write):
        raise PermissionDenied
    form = _form(request, edited, previewing=previewing, may_write=may_write)
    if not (form.is_bound and form.is_valid()):
        return _page(room, request, form, status=422 if form.is_bound else 200)
    if previewing:
        return _page(room, request, form, preview=_preview(request, edited, form.cleaned_data))
    by, at, given = person(request), timed(request).at, form.cleaned_data
    try:
        adapt_wording(call, edited.kind, language, given["text"], by=by, at=at, seen=given["seen"])
    except Refusal as refusal:
        return _page(room, request, form, refusal=refusal, status=409)
    messages.success(request, _("Le texte est enregistré : il vaut pour les lettres écrites désormais."))
    return redirect("admin:applications_call_wording", call.pk, edited.kind.code, language)


def _page(
    room: "CallRoom",
    request: HttpRequest,
    form: WordingForm,
    *,
    refusal: Refusal | None = None,
    preview: Composed | None = None,
    status: int = 200,
) -> HttpResponseBase:
    edited = form.edited
    context = {
        "title": f"{capfirst(edited.kind.title)} – {dict(LANGUAGES)[edited.language]}",
        "original": edited.call,
        "letter": edited.kind,
        "language": edited.language,
        "languages": LANGUAGES,
        "row": edited.row,
        "own": form.own,
        "form": form,
        "refusal": refusal,
        "preview": preview,
        "may_write": _may_write(request, edited.call),
        "is_archived": edited.call.state == CallState.ARCHIVED,
    }

    def shown(_request: HttpRequest) -> HttpResponseBase:
        return room.page(request, "admin/call/wording.html", context, status=status)

    # The preview is in a frame, which no other page of the portal has.
    return csp_update({"frame-src": [SELF]})(shown)(request)


def restore(_room: "CallRoom", request: HttpRequest, call: Call, kind: str, language: str) -> HttpResponseBase:
    """Back to what the letter says in every call."""
    letter = _letter(kind, language)
    if not holds(request, call.pk, Role.MANAGER):
        raise PermissionDenied
    try:
        seen = request.POST.get("seen")
        restore_wording(call, letter, language, by=person(request), at=timed(request).at, seen=seen)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(request, _("Le texte d’origine est rétabli."))
    return redirect("admin:applications_call_wording", call.pk, letter.code, language)


def previewed(_room: "CallRoom", request: HttpRequest, call: Call, kind: str, language: str) -> HttpResponseBase:
    """The page of the letter being previewed, for the frame that shows it."""
    letter = _letter(kind, language)
    asked: dict[str, Any] = request.session.get(_PREVIEWED) or {}
    if asked.get("about") != [call.pk, letter.code, language]:
        raise Http404
    composed = _composed(request, letter, call, language, Text(asked["subject"], asked["body"]), asked["candidacy"])
    return sandboxed(composed.html)


def _letter(kind: str, language: str) -> Kind:
    if kind not in wording.KINDS or language not in dict(LANGUAGES):
        raise Http404
    return wording.KINDS[kind]


def _may_write(request: HttpRequest, call: Call) -> bool:
    return holds(request, call.pk, Role.MANAGER) and call.state != CallState.ARCHIVED


def _form(request: HttpRequest, edited: Edited, *, previewing: bool, may_write: bool) -> WordingForm:
    return WordingForm(
        edited,
        request.POST or None,
        seen=mark(edited.row),
        candidacies=_candidacies(request, edited.call) if edited.kind.about_candidacy else [],
        previewing=previewing,
        may_write=may_write,
    )


def _candidacies(request: HttpRequest, call: Call) -> list[tuple[int, str]]:
    """Those of the call, for its team."""
    mine = Candidacy.objects.of_team(person(request)).filter(call=call)
    rows = mine.order_by("organisation__name", "pk").values_list("pk", "organisation__name", "number")
    return [(pk, f"{name}, {number}") for pk, name, number in rows]


def _preview(request: HttpRequest, edited: Edited, given: dict[str, Any]) -> Composed:
    text: Text = given["text"]
    candidacy = int(given["candidacy"]) if given["candidacy"] else None
    about = [edited.call.pk, edited.kind.code, edited.language]
    request.session[_PREVIEWED] = {"about": about, "candidacy": candidacy, **vars(text)}
    return _composed(request, edited.kind, edited.call, edited.language, text, candidacy)


def _composed(
    request: HttpRequest, letter: Kind, call: Call, language: str, text: Text, candidacy: int | None
) -> Composed:
    mine = Candidacy.objects.of_team(person(request)).filter(call=call).select_related("call", "organisation")
    about = get_object_or_404(mine, pk=candidacy) if candidacy else None
    return wording.preview(letter, call, language, text, at=timed(request).at, candidacy=about)
