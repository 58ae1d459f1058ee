"""The ledger of letters, as the team of each call may read it."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from applications.actions import correspondence
from applications.admin import letter_list
from applications.admin.letter_list import opened
from applications.admin.pills import letter_pill
from applications.admin.team import WORKING, holds, holds_somewhere, key, person, roles, timed
from applications.selectors import ledger, words
from applications.selectors.troubled import to_tell, troubles
from hubs_portal import downloads
from hubs_portal.accounts import links
from hubs_portal.admin import LedgerRoom, sandboxed
from hubs_portal.letters import resending
from hubs_portal.letters.compose import rendered
from hubs_portal.letters.health import TROUBLED, Health
from hubs_portal.letters.models import Letter
from hubs_portal.office import tell
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short

_PER_PAGE = 50
_SEALED = _("adresse lue dans le dossier, scellée")


@admin.register(Letter)
class LetterRoom(LedgerRoom):
    """Letters of the person's calls, as they were sent. Superusers see that letters left, not what they say."""

    list_display = ["nature", "became", "to", "about", "written", "sent"]
    list_display_links = ["nature"]
    list_filter = [
        letter_list.InState,
        letter_list.OfKind,
        letter_list.ToWhom,
        letter_list.OfCall,
        letter_list.WrittenSince,
    ]
    search_fields = ["address"]
    search_help_text = _("Chercher une adresse entière, ou un numéro de dossier")
    change_list_template = "admin/letter/change_list.html"

    @admin.display(description=_("nature"))
    def nature(self, letter: Letter) -> str:
        """In words."""
        return words.letter_kind(letter.kind)

    @admin.display(description=_("à"))
    def to(self, letter: Letter) -> str:
        """Who it was written to, unless only a sealed dossier says so."""
        if getattr(letter, "is_concealed", False):
            return str(_SEALED)
        return f"{letter.name} <{letter.address}>" if letter.name else letter.address

    @admin.display(description=_("à propos de"))
    def about(self, letter: Letter) -> SafeString:
        """The candidacy it names, in one piece, or what else it is about."""
        said = ledger.about(letter)
        if said is None:
            return format_html("{}", _("un compte"))
        return format_html('<span class="nowrap">{}</span>' if said.candidacy else "{}", said.label)

    @admin.display(description=_("écrite le"))
    def written(self, letter: Letter) -> str:
        """Business time."""
        return paris_short(letter.written_at)

    @admin.display(description=_("état"))
    def became(self, letter: Letter) -> SafeString:
        """Word, shape and colour."""
        return letter_pill(letter.state)

    @admin.display(description=_("envoyée le"))
    def sent(self, letter: Letter) -> str:
        """Real time."""
        return paris_short(letter.sent_at)

    # ------------------------------------------------------------ the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        """What opens to the person."""
        return ledger.visible(person(request), opened(request))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Letter | None:
        """A letter that opens to the person, with what it is about."""
        found = self.get_queryset(request).filter(pk=key(object_id) or 0)
        return ledger.with_subjects(found).first()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[letter_list.LetterList]:
        """Rows that know whether their address is sealed."""
        return letter_list.LetterList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Letter], search_term: str
    ) -> tuple[QuerySet[Letter], bool]:
        """An address or a number, whole."""
        return (ledger.searched(queryset, search_term, timed(request).at) if search_term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The list, below whether letters leave at all."""
        mine = ledger.visible(person(request), opened(request))
        counts = ledger.counts(mine)
        heard = ledger.last_refused(mine)
        hidden = ledger.concealed([heard], timed(request).at) if heard else ()
        context = {
            "health": Health.at(datetime.now(UTC)),
            "counts": [(count, letter_pill(count.state)) for count in counts],
            "to_tell": sum(count.n for count in counts if count.state in TROUBLED),
            "heard": heard,
            "servers_words": ledger.servers_words(heard, is_concealed=heard.pk in hidden) if heard else "",
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # ------------------------------------------------------------ a letter

    def get_urls(self) -> list[URLPattern]:
        """The letters to telephone; a letter's page as sent, its files, and the two buttons."""

        def guarded(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        own = "<int:pk>/"
        return [
            path("a-telephoner/", guarded(require_safe(self.to_telephone)), name="hubs_portal_letter_to_tell"),
            path(f"{own}page/", guarded(require_safe(self.as_sent)), name="hubs_portal_letter_page"),
            path(
                f"{own}pieces/<int:attachment_id>/",
                guarded(require_safe(self.attachment)),
                name="hubs_portal_letter_attachment",
            ),
            path(f"{own}renvoyer/", guarded(require_POST(self.resend)), name="hubs_portal_letter_resend"),
            path(f"{own}dite/", guarded(require_POST(self.told)), name="hubs_portal_letter_tell"),
            *super().get_urls(),
        ]

    def may_read(self, request: HttpRequest, letter: Letter) -> bool:
        """See `ledger.may_read`."""
        return ledger.may_read(letter, person(request), roles(request), timed(request).at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The letter, or why it is not shown."""
        letter = self.fetch(request, object_id)
        said = ledger.about(letter)
        readable = self.may_read(request, letter)
        hidden = bool(ledger.concealed([letter], timed(request).at))
        works = said is not None and holds(request, said.call.pk, *WORKING)
        context = {
            "title": _("Lettre") if hidden else letter.subject,
            "original": letter,
            "letter": letter,
            "pill": letter_pill(letter.state),
            "nature": words.letter_kind(letter.kind),
            "said": said,
            "is_mine": said is not None and holds(request, said.call.pk),
            "readable": readable,
            "to": str(_SEALED) if hidden else self.to(letter),
            "servers_words": ledger.servers_words(letter, is_concealed=hidden),
            "text": links.masked(letter.text) if readable else "",
            "attachments": list(letter.attachments.select_related("stored").order_by("pk")) if readable else [],
            "calls": list(letter.calls.select_related("by")),
            "works": works,
            "why_not": resending.why_not(letter),
            "version": resending.version(letter),
            "may_tell": works and to_tell(Letter.objects.filter(pk=letter.pk)).exists(),
        }
        response = self.page(request, "admin/letter.html", context)
        response._csp_update = {"frame-src": ["'self'"]}  # type: ignore[attr-defined] # read by django-csp
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """There is none but the journal of what the letter is about."""
        return redirect("admin:hubs_portal_letter_change", self.fetch(request, object_id).pk)

    def as_sent(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The page of the letter, in a sandbox."""
        return sandboxed(links.masked(self._readable(request, pk).html))

    def attachment(self, request: HttpRequest, pk: int, attachment_id: int) -> HttpResponseBase:
        """A file that left with it."""
        found = get_object_or_404(self._readable(request, pk).attachments.select_related("stored"), pk=attachment_id)
        return downloads.serve(request, rendered(found), found.name)

    def _readable(self, request: HttpRequest, pk: int) -> Letter:
        letter = self.fetch(request, pk)
        if not self.may_read(request, letter):
            raise Http404
        return letter

    # ------------------------------------------------------------ to telephone

    def to_telephone(self, request: HttpRequest) -> HttpResponseBase:
        """Whom to telephone, about what; the two buttons, for those who work for the call."""
        page = Paginator(ledger.with_subjects(to_tell(self.get_queryset(request))), _PER_PAGE).get_page(
            request.GET.get("page")
        )
        rows = troubles(list(page.object_list), timed(request).at)
        working = {call for call, role in roles(request).items() if role in WORKING}
        context = {
            "title": _("Lettres à dire par téléphone"),
            "original": None,
            "page_obj": page,
            "uncertain": [row for row in rows if row.is_uncertain],
            "failed": [row for row in rows if not row.is_uncertain],
            "working": working,
            "may_act": holds_somewhere(request, *WORKING),
        }
        return self.page(request, "admin/letter/to_tell.html", context)

    def resend(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send it again; the journal of what it is about says who asked."""
        return self._act(request, pk, correspondence.resend_letter, _("La lettre repart."))

    def told(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """It was told by telephone."""
        done = _("C’est noté : cette lettre a été dite par téléphone.")
        return self._act(request, pk, correspondence.tell_by_telephone, done)

    def _act(self, request: HttpRequest, pk: int, act: Any, done: Any) -> HttpResponseBase:
        letter = self.fetch(request, pk)
        said = ledger.about(letter)
        if said is None or not holds(request, said.call.pk, *WORKING):
            raise PermissionDenied
        try:
            act(letter, by=person(request), at=timed(request).at, seen=request.POST.get("seen", ""))
        except Refusal as refusal:
            tell(request, refusal)
        else:
            messages.success(request, done)
        if request.POST.get("back") == "list":
            return redirect("admin:hubs_portal_letter_to_tell")
        return redirect("admin:hubs_portal_letter_change", letter.pk)
