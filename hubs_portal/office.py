"""The AAP team's office: Django's admin with our own door, and rooms that are closed unless they say otherwise.

The applications open the door to their teams (`OfficeSite.doors`) and lay what they have on the table of the home page
(`OfficeSite.boards`); the kernel knows nothing of calls.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Refusal

if TYPE_CHECKING:
    from hubs_portal.clock import TimedRequest

M = TypeVar("M", bound=models.Model)
Door = Callable[[HttpRequest], bool]
Board = Callable[["TimedRequest"], dict[str, Any]]

_OURS = ("hubs_portal", "applications", "juries")
_OPEN = "_office_is_open"


class OfficeSite(admin.AdminSite):
    """The admin: entered through the same sign-in page as everything else, showing only what we register on purpose."""

    site_title = _("Bureau de l’équipe")
    site_header = _("Bureau de l’équipe")
    enable_nav_sidebar = False  # the rooms are few: they are named in the header
    index_title = _("Où en est-on ?")
    # Who may enter, beside superusers; and what the home page shows, as context of admin/index.html.
    doors: ClassVar[list[Door]] = []
    boards: ClassVar[list[Board]] = []

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only our own models: a library that brings its pages along would open what nobody decided to open."""
        given: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in given if model._meta.app_label in _OURS]
        if ours:
            super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and on the team of a call or superuser; asked once per request, it is the same for every page."""
        if not hasattr(request, _OPEN):
            setattr(request, _OPEN, self._lets_in(request))
        return bool(getattr(request, _OPEN))

    def _lets_in(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or not user.is_active or not user.is_staff:
            return False
        return user.is_superuser or any(door(request) for door in self.doors)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The portal has one sign-in page; somebody signed in who is not of a team is told so, and no more."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        if self.has_permission(request):
            return redirect("admin:index")
        raise PermissionDenied

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Signing out is done on the portal's own page too."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """And so is changing a password."""
        return redirect("account_change_password")

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """The rooms are few and all on the morning's page."""
        return redirect("admin:index")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The home page, with what each application has to say this morning."""
        context: dict[str, Any] = dict(extra_context or {})
        for board in self.boards:
            context |= board(request)  # type: ignore[arg-type] # the arrival middleware made it a TimedRequest
        return super().index(request, context)


if TYPE_CHECKING:

    class _Page(admin.ModelAdmin[M]):
        pass

else:

    class _Page(admin.ModelAdmin, Generic[M]):
        pass


class Room(_Page[M]):
    """A model's pages: read by whoever may enter, changed by nobody, unless the room says otherwise.

    Nothing may be filtered or sorted by what the page does not offer as a filter: a query string is a way to read.
    """

    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_module_permission(self, request: HttpRequest) -> bool:
        """In the menu when the list may be seen."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Whoever is in the office; rooms narrow it by their queryset."""
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, *_of: Any) -> bool:
        """No, unless the room says so."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """No, unless the room says so."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        """Never: what was written stays."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, called by the name of what it lists."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """An object, called by its name; absent or not for this person, it is not found."""
        context = dict(extra_context or {})
        if object_id:
            context = {"title": str(self.fetch(request, object_id)), "subtitle": None, **context}
        return super().changeform_view(request, object_id, form_url, context)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters of the page and no other."""
        assert request is not None
        names = [_parameter(item) for item in self.get_list_filter(request)]
        return any(lookup == name or lookup.startswith(f"{name}__") for name in names)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        """Absent and somebody else's look alike: not found, without the number being said back."""
        raise Http404

    def fetch(self, request: HttpRequest, object_id: int | str) -> M:
        """The object, or 404 when it is absent or not for this person."""
        found = self.get_object(request, str(object_id))
        if found is None or not self.has_view_permission(request, found):
            raise Http404
        return found

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponseBase:
        """One of our own pages, with what every page of the office shows around it."""
        around = {**self.admin_site.each_context(request), "opts": self.opts, "is_popup": False, "subtitle": None}
        return render(request, template, {**around, **context}, status=status)


def _parameter(item: Any) -> str:
    if isinstance(item, str):
        return item
    return item[0] if isinstance(item, tuple) else str(item.parameter_name)


def tell(request: HttpRequest, refusal: Refusal) -> None:
    """Show a refusal as a message on the next page: its sentence, then what is missing."""
    for sentence in (refusal.sentence, *refusal.items):
        messages.error(request, str(sentence))
