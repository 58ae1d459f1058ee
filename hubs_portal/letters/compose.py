"""Write a letter into the ledger: a few small templates, one row, in the caller's transaction."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import IntegrityError, transaction
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hubs_portal.accounts.models import User
from hubs_portal.files import StoredFile, safe_name
from hubs_portal.letters.models import Attachment, Letter, new_message_id
from hubs_portal.nudge import nudge
from hubs_portal.refusals import Sentence

# What may be joined to a letter, in all: a third more once encoded, which any mail server still takes.
LARGEST = 8 * 2**20
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
    """A file to join: `stored` now, or made by the worker with `renderer` about `key`.

    `link` is where its reader finds it when it is too large to be joined.
    """

    name: str
    media_type: str
    stored: StoredFile | None = None
    renderer: str = ""
    key: str = ""
    link: str = ""


@dataclass(frozen=True)
class Wording:
    """What takes the place of a letter's own subject and opening: plain text, already filled in; empty: unchanged."""

    subject: str = ""
    opening: str = ""


# Given the variables of the templates, in the addressee's language, what somebody adapted; `None`: nothing.
Adapted = Callable[[Mapping[str, Any]], Wording | None]


@dataclass(frozen=True)
class Composed:
    """A letter in full, written nowhere yet."""

    subject: str
    text: str
    html: str


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


def write_letter(  # noqa: PLR0913 - each is said once, by name, by whoever writes a letter
    kind: str,
    *,
    to: Addressee,
    subject_key: str,
    at: datetime,
    context: Mapping[str, Any],
    adapted: Adapted | None = None,
    occurrence: str = "",
    reply_to: str = "",
    secret: bool = False,
    drawer: str = "",
    enclosures: Sequence[Enclosure] = (),
) -> Letter:
    """The letter of this kind to this person about this subject: written once, whoever asks again, or at once.

    `at` is business time; for the templates and `adapted`, see `compose`. `drawer` is where the ledger finds it: one
    for each call and each kind of reader, whose names the phases choose. Enclosures beyond `LARGEST` in all are left
    out, in their order, and the letter says where they are; one without a `link` then raises `ValueError`.
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
    joined, left_out = _fitting(enclosures)
    composed = compose(kind, to=to, at=at, context=context, adapted=adapted, left_out=left_out)
    letter = Letter(
        **identity,
        recipient=to.user,
        name=" ".join(to.name.split()),
        language=to.language,
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
        reply_to=reply_to,
        message_id=new_message_id(),
        secret=secret,
        drawer=drawer,
        written_at=at,
    )
    return _kept(letter, joined, identity)


def _kept(letter: Letter, enclosures: Sequence[Enclosure], identity: Mapping[str, str]) -> Letter:
    """The letter put in the ledger, whole; or the one somebody else wrote meanwhile, which the ledger's key tells.

    The savepoint keeps the caller's transaction usable: PostgreSQL gives up a whole transaction for one refused row.
    """
    try:
        with transaction.atomic():
            letter.save(force_insert=True)
            Attachment.objects.bulk_create(_attached(letter, enclosure) for enclosure in enclosures)
    except IntegrityError:
        written = Letter.objects.filter(**identity).first()
        if written is None:  # the database refused something else
            raise
        return written
    nudge("hubs_portal.letters.sweep")
    return letter


def _fitting(enclosures: Sequence[Enclosure]) -> tuple[list[Enclosure], list[Enclosure]]:
    """Those a mail server takes together, and those to be fetched; what the worker makes is small."""
    joined: list[Enclosure] = []
    left_out: list[Enclosure] = []
    room = LARGEST
    for enclosure in enclosures:
        size = enclosure.stored.size if enclosure.stored else 0
        if size <= room:
            joined.append(enclosure)
            room -= size
        elif enclosure.link:
            left_out.append(enclosure)
        else:
            raise ValueError(f"{enclosure.name} is too large for a letter, and has no link")
    return joined, left_out


def _attached(letter: Letter, enclosure: Enclosure) -> Attachment:
    return Attachment(
        letter=letter,
        name=safe_name(enclosure.name),
        media_type=enclosure.media_type,
        stored=enclosure.stored,
        renderer=enclosure.renderer,
        renderer_key=enclosure.key,
    )


def compose(
    kind: str,
    *,
    to: Addressee,
    at: datetime,
    context: Mapping[str, Any],
    adapted: Adapted | None = None,
    notice: Sentence = "",
    left_out: Sequence[Enclosure] = (),
) -> Composed:
    """The letter as it would be written, in the addressee's language.

    Templates: `letters/<kind>.subject.txt`, `.txt` and `.html`; and, for a kind whose first sentences somebody may
    adapt, those sentences in `<kind>.opening.txt`. `notice` is a line above everything else, for what is no letter;
    `left_out`, what is too large to be joined.
    """
    with translation.override(to.language):
        variables = {**context, "to": to, "at": at, "site": settings.PUBLIC_URL, "language": to.language}
        said = (adapted(variables) if adapted else None) or Wording()
        subject = said.subject or own_subject(kind, variables)
        opening = paragraphs(said.opening or own_opening(kind, variables))
        variables |= {"notice": notice, "opening": opening, "opening_html": [_as_html(part) for part in opening]}
        variables["left_out"] = left_out
        return Composed(
            subject=" ".join(subject.split())[:250],
            text=render_to_string(f"letters/{kind}.txt", variables).strip() + "\n",
            html=_inlined(render_to_string(f"letters/{kind}.html", variables)),
        )


def own_subject(kind: str, variables: Mapping[str, Any]) -> str:
    """The subject the templates give to a letter, in the language at hand."""
    return " ".join(render_to_string(f"letters/{kind}.subject.txt", dict(variables)).split())


def own_opening(kind: str, variables: Mapping[str, Any]) -> str:
    """The first sentences the templates give to a letter; nothing for a kind that says everything itself."""
    try:
        return render_to_string(f"letters/{kind}.opening.txt", dict(variables)).strip()
    except TemplateDoesNotExist:
        return ""


def paragraphs(text: str) -> list[str]:
    """What blank lines separate."""
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _as_html(paragraph: str) -> SafeString:
    """The paragraph with its line breaks; addresses of this portal, and no other, become links."""
    site = re.escape(settings.PUBLIC_URL or "https://hubs.invalid")
    pieces = re.split(rf"({site}/[^\s<>\"'«»]*[^\s<>\"'«».,;:!?()]|\n)", paragraph)
    return format_html_join("", "{}", ((_piece(piece) if n % 2 else piece,) for n, piece in enumerate(pieces)))


def _piece(found: str) -> SafeString:
    return SafeString("<br>") if found == "\n" else format_html('<a href="{0}">{0}</a>', found)


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    found = finders.find("letters/letter.css")
    if not isinstance(found, str):
        raise FileNotFoundError("static/letters/letter.css")
    return Path(found).read_text(encoding="utf-8")


def _inlined(html: str) -> str:
    return css_inline.inline(html, load_remote_stylesheets=False, extra_css=_stylesheet(), keep_style_tags=True)
