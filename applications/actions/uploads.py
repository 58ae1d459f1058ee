"""A file sent in parts: announced, each call let through, received once everything has come.

Whoever opens an upload is alone to go on with it, for what it was opened for (`purposes`). Rights are those of the
request; the hour is looked at for each call, and once more when the file is received.
"""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.documents import MEGABYTE
from applications.actions.purposes import Made, Purpose, whose
from hubs_portal import locks
from hubs_portal.files import it_is_altered, it_is_empty
from hubs_portal.refusals import Refusal
from hubs_portal.uploads.models import Upload
from hubs_portal.uploads.transport import Arrival, Call, NotWhole, Signed, Step, call_of, transport

logger = logging.getLogger(__name__)

# The parts signed at once: all of a file of 25 MB, and its end.
AHEAD = 10
# After these, what came is kept: the same bytes may still become the document.
_MAY_GO_ON = {"not_whole", "storage_failed"}


def open_upload(purpose: Purpose, *, name: str, size: int, digest: str, media_type: str, at: datetime) -> Upload:
    """Let a file come. Announced again, it is the same upload, and goes on from what has arrived.

    One person leaves no more under way than a whole dossier may weigh: the oldest give their place up.
    Raises `Refusal` for all that may be said of it before a byte is sent: too late, not what is asked, too large.
    """
    purpose.refuse_unexpected(name=name, size=size, at=at)
    if size == 0:
        raise it_is_empty()
    announced = {"bound_to": purpose.bound_to, "name": name, "size": size, "digest": digest.lower()}
    known = Upload.objects.filter(outcome="", **announced).last()
    if known:
        return known
    _make_room(purpose, size)
    upload = Upload(media_type=media_type, **announced)
    upload.multipart_id = transport().open(upload)
    upload.save()
    return upload


def _make_room(purpose: Purpose, size: int) -> None:
    room = purpose.member.candidacy.call.max_dossier_mb * MEGABYTE - size
    under_way = Upload.objects.filter(bound_to__startswith=f"{whose(purpose.member)} ", outcome="")
    for upload in under_way.order_by("-pk"):
        room -= upload.size
        if room < 0:
            abandon_upload(upload)


def sign_calls(purpose: Purpose, upload: Upload, method: str, part: int | None, *, at: datetime) -> dict[Call, Signed]:
    """Let a call be made, within a few minutes; with a part, those that follow it: to ask costs more than to sign."""
    return _let(purpose, upload, call_of(upload, method, part), at)


def first_calls(purpose: Purpose, upload: Upload, *, at: datetime) -> dict[Call, Signed]:
    """All that a file just announced needs within a few minutes: ask which parts are there, send them, join them."""
    if not upload.in_parts:
        return _let(purpose, upload, Call(Step.WHOLE), at)
    return _let(purpose, upload, Call(Step.LIST), at) | _let(purpose, upload, Call(Step.PART, 1), at)


def _let(purpose: Purpose, upload: Upload, asked: Call, at: datetime) -> dict[Call, Signed]:
    purpose.refuse_shut(at)
    calls = [asked, *_following(upload, asked)] if asked.part else [asked]
    return {call: transport().sign(upload, call) for call in calls}


def _following(upload: Upload, asked: Call) -> Iterator[Call]:
    after = range(asked.part + 1, upload.parts.stop)
    yield from (Call(asked.step, number) for number in after[: AHEAD - 1])
    if len(after) < AHEAD:
        yield Call(Step.JOIN)


def arrival_of(upload: Upload) -> Arrival:
    """How much of it has come."""
    if upload.outcome:
        return Arrival(upload.size, whole=True)
    return transport().arrival(upload)


def complete_upload(purpose: Purpose, upload: Upload, *, at: datetime) -> Made:
    """Read again all that came, compare it with what was announced, and make of it what it was sent for.

    Asked twice, even at once, it is made once. A refusal takes away what came, unless the same bytes may still do:
    some are missing, or the storage failed.
    """
    try:
        if upload.outcome:
            return _made_of(purpose, upload)
        purpose.refuse_unexpected(name=upload.name, size=upload.size, at=at)
        made = _make_once(purpose, upload, _take_in(purpose, upload, at))
    except (Refusal, NotWhole) as trouble:
        return _settle(purpose, upload, trouble)
    _forget(upload)
    return made


def abandon_upload(upload: Upload) -> None:
    """Forget it and what came of it; what became a document stays one."""
    Upload.objects.filter(pk=upload.pk, outcome="").delete()
    _forget(upload)


def upload_of(purpose: Purpose, key: str) -> Upload:
    """The upload of that key, if this person opened it, for this; `DoesNotExist` otherwise. One query."""
    return Upload.objects.get(key=key, bound_to=purpose.bound_to)


def _take_in(purpose: Purpose, upload: Upload, at: datetime) -> Callable[[], Made]:
    with transport().receive(upload) as file:
        # Before it is looked into: nobody should export again a file that the line has spoiled.
        if file.measured != (upload.digest, upload.size):
            raise it_is_altered()
        declared = {"declared_digest": upload.digest, "declared_size": upload.size}
        return purpose.keep(file, name=upload.name, at=at, **declared)


@locks.retried
def _make_once(purpose: Purpose, upload: Upload, make: Callable[[], Made]) -> Made:
    with transaction.atomic():
        present = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        if present is None:
            raise NotWhole
        if present.outcome:
            return _made_of(purpose, present)
        made = make()
        present.outcome = str(made.pk)
        present.save(update_fields=["outcome"])
    return made


def _made_of(purpose: Purpose, upload: Upload) -> Made:
    return purpose.made(int(upload.outcome))


def _settle(purpose: Purpose, upload: Upload, trouble: Refusal | NotWhole) -> Made:
    """What another request made of it in the meantime; otherwise the refusal, and nothing left that cannot serve."""
    present = Upload.objects.filter(pk=upload.pk).first()
    if present and present.outcome:
        return _made_of(purpose, present)
    if isinstance(trouble, NotWhole):
        raise Refusal(
            _("Il manque une partie du fichier : il n’est pas enregistré. Reprenez l’envoi."), code="not_whole"
        ) from trouble
    if trouble.code not in _MAY_GO_ON:
        abandon_upload(upload)
    raise trouble


def _forget(upload: Upload) -> None:
    """What cannot be taken away now is taken away by the sweep: the answer does not wait for it."""
    try:
        transport().forget(upload)
    except Exception:
        logger.exception("what came of an upload could not be taken away: %s", upload.key)
