"""The calls: set up as drafts, published when nothing is missing, amended with a reason, put off by two managers."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet, TextField
from django.forms import Textarea
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from applications.actions.amendment import amend_call, amend_part
from applications.actions.setup import create_call
from applications.admin import call_pages, release
from applications.admin.call_parts import PARTS
from applications.admin.team import holds, holds_somewhere, person, roles, timed
from applications.enums import Role
from applications.forms.office import CallForm, TeamMemberForm
from applications.models import Call
from applications.rules.amendment import LOCKED_FIELDS, WHY_LOCKED, is_locked
from hubs_portal.office import Room

_LOCKED = {"description": WHY_LOCKED}


@admin.register(Call)
class CallRoom(Room[Call]):
    """A call: its manager changes it, its officers and observers read it; superusers may set any call up."""

    form = CallForm
    list_display = ["name", "prefix", "state", "opens_at", "closes_at", "results_planned_on"]
    list_filter = ["state"]
    search_fields = ["title_fr", "title_en", "slug"]
    change_form_template = "admin/call/change_form.html"
    inlines = PARTS
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 4, "class": "vLargeTextField"})}}
    # A page of some two hundred fields: its button is within reach at both ends.
    save_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """The person's own calls; every call for superusers, who find no candidacy there."""
        calls = super().get_queryset(request)
        return calls if person(request).is_superuser else calls.filter(pk__in=list(roles(request)))

    def has_add_permission(self, request: HttpRequest, *_of: Any) -> bool:
        """Whoever runs a call may prepare another."""
        return person(request).is_superuser or holds_somewhere(request, Role.MANAGER)

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Those who run it."""
        if person(request).is_superuser or obj is None:
            return person(request).is_superuser or holds_somewhere(request, Role.MANAGER)
        return holds(request, obj.pk, Role.MANAGER)

    def get_readonly_fields(self, request: HttpRequest, obj: Call | None = None) -> list[str]:
        """Its state is moved by acts; what publication promised is locked."""
        locked = LOCKED_FIELDS if obj and is_locked(obj) else ()
        return ["state", "frozen_at", *locked]

    def get_fieldsets(self, request: HttpRequest, obj: Call | None = None) -> Any:
        """In plain words, in the order one thinks of them; the reason comes first on a published call."""
        locked: dict[str, Any] = _LOCKED if obj and is_locked(obj) else {}
        explains = obj and is_locked(obj) and self.has_change_permission(request, obj)
        reason = [(_("Pourquoi changer"), {"fields": ["reason"]})] if explains else []
        life = [("state", "frozen_at")] if obj else []
        return [
            *reason,
            (_("L’appel"), {"fields": [*life, ("title_fr", "title_en"), ("slug", "prefix")], **locked}),
            (_("Ce que lit le public"), {"fields": _both("summary", "presentation", "eligibility")}),
            (
                _("Les dates, à l’heure de Paris"),
                {
                    "fields": [
                        ("opens_at", "closes_at"),
                        ("hearings_from", "hearings_until", "results_planned_on"),
                    ],
                    **locked,
                },
            ),
            (
                _("L’argent"),
                {
                    "fields": [
                        ("envelope", "expected_awards", "duration_months"),
                        ("grant_ceiling", "grant_rate_ceiling"),
                    ]
                },
            ),
            (
                _("Les territoires"),
                {
                    "fields": [
                        ("territories_min", "territories_max", "territories_mode"),
                        "collectivities_accepted",
                    ],
                    **locked,
                },
            ),
            (_("Le kit et les fichiers"), {"fields": ["kit_is_public", ("max_file_mb", "max_dossier_mb")]}),
            (
                _("Le service, que citent chaque page et chaque accusé de réception"),
                {
                    "fields": [
                        "service_name",
                        "service_address",
                        ("service_phone", "service_hours", "service_email"),
                    ]
                },
            ),
            (_("Le droit, que citent les accusés de réception"), {"fields": _both("silence", "appeal")}),
            (_("Avant de publier"), {"fields": ["proposals"]}),
        ]

    def get_inlines(self, request: HttpRequest, obj: Call | None) -> Any:
        """A call has no parts before it exists."""
        return self.inlines if obj else []

    def get_urls(self) -> list[URLPattern]:
        """The pages beside the form."""
        return [*call_pages.urls(self), *release.urls(self), *super().get_urls()]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With the doors to the other pages of the call."""
        call = self.fetch(request, object_id) if object_id else None
        tools = [*release.tools(request, call), *call_pages.tools(call)] if call else []
        context: dict[str, Any] = {"tools": tools, **({"title": call.title} if call else {})}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Call, form: Any, change: bool) -> None:
        """Create or amend: the act locks, checks and writes it down."""
        by, at = person(request), timed(request).at
        if not change:
            create_call(obj, by=by, at=at)
            return
        changed = [name for name in form.changed_data if name != "reason"]
        amend_call(obj, changed, by=by, at=at, reason=form.cleaned_data.get("reason", ""))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The same for a part of the call."""
        by, at = person(request), timed(request).at
        for row in formset.forms:
            if isinstance(row, TeamMemberForm) and row.has_changed() and row not in formset.deleted_forms:
                row.account(at)
        rows: list[Model] = formset.save(commit=False)
        amend_part(
            form.instance, rows, formset.deleted_objects, by=by, at=at, reason=form.cleaned_data.get("reason", "")
        )

    def response_add(self, request: HttpRequest, obj: Call, post_url_continue: str | None = None) -> Any:
        """On to its parts."""
        messages.info(
            request,
            _("Complétez maintenant l’équipe, les questions, les pièces et la grille, puis publiez l’appel."),
        )
        return redirect("admin:applications_call_change", obj.pk)

    @admin.display(description=_("titre"), ordering="title_fr")
    def name(self, call: Call) -> str:
        """In the reader's language."""
        return call.title


def _both(*names: str) -> list[str]:
    return [f"{name}_{language}" for name in names for language in ("fr", "en")]
