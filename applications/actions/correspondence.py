"""What the team does with a letter: send it again, or tell it by telephone. The journal of its subject says who did."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import lock_call, lock_candidacy, record, record_on_call
from applications.enums import Role
from applications.models import CallLetter, CandidacyLetter, CommitmentRequest, LetterCall
from applications.rules.team import refuse_unless
from applications.selectors import ledger
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.letters.health import TROUBLED
from hubs_portal.letters.models import Letter
from hubs_portal.letters.resending import resend, version
from hubs_portal.refusals import Refusal

# By name of the link, for each phase to add its own: lock what it is about, answer with what writes in its journal.
Write = Callable[..., None]
journals: dict[str, Callable[[Any], Write]] = {}


@locks.retried
def resend_letter(letter: Letter, *, by: User, at: datetime, seen: str = "") -> None:
    """Send a letter again, and write who asked; two clicks on what was `seen` are one. Raises `Refusal`."""
    with transaction.atomic():
        write, locked = _held(letter, by)
        if resend(locked, seen=seen):
            write("resend_letter", by=Actor.person(by), at=at, kind=locked.kind, address=locked.address)


@locks.retried
def tell_by_telephone(letter: Letter, *, by: User, at: datetime, seen: str = "") -> None:
    """Write that the letter was told by telephone: it leaves the list of those to tell. Asked twice, it is one call."""
    with transaction.atomic():
        write, locked = _held(letter, by)
        if seen and seen != version(locked):
            raise Refusal(_("Cette lettre est repartie entre-temps : relisez où elle en est."), code="changed")
        if locked.state not in TROUBLED:
            raise Refusal(_("Cette lettre n’attend pas de téléphone."), code="not_troubled")
        if LetterCall.objects.filter(letter=locked, made_at__gte=locked.queued_at).exists():
            return
        LetterCall.objects.create(letter=locked, by=by, at=at)
        write("tell_by_telephone", by=Actor.person(by), at=at, kind=locked.kind, address=locked.address)


def _held(letter: Letter, by: User) -> tuple[Write, Letter]:
    """What writes in the journal of its subject, then the letter: both locked, in that order. Those who work act."""
    found = ledger.post_of(letter)
    if found is None:
        raise Refusal(_("Cette lettre n’est celle d’aucun appel."), code="of_no_call")
    post, link = found
    refuse_unless(post.about(link).call, by, Role.OFFICER, Role.MANAGER)
    write = journals[post.link](link)
    return write, Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)


def _journal_of_candidacy(link: CandidacyLetter | CommitmentRequest) -> Write:
    candidacy = lock_candidacy(link.candidacy_id)
    return partial(_write, candidacy)


def _write(candidacy: Any, act: str, **said: Any) -> None:
    record(act, candidacy, **said)


def _journal_of_call(link: CallLetter) -> Write:
    return partial(_write_on_call, lock_call(link.call_id))


def _write_on_call(call: Any, act: str, **said: Any) -> None:
    """Without the nature of the letter: everybody of the team reads that journal, and « second signature » tells."""
    del said["kind"]
    record_on_call(act, call, **said)


journals["of_candidacy"] = journals["of_commitment_request"] = _journal_of_candidacy
journals["of_call"] = _journal_of_call
