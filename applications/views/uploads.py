"""The endpoint a script asks, in JSON, to send a document in parts: announce, then sign, ask, complete or abandon."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications.access import CandidateRequest, for_candidates, member_or_404
from applications.actions import uploads
from applications.enums import Rights
from applications.forms.documents import AnnouncedForm, CallForm
from applications.forms.fields import PlainForm
from applications.models import Member, Requirement
from applications.selectors.documents import asked_file
from applications.views.documents import tell_outdated
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.models import PART, Upload
from hubs_portal.uploads.transport import LIFE, Call, Signed

_LONGEST = 8192


def _in_json(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A refusal is told to the script in the words the person will read."""

    @wraps(view)
    def answer(request: CandidateRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            said = {"code": refusal.code, "sentence": str(refusal)}
            return JsonResponse(said, status=refusal.status)

    return answer


@require_POST
@for_candidates
@_in_json
def announce(request: CandidateRequest, number: str, code: str) -> HttpResponse:
    """Say which file will come; the answer says under which key, and how."""
    member = member_or_404(request, number, Rights.EDIT)
    said = _said(request, AnnouncedForm)
    upload = uploads.open_upload(
        member,
        _requirement_or_404(request, member, code),
        name=said["name"],
        size=said["size"],
        digest=said["sha256"],
        media_type=said["type"],
        at=request.at,
    )
    calls = uploads.first_calls(member, upload, at=request.at)
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
def go_on(request: CandidateRequest, number: str, code: str, key: str, step: str) -> HttpResponse:
    """Do the next thing with a file announced."""
    act = _STEPS.get(step)
    if act is None:
        raise Http404
    member = member_or_404(request, number, Rights.EDIT)
    try:
        upload = uploads.upload_of(member, code, key)
    except Upload.DoesNotExist as absent:
        raise Http404 from absent
    return act(request, member, code, upload)


def _sign(request: CandidateRequest, member: Member, _code: str, upload: Upload) -> HttpResponse:
    said = _said(request, CallForm)
    calls = uploads.sign_calls(member, upload, said["method"], said["part"], at=request.at)
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


def _arrival(_request: CandidateRequest, _member: Member, _code: str, upload: Upload) -> HttpResponse:
    arrival = uploads.arrival_of(upload)
    return JsonResponse({"received": arrival.size, "whole": arrival.whole})


def _complete(request: CandidateRequest, member: Member, code: str, upload: Upload) -> HttpResponse:
    requirement = _requirement_or_404(request, member, code)
    document = uploads.complete_upload(member, requirement, upload, at=request.at)
    messages.success(request, _("« %(name)s » est enregistré.") % {"name": document.name})
    tell_outdated(request, document, member)
    return JsonResponse({"name": document.name, "sha256": document.stored.digest, "size": document.stored.size})


def _abandon(_request: CandidateRequest, _member: Member, _code: str, upload: Upload) -> HttpResponse:
    uploads.abandon_upload(upload)
    return JsonResponse({})


_STEPS = {"signer": _sign, "etat": _arrival, "terminer": _complete, "abandonner": _abandon}


def _requirement_or_404(request: CandidateRequest, member: Member, code: str) -> Requirement:
    try:
        return asked_file(member.candidacy, code, request.at.date())
    except Requirement.DoesNotExist as absent:
        raise Http404 from absent


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
