"""A rule said no, in a sentence fit to show to the person who asked."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

Sentence = str | Promise


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


class RefusalMiddleware:
    """Shows a refusal no view has handled, as a page of its own, with status 409; finds nothing at a forged address.

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
        return render(request, "public/refused.html", context, status=409)
