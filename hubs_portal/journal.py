"""The journal: who did what, when and from where, in lines that are only ever added.

Lines are chained by hash per subject, under the row lock the act already holds; a chain over the whole portal would
make every submission of the last minute wait for every other.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hubs_portal.actors import Actor

_origin: ContextVar[str] = ContextVar("origin", default="")


class OriginMiddleware:
    """Remembers, for the journal, the address a request came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from(f"web {request.META.get('REMOTE_ADDR', '')}"):
            return self.get_response(request)


@contextmanager
def coming_from(origin: str) -> Any:
    """Acts inside are written as coming from `origin` (a web address, a command, the worker)."""
    token = _origin.set(origin[:200])
    try:
        yield
    finally:
        _origin.reset(token)


class JournalLine(models.Model):
    """One line; a concrete journal adds its `subject`, a real foreign key."""

    sequence = models.PositiveIntegerField(_("rang"))
    act = models.CharField(_("acte"), max_length=60)
    at = models.DateTimeField(_("instant"))
    recorded_at = models.DateTimeField(_("écrit le"), db_default=Now())
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,  # who did it must stay known
        null=True,
        related_name="+",
        verbose_name=_("auteur"),
    )
    actor_label = models.CharField(_("auteur"), max_length=320)
    origin = models.CharField(_("origine"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    details = models.JSONField(_("détails"), default=dict)
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}. {self.act}"

    def expected_digest(self) -> str:
        """The fingerprint this line must carry, given what it says and the line before it."""
        said = {
            "sequence": self.sequence,
            "act": self.act,
            "at": self.at.astimezone(UTC).isoformat(),
            "actor": self.actor_label,
            "origin": self.origin,
            "note": self.note,
            "details": self.details,
            "previous": self.previous_digest,
        }
        return hashlib.sha256(canonical(said)).hexdigest()


Line = TypeVar("Line", bound=JournalLine)


def canonical(value: Any) -> bytes:
    """JSON in one spelling only: sorted keys, no spaces, UTF-8; what digests and signatures are made over."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def write(
    journal: type[Line],
    *,
    act: str,
    by: Actor,
    at: datetime,
    note: str = "",
    details: Mapping[str, Any] | None = None,
    **subject: models.Model,
) -> Line:
    """Add a line to the journal of one subject. The caller holds the lock of the subject's row."""
    last = journal._default_manager.filter(**subject).order_by("-sequence").first()
    line = journal(
        **subject,
        sequence=last.sequence + 1 if last else 1,
        act=act,
        at=at,
        actor=by.user,
        actor_label=by.label,
        origin=_origin.get(),
        note=note,
        details=json.loads(canonical(details or {})),
        previous_digest=last.digest if last else "",
    )
    line.digest = line.expected_digest()
    line.save(force_insert=True)
    return line


def broken_lines(journal: type[Line]) -> list[Line]:
    """Lines that were altered, or whose chain has a hole; empty when the journal is whole."""
    broken: list[Line] = []
    subject = next(field.attname for field in journal._meta.concrete_fields if field.name == "subject")
    previous: dict[Any, Line] = {}
    for line in journal._default_manager.order_by(subject, "sequence").iterator():
        before = previous.get(getattr(line, subject))
        follows = (line.sequence, line.previous_digest) == ((before.sequence + 1, before.digest) if before else (1, ""))
        if not follows or line.digest != line.expected_digest():
            broken.append(line)
        previous[getattr(line, subject)] = line
    return broken


def current_origin() -> str:
    """Where the present act comes from, as the journal would write it."""
    return _origin.get()
