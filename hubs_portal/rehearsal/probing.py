"""Ask whether a page is there, after time has moved, without leaving a trace."""

from copy import copy
from http import HTTPStatus

from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, QueryDict
from django.urls import Resolver404, resolve

from hubs_portal import clock
from hubs_portal.refusals import Refusal


def is_there(request: HttpRequest, address: str) -> bool:
    """Whether the address answers this person now; what showing it would have written is rolled back."""
    path, _mark, query = address.partition("?")
    try:
        match = resolve(path)
        with transaction.atomic():
            response = match.func(_asking(request, path, query), *match.args, **match.kwargs)
            transaction.set_rollback(True)
    except (Resolver404, Http404, PermissionDenied, Refusal):
        return False
    return bool(response.status_code < HTTPStatus.BAD_REQUEST)


def _asking(request: HttpRequest, path: str, query: str) -> HttpRequest:
    asking = copy(request)
    asking.method, asking.path, asking.path_info = "GET", path, path
    asking.GET, asking.POST = QueryDict(query), QueryDict()
    asking.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": query}
    asking._messages = default_storage(asking)  # type: ignore[attr-defined] # showing them here would use them up
    asking.at = clock.now()  # type: ignore[attr-defined] # the clock has just been set
    return asking
