"""A rule said no, in a sentence fit to show to the person who asked."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

Sentence = str | Promise

# What was refused, as HTTP says it: a file, above all, and whether sending it again may do. Everything else is 409.
_STATUS = {
    "no_file": 400,
    "not_understood": 400,
    "no_such_call": 400,
    "too_large": 413,
    "dossier_too_large": 413,
    "wrong_format": 415,
    "wrong_content": 415,
    "unreadable": 415,
    "infected": 415,
    "empty_file": 422,
    "altered_in_transit": 422,
    "storage_failed": 503,
}


class Refusal(Exception):
    """The act was refused and nothing was written.

    `sentence` says what is refused and what to do; `items` lists what is missing, one thing each; `code` is for
    machines and tests.
    """

    def __init__(self, sentence: Sentence, *, code: str, items: Sequence[Sentence] = ()) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code
        self.items = list(items)

    def __str__(self) -> str:
        return str(self.sentence)

    @property
    def status(self) -> int:
        """The status of an answer that says so."""
        return _STATUS.get(self.code, 409)


class RefusalMiddleware:
    """Shows a refusal no view has handled, as a page of its own; finds nothing at a forged address.

    PostgreSQL takes no NUL: a number, a filter or a search that holds one is of nothing that exists.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a `Refusal`; leave every other exception to Django."""
        if not isinstance(exception, Refusal):
            return None
        context: dict[str, Any] = {"refusal": exception}
        return render(request, "public/refused.html", context, status=exception.status)
