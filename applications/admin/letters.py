"""The ledger of letters, as the team of each call may read it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from applications.actions.correspondence import resend_letter
from applications.admin.team import WORKING, holds, person, roles, timed
from applications.models import CandidacyLetter
from applications.selectors import words
from applications.selectors.office import may_read_letter
from hubs_portal import files
from hubs_portal.accounts import links
from hubs_portal.admin import LedgerRoom, sandboxed
from hubs_portal.letters.compose import rendered
from hubs_portal.letters.models import Letter
from hubs_portal.office import tell
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import paris_short


class OfKind(admin.SimpleListFilter):
    """Letters of a kind, in words."""

    title = _("nature")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind there is."""
        return [(kind, words.letter_kind(kind)) for kind in words.LETTERS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those of the kind chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterRoom(LedgerRoom):
    """Letters of the person's calls, as they were sent. Superusers see that letters left, not what they say."""

    list_display = ["nature", "written", "address", "name", "state", "sent"]
    list_display_links = ["nature"]
    list_filter = ["state", OfKind, "written_at"]

    @admin.display(description=_("écrite le"), ordering="written_at")
    def written(self, letter: Letter) -> str:
        """Business time."""
        return paris_short(letter.written_at)

    @admin.display(description=_("envoyée le"), ordering="sent_at")
    def sent(self, letter: Letter) -> str:
        """Real time."""
        return paris_short(letter.sent_at)

    @admin.display(description=_("nature"), ordering="kind")
    def nature(self, letter: Letter) -> str:
        """In words."""
        return words.letter_kind(letter.kind)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        """Letters about candidacies of the person's calls; account letters besides, for superusers."""
        mine = Q(of_candidacy__candidacy__call__in=list(roles(request)))
        letters: QuerySet[Letter] = super().get_queryset(request)
        return letters if person(request).is_superuser else letters.filter(mine)

    def may_read(self, request: HttpRequest, letter: Letter) -> bool:
        """See `may_read_letter`."""
        return may_read_letter(letter, _link(letter), calls=roles(request), at=timed(request).at)

    def get_urls(self) -> list[URLPattern]:
        """The letter's page as sent, its files, and the button."""

        def guarded(view: Any) -> Any:
            return self.admin_site.admin_view(view)

        return [
            path("<int:pk>/page/", guarded(require_safe(self.as_sent)), name="hubs_portal_letter_page"),
            path(
                "<int:pk>/pieces/<int:attachment_id>/",
                guarded(require_safe(self.attachment)),
                name="hubs_portal_letter_attachment",
            ),
            path("<int:pk>/renvoyer/", guarded(require_POST(self.resend)), name="hubs_portal_letter_resend"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The letter, or why it is not shown."""
        letter = self.fetch(request, object_id)
        link = _link(letter)
        readable = self.may_read(request, letter)
        context = {
            "title": letter.subject,
            "original": letter,
            "letter": letter,
            "nature": words.letter_kind(letter.kind),
            "candidacy": link.candidacy if link else None,
            "is_mine": link is not None and holds(request, link.candidacy.call_id),
            "readable": readable,
            "text": links.masked(letter.text) if readable else "",
            "attachments": list(letter.attachments.all()) if readable else [],
            "may_resend": self._may_resend(request, link) and not letter.secret,
        }
        return self.page(request, "admin/letter.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """There is none but the journal of the candidacy."""
        return redirect("admin:hubs_portal_letter_change", self.fetch(request, object_id).pk)

    def as_sent(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The page of the letter, in a sandbox."""
        return sandboxed(links.masked(self._readable(request, pk).html))

    def attachment(self, request: HttpRequest, pk: int, attachment_id: int) -> HttpResponseBase:
        """A file that left with it."""
        found = get_object_or_404(self._readable(request, pk).attachments.select_related("stored"), pk=attachment_id)
        return files.serve(request, rendered(found), found.name)

    def resend(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send it again; the journal of the candidacy says who asked."""
        letter = self.fetch(request, pk)
        link = _link(letter)
        if link is None or not self._may_resend(request, link):
            raise PermissionDenied
        try:
            resend_letter(link, by=person(request), at=timed(request).at)
        except Refusal as refusal:
            tell(request, refusal)
        else:
            messages.success(request, _("La lettre repart."))
        return redirect("admin:hubs_portal_letter_change", letter.pk)

    def _readable(self, request: HttpRequest, pk: int) -> Letter:
        letter = self.fetch(request, pk)
        if not self.may_read(request, letter):
            raise Http404
        return letter

    def _may_resend(self, request: HttpRequest, link: CandidacyLetter | None) -> bool:
        return link is not None and holds(request, link.candidacy.call_id, *WORKING)


def _link(letter: Letter) -> CandidacyLetter | None:
    return CandidacyLetter.objects.select_related("candidacy__call").filter(letter=letter).first()
