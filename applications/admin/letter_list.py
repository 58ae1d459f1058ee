"""The list of letters: its filters, and what is said of each row."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from applications.admin.team import key, my_calls, person, roles, timed
from applications.selectors import ledger, words
from hubs_portal.letters.models import Letter, LetterState

_OPENED = "_ledger_shelves"


def opened(request: HttpRequest) -> list[tuple[ledger.Post, ledger.Shelf]]:
    """The drawers open to the person; asked once per request."""
    if not hasattr(request, _OPENED):
        setattr(request, _OPENED, ledger.shelves(person(request), roles(request), timed(request).at))
    found: list[tuple[ledger.Post, ledger.Shelf]] = getattr(request, _OPENED)
    return found


class InState(admin.SimpleListFilter):
    """Letters in a state."""

    title = _("état")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every state there is."""
        return [(state.value, str(state.label)) for state in LetterState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those in the state chosen."""
        return queryset.filter(state=self.value()) if self.value() else queryset


class OfKind(admin.SimpleListFilter):
    """Letters of a kind, in words: the same kinds for everybody, or the list would tell of letters one must not see."""

    title = _("nature")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind there is."""
        return sorted(((kind, words.letter_kind(kind)) for kind in words.LETTERS), key=lambda row: row[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those of the kind chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class ToWhom(admin.SimpleListFilter):
    """Letters to one kind of reader."""

    title = _("destinataires")
    parameter_name = "to"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of whom the person may know something; no filter for whoever sees one kind only."""
        kinds = [(post.code, str(post.label)) for post, shelf in opened(request) if shelf.drawers]
        return kinds if len(kinds) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those in the drawers of that kind."""
        chosen = [shelf for post, shelf in opened(request) if post.code == self.value()]
        return queryset.filter(drawer__in=chosen[0].drawers.values()) if chosen else queryset


class OfCall(admin.SimpleListFilter):
    """Letters of one of the person's calls; no filter for whoever has one call only."""

    title = _("appel")
    parameter_name = "call"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The person's calls."""
        calls = list(my_calls(request))
        return [(str(call.pk), call.title) for call in calls] if len(calls) > 1 else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those in the drawers of that call."""
        chosen = key(self.value() or "")
        if chosen is None:
            return queryset
        drawers = [shelf.drawers[chosen] for _post, shelf in opened(request) if chosen in shelf.drawers]
        return queryset.filter(drawer__in=drawers)


class WrittenSince(admin.SimpleListFilter):
    """Letters of a period, in business time."""

    title = _("période")
    parameter_name = "since"
    _DAYS = {"1": _("depuis 24 heures"), "7": _("depuis 7 jours"), "31": _("depuis 31 jours"), "92": _("depuis 3 mois")}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """From a day to a season."""
        return [(days, str(label)) for days, label in self._DAYS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Letter]) -> QuerySet[Letter]:
        """Those written since."""
        days = key(self.value() or "")
        return queryset.filter(written_at__gte=timed(request).at - timedelta(days=days)) if days else queryset


class LetterList(ChangeList):
    """A page of letters, each with what it is about, and knowing whether its address is still sealed."""

    def get_results(self, request: HttpRequest) -> None:
        """An index finds which fifty; only those are then read whole, rather than a hundred thousand sorted."""
        super().get_results(request)
        found = list(self.result_list.values_list("pk", flat=True))
        rows = {letter.pk: letter for letter in ledger.with_subjects(Letter.objects.filter(pk__in=found))}
        hidden = ledger.concealed(list(rows.values()), timed(request).at)
        for letter in rows.values():
            letter.is_concealed = letter.pk in hidden  # type: ignore[attr-defined] # said to the columns of the list
        self.result_list = [rows[pk] for pk in found]
