"""What a call is made of, as the folded parts of its page."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.team import holds
from applications.enums import Role
from applications.forms.office import KitFileForm, KitFormSet, TeamMemberForm
from applications.models import Call, Criterion, KitFile, Mission, Question, Requirement, TeamMember
from applications.rules.amendment import LOCKED_PARTS, is_locked

P = TypeVar("P", bound=models.Model)

if TYPE_CHECKING:

    class _Inline(admin.StackedInline[P, Call]):
        pass

else:

    class _Inline(admin.StackedInline):
        def __class_getitem__(cls, _item: Any) -> Any:
            return cls


class CallPart(_Inline[P]):
    """Changed by the managers; shown and no more once the call is published, when candidates work by it."""

    extra = 0
    classes = ["collapse"]

    def _may(self, request: HttpRequest, obj: Call | None) -> bool:
        if obj is None:
            return True  # a call being created is its author's
        in_charge = bool(getattr(request.user, "is_superuser", False)) or holds(request, obj.pk, Role.MANAGER)
        return in_charge and not (is_locked(obj) and issubclass(self.model, LOCKED_PARTS))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the call."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See the class."""
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See the class."""
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See the class."""
        return self._may(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Texts of a few lines: dozens of them follow each other."""
        if isinstance(db_field, models.TextField):
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Rows of this call only, read once for the whole page."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is None or field.queryset is None or db_field.remote_field.model is Call:
            return field
        call_id = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        of_a_call = any(f.name == "call" for f in field.queryset.model._meta.fields)
        field.queryset = field.queryset.filter(call=call_id) if call_id and of_a_call else field.queryset.none()
        field.choices = _choices(request, field)
        return field


def _choices(request: HttpRequest, field: Any) -> list[tuple[Any, str]]:
    cache: dict[Any, list[tuple[Any, str]]] = request.__dict__.setdefault("_office_choices", {})
    model = field.queryset.model
    if model not in cache:
        cache[model] = [("", "–"), *((row.pk, str(row)) for row in field.queryset)]
    return cache[model]


class Missions(CallPart[Mission]):
    """The missions."""

    model = Mission
    fields = ["number", ("title_fr", "title_en"), "text_fr", "text_en"]


class Questions(CallPart[Question]):
    """The questions of the dossier."""

    model = Question
    fields = [
        ("section", "scope", "mission"),
        ("code", "position"),
        "label_fr",
        "label_en",
        "help_fr",
        "help_en",
        ("required", "single_line", "advised_length"),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their missions, which the locked page names."""
        return super().get_queryset(request).select_related("mission")


class Requirements(CallPart[Requirement]):
    """The documents asked for; their levels are on a page of their own."""

    model = Requirement
    fields = [
        ("code", "position"),
        "label_fr",
        "label_en",
        "why_fr",
        "why_en",
        ("fulfilled_by", "section"),
        ("several", "per_partner", "asks_iban"),
        "extensions",
        ("rule", "valid_from"),
    ]


class Criteria(CallPart[Criterion]):
    """The grid."""

    model = Criterion
    fields = [
        ("code", "position"),
        "label_fr",
        "label_en",
        ("weight", "threshold"),
        "anchor_0_fr",
        "anchor_0_en",
        "anchor_3_fr",
        "anchor_3_en",
        "anchor_5_fr",
        "anchor_5_en",
    ]


class Kit(CallPart[KitFile]):
    """The files of the kit."""

    model = KitFile
    form = KitFileForm
    formset: Any = KitFormSet
    fields = [
        ("position", "version"),
        "label_fr",
        "label_en",
        "requirement",
        "name",
        "upload",
        ("changes_fr", "changes_en"),
    ]
    readonly_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what they are models of."""
        return super().get_queryset(request).select_related("requirement", "stored")


class Team(CallPart[TeamMember]):
    """The team, by its addresses."""

    model = TeamMember
    form = TeamMemberForm
    fields = [("email", "role", "capacity")]
    verbose_name = _("membre de l’équipe")
    verbose_name_plural = _("équipe")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their accounts."""
        return super().get_queryset(request).select_related("user")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only looks sees names, not boxes."""
        return self.fields if self._may(request, obj) else [("user", "role", "capacity")]


PARTS = cast("list[type[Any]]", [Team, Missions, Questions, Requirements, Criteria, Kit])
