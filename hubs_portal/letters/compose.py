"""Write a letter into the ledger: three small templates, one row, in the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation

from hubs_portal.accounts.models import User
from hubs_portal.files import StoredFile, safe_name
from hubs_portal.letters.models import Attachment, Letter, new_message_id
from hubs_portal.nudge import nudge

_renderers: dict[str, Callable[[str], StoredFile]] = {}


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes; `user` is the account that will find it among its « messages reçus », if there is one."""

    address: str
    name: str = ""
    language: str = "fr"
    user: User | None = None


@dataclass(frozen=True)
class Enclosure:
    """A file to join: `stored` now, or made by the worker with `renderer` about `key`."""

    name: str
    media_type: str
    stored: StoredFile | None = None
    renderer: str = ""
    key: str = ""


def renderer(name: str) -> Callable[[Callable[[str], StoredFile]], Callable[[str], StoredFile]]:
    """Declare the function that makes a pending enclosure from its key."""

    def declare(function: Callable[[str], StoredFile]) -> Callable[[str], StoredFile]:
        _renderers[name] = function
        return function

    return declare


def rendered(attachment: Attachment) -> StoredFile:
    """The file of an attachment, made now if it was still pending."""
    if attachment.stored is None:
        attachment.stored = _renderers[attachment.renderer](attachment.renderer_key)
        attachment.save(update_fields=["stored"])
    return attachment.stored


def write_letter(
    kind: str,
    *,
    to: Addressee,
    subject_key: str,
    at: datetime,
    context: Mapping[str, Any],
    occurrence: str = "",
    reply_to: str = "",
    secret: bool = False,
    enclosures: Sequence[Enclosure] = (),
) -> Letter:
    """The letter of this kind to this person about this subject: written once, whoever asks again.

    `at` is business time. Templates: `letters/<kind>.subject.txt`, `.txt` and `.html`, in the addressee's language.
    """
    identity = {
        "kind": kind,
        "address": to.address.strip().lower(),
        "subject_key": subject_key,
        "occurrence": occurrence,
    }
    written = Letter.objects.filter(**identity).first()
    if written:
        return written
    with translation.override(to.language):
        variables = {**context, "to": to, "at": at, "site": settings.PUBLIC_URL, "language": to.language}
        letter = Letter.objects.create(
            **identity,
            recipient=to.user,
            name=" ".join(to.name.split()),
            language=to.language,
            subject=" ".join(render_to_string(f"letters/{kind}.subject.txt", variables).split())[:250],
            text=render_to_string(f"letters/{kind}.txt", variables).strip() + "\n",
            html=_inlined(render_to_string(f"letters/{kind}.html", variables)),
            reply_to=reply_to,
            message_id=new_message_id(),
            secret=secret,
            written_at=at,
        )
    Attachment.objects.bulk_create(
        Attachment(
            letter=letter,
            name=safe_name(enclosure.name),
            media_type=enclosure.media_type,
            stored=enclosure.stored,
            renderer=enclosure.renderer,
            renderer_key=enclosure.key,
        )
        for enclosure in enclosures
    )
    nudge("hubs_portal.letters.sweep")
    return letter


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    found = finders.find("letters/letter.css")
    if not isinstance(found, str):
        raise FileNotFoundError("static/letters/letter.css")
    return Path(found).read_text(encoding="utf-8")


def _inlined(html: str) -> str:
    return css_inline.inline(html, load_remote_stylesheets=False, extra_css=_stylesheet(), keep_style_tags=True)
