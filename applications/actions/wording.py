"""Adapt the letters of a call, or give them back their own words; letters already written keep what they say."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import lock_call, record_on_call
from applications.enums import Role
from applications.models import Call, LetterWording
from applications.rules.team import refuse_unless
from applications.rules.wording import faults, refuse_if_archived, tidy
from applications.selectors.wording import Kind, Text
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def mark(row: LetterWording | None) -> str:
    """What a page shows of a text, to be given back with its change; empty for a letter nobody adapted."""
    return hashlib.sha256(f"{row.subject}\0{row.body}".encode()).hexdigest()[:16] if row else ""


def adapt_wording(
    call: Call, kind: Kind, language: str, text: Text, *, by: User, at: datetime, seen: str | None = None
) -> LetterWording:
    """From now on the letter says this, in that language.

    `seen` is the `mark` of the text the page showed. Raises `Refusal` for somebody who does not run the call, an
    archived call, a text a colleague changed since, or one that cannot be a letter's (`rules.wording`).
    """
    with transaction.atomic():
        locked, row = _locked(call, kind, language, by, seen)
        kept = tidy(text)
        if wrong := faults(kind, locked, language, kept):
            raise Refusal(
                _("Ce texte ne peut pas être enregistré."), code="wording", items=[fault.sentence for fault in wrong]
            )
        before = Text(row.subject, row.body) if row else Text()
        if row and before == kept:
            return row
        row = row or LetterWording(call=locked, kind=kind.code, language=language)
        row.subject, row.body, row.author, row.changed_at = kept.subject, kept.body, by, at
        row.save()
        _record("adapt_wording", locked, kind, language, before, kept, by, at)
    return row


def restore_wording(call: Call, kind: Kind, language: str, *, by: User, at: datetime, seen: str | None = None) -> None:
    """From now on the letter says what it says in every call. Raises as `adapt_wording` does."""
    with transaction.atomic():
        locked, row = _locked(call, kind, language, by, seen)
        if row is None:
            return
        before = Text(row.subject, row.body)
        row.delete()
        _record("restore_wording", locked, kind, language, before, Text(), by, at)


def _locked(call: Call, kind: Kind, language: str, by: User, seen: str | None) -> tuple[Call, LetterWording | None]:
    """The call, its row locked, and the text as it is now."""
    locked = lock_call(call.pk)
    refuse_unless(locked, by, Role.MANAGER)
    refuse_if_archived(locked)
    row = LetterWording.objects.filter(call=locked, kind=kind.code, language=language).first()
    if seen is not None and seen != mark(row):
        raise Refusal(
            _("Un collègue a changé ce texte depuis que vous avez ouvert la page : relisez d’abord le sien."),
            code="changed_meanwhile",
        )
    return locked, row


def _record(act: str, call: Call, kind: Kind, language: str, before: Text, after: Text, by: User, at: datetime) -> None:
    record_on_call(
        act,
        call,
        by=Actor.person(by),
        at=at,
        kind=kind.template,
        language=language,
        before=vars(before),
        after=vars(after),
    )
