"""The pages beside a call's form: its levels, its publication, its extensions, its copy, its journal, its kit."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.actions import extension, publication, setup
from applications.admin import shortlist, wording
from applications.admin.team import holds, person, timed
from applications.enums import CallState, LegalForm, Role
from applications.forms.office import DuplicateForm, ExtensionForm, LevelsForm
from applications.models import Call
from applications.rules.amendment import WHY_LOCKED, is_locked
from applications.selectors.office import call_events
from hubs_portal import downloads
from hubs_portal.actors import Actor
from hubs_portal.office import tell
from hubs_portal.refusals import Refusal, Sentence

if TYPE_CHECKING:
    from applications.admin.calls import CallRoom

_FORM = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Tool:
    """A door at the top of the call's page."""

    label: Sentence
    url: str


def urls(room: "CallRoom") -> list[URLPattern]:
    """The addresses, under that of the call."""

    def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        def enter(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
            return view(room, request, room.fetch(request, pk), **kwargs)

        guarded = _METHODS[view](enter)
        entered: URLPattern = path(
            f"<int:pk>/{route}", room.admin_site.admin_view(guarded), name=f"applications_call_{name}"
        )
        return entered

    return [
        page("pieces/", levels, "levels"),
        page("publier/", publish, "publish"),
        page("report/", extensions, "extension"),
        page("report/<int:extension_id>/signer/", sign, "extension_sign"),
        page("dupliquer/", duplicate, "duplicate"),
        page("preselection/", shortlist.choose, "shortlist"),
        page("textes/", wording.index, "wordings"),
        page("textes/<slug:kind>/<slug:language>/", wording.edit, "wording"),
        page("textes/<slug:kind>/<slug:language>/retablir/", wording.restore, "wording_restore"),
        page("textes/<slug:kind>/<slug:language>/apercu/", wording.previewed, "wording_preview"),
        page("journal/", journal, "journal"),
        page("kit/<int:file_id>/", kit_file, "kit"),
    ]


def tools(call: Call) -> list[Tool]:
    """The doors that are useful in this state of the call."""
    doors: list[tuple[bool, Sentence, str]] = [
        (call.state == CallState.DRAFT, _("Publier…"), "publish"),
        (True, _("Pièces par forme juridique"), "levels"),
        (call.state == CallState.PUBLISHED, _("Reporter la clôture"), "extension"),
        (call.frozen_at is not None, _("Présélection"), "shortlist"),
        (True, _("Textes des lettres"), "wordings"),
        (True, _("Dupliquer"), "duplicate"),
        (True, _("Journal"), "journal"),
    ]
    shown = [
        Tool(label, reverse(f"admin:applications_call_{name}", args=[call.pk])) for open_, label, name in doors if open_
    ]
    public = [] if call.state == CallState.DRAFT else [Tool(_("Page publique"), reverse("call", args=[call.slug]))]
    return [*shown, *public]


def _in_charge(request: HttpRequest, call: Call) -> bool:
    return person(request).is_superuser or holds(request, call.pk, Role.MANAGER)


def levels(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """The documents by legal form: a table to fill in, a table to read once the call is published."""
    requirements = list(call.requirements.prefetch_related("rules"))
    may_write = _in_charge(request, call) and not is_locked(call)
    form = LevelsForm(requirements, request.POST if may_write and request.method == "POST" else None)
    if request.method == "POST" and not may_write:
        raise PermissionDenied
    if form.is_bound and form.is_valid():
        setup.set_levels(call, form.levels(), by=person(request), at=timed(request).at)
        messages.success(request, _("Les degrés sont enregistrés."))
        return redirect("admin:applications_call_levels", call.pk)
    context = {
        "title": _("Pièces demandées par forme juridique"),
        "original": call,
        "form": form,
        "legal_forms": LegalForm.choices,
        "table": _read_table(form),
        "may_write": may_write,
        "why_locked": WHY_LOCKED if is_locked(call) else "",
    }
    return room.page(request, "admin/call/levels.html", context)


def _read_table(form: LevelsForm) -> list[tuple[Any, list[tuple[str, str]]]]:
    """The levels in words, each with its condition."""
    rows = []
    for requirement in form.requirements:
        rules = {rule.legal_form: rule for rule in requirement.rules.all()}
        cells = [
            (str(rules[f].get_level_display()), rules[f].condition) if f in rules else ("", "")
            for f in LegalForm.values
        ]
        rows.append((requirement, cells))
    return rows


def publish(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """What is missing, or the button."""
    if request.method == "POST":
        if not holds(request, call.pk, Role.MANAGER):
            raise PermissionDenied
        try:
            publication.publish_call(call, by=Actor.person(person(request)), at=timed(request).at)
        except Refusal as refusal:
            tell(request, refusal)
            return redirect("admin:applications_call_publish", call.pk)
        messages.success(request, _("L’appel est publié."))
        return redirect("admin:applications_call_change", call.pk)
    context = {
        "title": _("Publier l’appel"),
        "original": call,
        "missing": publication.missing_to_publish(call),
        "is_draft": call.state == CallState.DRAFT,
        "is_manager": holds(request, call.pk, Role.MANAGER),
    }
    return room.page(request, "admin/call/publish.html", context)


def extensions(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """The extensions proposed and signed; a manager proposes another."""
    form = ExtensionForm(request.POST or None, initial={"new_closes_at": call.closes_at})
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            extension.propose_extension(call, by=person(request), at=timed(request).at, **form.cleaned_data)
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Le report est proposé : un autre responsable doit le signer."))
            return redirect("admin:applications_call_extension", call.pk)
    context = {
        "title": _("Reporter la clôture"),
        "original": call,
        "form": form,
        "refusal": refusal,
        "extensions": list(call.extensions.select_related("proposed_by", "signed_by").order_by("-proposed_at")),
        "is_manager": holds(request, call.pk, Role.MANAGER),
        "may_propose": holds(request, call.pk, Role.MANAGER) and call.state == CallState.PUBLISHED,
        "user_id": person(request).pk,
    }
    return room.page(request, "admin/call/extension.html", context, status=409 if refusal else 200)


def sign(_room: "CallRoom", request: HttpRequest, call: Call, extension_id: int) -> HttpResponseBase:
    """The signature of another manager puts it in force."""
    proposed = get_object_or_404(call.extensions, pk=extension_id)
    try:
        extension.sign_extension(proposed, by=person(request), at=timed(request).at)
    except Refusal as refusal:
        tell(request, refusal)
    else:
        messages.success(request, _("La nouvelle clôture est en vigueur ; tous les inscrits en sont prévenus."))
    return redirect("admin:applications_call_extension", call.pk)


def duplicate(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """A draft with the same set-up."""
    if not room.has_add_permission(request):
        raise PermissionDenied
    initial = {"title": call.title_fr, "slug": f"{call.slug}-2", "number_prefix": call.prefix}
    form = DuplicateForm(request.POST or None, initial=initial)
    if form.is_bound and form.is_valid():
        copied = setup.duplicate_call(call, **form.named(), by=person(request), at=timed(request).at)
        messages.success(request, _("La copie est prête : corrigez ses dates, nommez son équipe, puis publiez-la."))
        return redirect("admin:applications_call_change", copied.pk)
    context = {"title": _("Dupliquer l’appel"), "original": call, "form": form}
    return room.page(request, "admin/call/duplicate.html", context)


def journal(room: "CallRoom", request: HttpRequest, call: Call) -> HttpResponseBase:
    """Everything that was done to the call."""
    context = {"title": _("Journal de l’appel"), "original": call, "events": call_events(call)}
    return room.page(request, "admin/call/journal.html", context)


def kit_file(_room: "CallRoom", request: HttpRequest, call: Call, file_id: int) -> HttpResponseBase:
    """A file of the kit."""
    file = get_object_or_404(call.kit.select_related("stored"), pk=file_id)
    return downloads.serve(request, file.stored, file.name)


_METHODS: dict[Any, Callable[..., Any]] = {
    levels: _FORM,
    publish: _FORM,
    extensions: _FORM,
    sign: require_POST,
    shortlist.choose: _FORM,
    duplicate: _FORM,
    wording.index: require_safe,
    wording.edit: _FORM,
    wording.restore: require_POST,
    wording.previewed: require_safe,
    journal: require_safe,
    kit_file: require_safe,
}
