"""The endpoint a script asks, in JSON, to send a file in parts: announce, then sign, ask, complete or abandon."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions import uploads
from applications.actions.purposes import ForCompletion, ForDraft, ForReplacement, Purpose
from applications.enums import Rights
from applications.forms.documents import AnnouncedForm, CallForm
from applications.forms.fields import PlainForm
from applications.models import Document
from applications.views.completion import item_or_404
from applications.views.documents import tell_outdated
from applications.views.replacing import replacement_or_404
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.models import PART, Upload
from hubs_portal.uploads.transport import LIFE, Call, Signed

_LONGEST = 8192


def _in_json(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A refusal is told to the script in the words the person will read; what is absent is absent as everywhere."""

    @wraps(view)
    def answer(request: CandidateRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            said = {"code": refusal.code, "sentence": str(refusal)}
            return JsonResponse(said, status=refusal.status)
        except ObjectDoesNotExist as absent:
            raise Http404 from absent

    return answer


@dataclass(frozen=True)
class Destination:
    """An address files are sent from: what they are sent for, and what is said of one that came."""

    purpose: Callable[..., Purpose]
    came: str | Promise


def _draft(request: CandidateRequest, number: str, code: str, **reading: bool) -> Purpose:
    return ForDraft(member_or_404(request, number, Rights.EDIT, **reading), code, request.at)


def _completion(request: CandidateRequest, number: str, pk: int, **reading: bool) -> Purpose:
    member = member_or_404(request, number, Rights.EDIT, **reading)
    return ForCompletion(member, item_or_404(member, pk))


def _replacement(request: CandidateRequest, number: str, pk: int, **reading: bool) -> Purpose:
    member = member_or_404(request, number, Rights.EDIT, **reading)
    return ForReplacement(member, replacement_or_404(member, pk))


DRAFT = Destination(_draft, gettext_lazy("« %(name)s » est enregistré."))
COMPLETION = Destination(_completion, gettext_lazy("« %(name)s » est reçu."))
REPLACEMENT = Destination(_replacement, gettext_lazy("« %(name)s » est reçu."))


@require_POST
@for_candidates
@_in_json
def announce(request: CandidateRequest, to: Destination, **named: Any) -> HttpResponse:
    """Say which file will come; the answer says under which key, and how."""
    purpose = to.purpose(request, **named)
    said = _said(request, AnnouncedForm)
    upload = uploads.open_upload(
        purpose, name=said["name"], size=said["size"], digest=said["sha256"], media_type=said["type"], at=request.at
    )
    calls = uploads.first_calls(purpose, upload, at=request.at)
    return JsonResponse(
        {
            "key": upload.key,
            "multipart": upload.multipart_id or None,
            "part": PART,
            "life": LIFE,
            "calls": _told(request, calls),
        }
    )


@require_POST
@for_candidates
@_in_json
def go_on(request: CandidateRequest, to: Destination, key: str, step: str, **named: Any) -> HttpResponse:
    """Do the next thing with a file announced."""
    act = _STEPS.get(step)
    if act is None:
        raise Http404
    purpose = to.purpose(request, briefly=act is not _complete, **named)
    return act(request, to, purpose, uploads.upload_of(purpose, key))


def _sign(request: CandidateRequest, _to: Destination, purpose: Purpose, upload: Upload) -> HttpResponse:
    said = _said(request, CallForm)
    calls = uploads.sign_calls(purpose, upload, said["method"], said["part"], at=request.at)
    return JsonResponse({"life": LIFE, "calls": _told(request, calls)})


def _told(request: CandidateRequest, calls: Mapping[Call, Signed]) -> list[dict[str, Any]]:
    return [
        {
            "method": call.method,
            "part": call.part or None,
            "url": request.build_absolute_uri(signed.url),
            "headers": signed.headers,
        }
        for call, signed in calls.items()
    ]


def _arrival(_request: CandidateRequest, _to: Destination, _purpose: Purpose, upload: Upload) -> HttpResponse:
    arrival = uploads.arrival_of(upload)
    return JsonResponse({"received": arrival.size, "whole": arrival.whole})


def _complete(request: CandidateRequest, to: Destination, purpose: Purpose, upload: Upload) -> HttpResponse:
    made = uploads.complete_upload(purpose, upload, at=request.at)
    messages.success(request, to.came % {"name": made.name})
    if isinstance(made, Document):
        tell_outdated(request, made, purpose.member)
    return JsonResponse({"name": made.name, "sha256": upload.digest, "size": upload.size})


def _abandon(_request: CandidateRequest, _to: Destination, _purpose: Purpose, upload: Upload) -> HttpResponse:
    uploads.abandon_upload(upload)
    return JsonResponse({})


_STEPS = {"signer": _sign, "etat": _arrival, "terminer": _complete, "abandonner": _abandon}


def _said(request: CandidateRequest, form_class: type[PlainForm]) -> dict[str, Any]:
    """The JSON of the request, as the form reads it."""
    try:
        content = json.loads(request.body[:_LONGEST] or b"{}")
        form = form_class({name: value for name, value in content.items() if value is not None})
    except (ValueError, AttributeError, RecursionError) as unreadable:
        raise _not_understood() from unreadable
    if not form.is_valid():
        raise _not_understood()
    return dict(form.cleaned_data)


def _not_understood() -> Refusal:
    return Refusal(_("L’envoi n’a pas été compris : rechargez la page, puis recommencez."), code="not_understood")
