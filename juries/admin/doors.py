"""How the pages of a jury are entered, and what stands around them: one jury, its tabs, who may do what."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from applications.admin.team import WORKING, holds, roles
from applications.enums import Role
from hubs_portal.refusals import Refusal, Sentence
from juries.models import Jury

if TYPE_CHECKING:
    from juries.admin.juries import JuryRoom

View = Callable[..., HttpResponseBase]
MANAGING = (Role.MANAGER,)
READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


@dataclass(frozen=True)
class Page:
    """An address under that of the jury: who may read it, and who may act there (nobody but readers, if empty)."""

    route: str
    name: str
    view: View
    methods: tuple[str, ...] = READ
    readers: tuple[Role, ...] = ()
    actors: tuple[Role, ...] = WORKING

    def admits(self, request: HttpRequest, jury: Jury) -> bool:
        """Whether this person may do this here; that the page exists is no secret to the team of the call."""
        wanted = self.actors if request.method == "POST" else self.readers
        return holds(request, jury.call_id, *wanted)


def urls(room: "JuryRoom", pages: list[Page]) -> list[URLPattern]:
    """The addresses: the jury is fetched first, absent for whoever is not of its call's team."""
    return [_url(room, page) for page in pages]


def _url(room: "JuryRoom", page: Page) -> URLPattern:
    def enter(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponseBase:
        jury = room.fetch(request, pk)
        if not page.admits(request, jury):
            raise PermissionDenied
        return page.view(room, request, jury, **kwargs)

    guarded = room.admin_site.admin_view(require_http_methods(list(page.methods))(enter))
    return path(f"<int:pk>/{page.route}", guarded, name=f"juries_jury_{page.name}")


@dataclass(frozen=True)
class Tab:
    """A page one reaches from all the others of the jury."""

    label: Sentence
    name: str
    readers: tuple[Role, ...] = ()


tabs: list[Tab] = [
    Tab(_("Composition"), "change"),
    Tab(_("Panels"), "panels"),
    Tab(_("Intérêts"), "interests", WORKING),
    Tab(_("Auditions"), "hearings"),
    Tab(_("Notes"), "scores"),
    Tab(_("Délibération"), "deliberation", MANAGING),
    Tab(_("Journal"), "journal", WORKING),
]


def shown(
    room: "JuryRoom",
    request: HttpRequest,
    jury: Jury,
    template: str,
    *,
    tab: str,
    status: int = 200,
    **context: Any,
) -> HttpResponseBase:
    """A page of the jury, with its tabs and what this person may do."""
    around = {
        "original": jury,
        "jury": jury,
        "tabs": [
            (entry.label, reverse(f"admin:juries_jury_{entry.name}", args=[jury.pk]), entry.name == tab)
            for entry in tabs
            if holds(request, jury.call_id, *entry.readers)
        ],
        "is_manager": holds(request, jury.call_id, Role.MANAGER),
        "is_working": holds(request, jury.call_id, *WORKING),
        "refusal": None,
    }
    return room.page(request, f"admin/jury/{template}", {**around, **context}, status=status)


def working(request: HttpRequest) -> set[int]:
    """The calls for which the person acts, rather than reads."""
    return {call for call, role in roles(request).items() if role in WORKING}


@dataclass(frozen=True)
class Attempt:
    """What became of a form: done, or why not, and the status that says it."""

    done: bool = False
    refusal: Refusal | None = None
    status: int = 200


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing until it is posted, even empty."""
    return request.POST if request.method == "POST" else None


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> Attempt:
    """Do what a form asks, once it is sent and well filled in; a refusal is kept to be shown beside what was typed."""
    if not form.is_bound:
        return Attempt()
    if not form.is_valid():
        return Attempt(status=422)
    return tried(lambda: act(form.cleaned_data))


def tried(act: Callable[[], object]) -> Attempt:
    """Do it, or keep the refusal."""
    try:
        act()
    except Refusal as refusal:
        return Attempt(refusal=refusal, status=409)
    return Attempt(done=True)
