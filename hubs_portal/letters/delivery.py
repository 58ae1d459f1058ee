"""Send what the ledger holds: claim a row, hand it over, write down what became of it.

| what happened                                              | the letter is then                                   |
|------------------------------------------------------------|------------------------------------------------------|
| the server keeps it                                        | sent                                                 |
| the server cannot be reached, refuses TLS or the password  | retrying, at once when it answers again, however late|
| 4xx, or cut before the server asked for the message        | retrying, later and later, for two days, then failed |
| 5xx, or a message that cannot be written                   | failed, with the server's words                      |
| cut after that, or the worker killed then                  | retrying once; the second time, uncertain            |
| the worker killed before                                   | retrying                                             |

Nothing here trusts the broker: whoever calls `sweep` finds the rows that are due. A claim is a conditional update, so
that two processes never hold one letter; it is renewed when the message is handed over later than a moment after.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.errors import MessageError

from django.conf import settings
from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from hubs_portal.letters.carrier import HANDING, Carrier, Doubtful, OutOfReach, Postponed, Refused
from hubs_portal.letters.compose import rendered
from hubs_portal.letters.models import Letter, LetterState

logger = logging.getLogger(__name__)

# A claim older than this belongs to a process that died, or that was told nothing for longer than it may wait.
LEASE = HANDING + timedelta(seconds=5)
RETRY_FOR = timedelta(hours=48)
_FIRST_WAIT = timedelta(seconds=30)  # doubled at each attempt
_LONGEST_WAIT = timedelta(hours=4)
_A_MOMENT = timedelta(seconds=3)
_STUBBORN = 3  # a letter whose making killed so many processes waits longer and longer
_LONGEST_SILENCE = 30.0  # seconds before a server out of reach is tried again
_AT_ONCE = 50
_BLANK = "—"


def _waits() -> Iterator[timedelta]:
    """How long to wait after each attempt: two days in all, whatever clocks do, and an outage does not count."""
    wait, total = _FIRST_WAIT, timedelta()
    while total < RETRY_FOR:
        yield wait
        total += wait
        wait = min(wait * 2, _LONGEST_WAIT)


_WAITS = tuple(_waits())


class _Taken(Exception):
    """Somebody else holds the letter now: it is theirs to send."""


class _Reach:
    """When this process may try again a server that did not answer: a hung server must not take all its time."""

    def __init__(self) -> None:
        self.again_at = 0.0
        self.wait = 0.0

    def lost(self) -> None:
        self.wait = min(max(self.wait * 2, 2.0), _LONGEST_SILENCE)
        self.again_at = time.monotonic() + self.wait

    def found(self) -> None:
        self.again_at = self.wait = 0.0


_reach = _Reach()
# One thread of a process sends, the others do other work; a process that is killed had one letter in its hands.
_at_it = threading.Lock()


def due(now: datetime) -> QuerySet[Letter]:
    """Letters that may be claimed at this instant of real time.

    Further in the future than any wait is long, a date was written by a clock that has been set back since.
    """
    misdated = Q(due_at__gt=now + _LONGEST_WAIT)
    again = Q(state=LetterState.RETRYING) & (Q(due_at__lte=now) | misdated)
    return Letter.objects.filter(Q(state=LetterState.QUEUED) | again)


def sweep(*, seconds: float = 20.0, pause: Callable[[], bool] = lambda: False) -> int:
    """Send what is due, oldest first, for about so long; returns how many letters left.

    What the time did not allow is left to the next call, so that other work of the same process has its turn. Stops
    early when `pause`, asked every fifty letters, says that somebody needs the database more.
    """
    if time.monotonic() < _reach.again_at or not _at_it.acquire(blocking=False):
        return 0
    try:
        _take_over(datetime.now(UTC))
        return _carry_all(_waiting(time.monotonic() + seconds, pause))
    finally:
        _at_it.release()


def _carry_all(letters: Iterable[Letter]) -> int:
    """Send these, through one connection; returns how many left."""
    carrier = Carrier()
    left = 0
    try:
        for letter in letters:
            carrier.open()
            left += _claim(letter) and _send(letter, carrier)
            _reach.found()
    except OutOfReach as error:
        _reach.lost()
        _all_wait(str(error))
    finally:
        carrier.close()
    return left


def _waiting(end: float, pause: Callable[[], bool]) -> Iterator[Letter]:
    """Letters due, looked up fifty at a time: other processes send too."""
    while not pause() and (found := list(_whole(due(datetime.now(UTC)))[:_AT_ONCE])):
        if len(found) == _AT_ONCE:
            random.shuffle(found)  # or every process would ask for the same letter at the same time
        for letter in found:
            if time.monotonic() > end:
                return
            yield letter


def _whole(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    return letters.order_by("due_at", "pk").prefetch_related("attachments__stored")


def _all_wait(words: str) -> None:
    """The server is out of reach: say so on every letter that waits, and leave each due as it was."""
    logger.warning("the mail server is out of reach: %s", words)
    due(datetime.now(UTC)).filter(state=LetterState.QUEUED).update(state=LetterState.RETRYING, error=_kept(words))


def _take_over(now: datetime) -> None:
    """Decide what becomes of the letters that a dead process held."""
    out_of_date = Q(claimed_at__lt=now - LEASE) | Q(claimed_at__gt=now + LEASE)  # or its clock was set back
    abandoned = Letter.objects.filter(out_of_date, state=LetterState.SENDING)
    handed = Q(handed_at__isnull=False)
    abandoned.filter(handed, doubts__gte=1).update(
        state=LetterState.UNCERTAIN,
        doubts=F("doubts") + 1,
        error=_("Deux envois interrompus avant la réponse du serveur."),
    )
    abandoned.filter(handed).update(
        state=LetterState.RETRYING,
        due_at=now,
        doubts=1,
        handed_at=None,
        error=_("Envoi interrompu avant la réponse du serveur."),
    )
    abandoned.filter(attempts__lt=_STUBBORN).update(
        state=LetterState.RETRYING, due_at=now, error=_("Envoi interrompu avant la remise au serveur.")
    )
    for letter in abandoned:
        _retry(letter, _("Le travail s’arrête à chaque fois que cette lettre est préparée."))


def _claim(letter: Letter) -> bool:
    """Take the letter if it still is as it was read: nobody has claimed it since.

    A letter whose files all exist leaves milliseconds later: that the server may have it is said at once, and nearly
    every letter saves a write. One with a file to lay out first may keep the process for seconds, or kill it.
    """
    now = datetime.now(UTC)
    is_ready = all(attachment.stored_id for attachment in letter.attachments.all())
    unclaimed = Letter.objects.filter(pk=letter.pk, state=letter.state, attempts=letter.attempts)
    letter.attempts += 1
    letter.claimed_at, letter.handed_at = now, now if is_ready else None
    return bool(
        unclaimed.update(
            state=LetterState.SENDING, claimed_at=now, handed_at=letter.handed_at, attempts=letter.attempts
        )
    )


def _send(letter: Letter, carrier: Carrier) -> bool:
    try:
        carrier.carry(_message(letter), handing=lambda: _renew(letter))
    except _Taken:
        return False
    except (Refused, BadHeaderError, MessageError, UnicodeError) as error:
        return _fail(letter, str(error) if isinstance(error, Refused) else repr(error))
    except Doubtful as error:
        return _doubt(letter, str(error))
    except Exception as error:
        # Postponed by the server, or impossible to make (a file out of reach, a page that cannot be laid out): nobody
        # has it, and it must not block the others.
        if not isinstance(error, Postponed):
            logger.exception("letter %s cannot be made", letter.pk)
        return _retry(letter, str(error) if isinstance(error, Postponed) else repr(error))
    return _sent(letter)


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[letter.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments.all():
        if (enclosed := rendered(attachment)).is_infected:
            continue
        with enclosed.open() as stored:
            content = stored.read()
        if attachment.media_type.startswith("text/calendar; method="):
            # What makes a mail program offer to put it in the calendar (RFC 6047, 2.4); the file is for the others. A
            # calendar that somebody joined to a kit says no method, invites nobody, and may be in any encoding.
            message.attach_alternative(content.decode(), attachment.media_type)
        message.attach(attachment.name, content, attachment.media_type)
    return message


def _kept(words: str) -> str:
    """What a server said, as a database keeps it: PostgreSQL refuses a NUL, and one letter would stop the others."""
    return words.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()[:2000]


def _mine(letter: Letter) -> QuerySet[Letter]:
    """The row, if this process still holds the claim it made."""
    return Letter.objects.filter(pk=letter.pk, state=LetterState.SENDING, claimed_at=letter.claimed_at)


def _renew(letter: Letter) -> None:
    """Say that the message is being handed over, and have a whole lease to do it in. Raises when the claim was lost.

    Nothing to say when that was said a moment ago: no claim so young can have been lost.
    """
    now = datetime.now(UTC)
    if letter.handed_at and now - letter.handed_at < _A_MOMENT:
        return
    if not _mine(letter).update(handed_at=now, claimed_at=now):
        raise _Taken
    letter.claimed_at = now


def _sent(letter: Letter) -> bool:
    changes = {"state": LetterState.SENT, "sent_at": datetime.now(UTC), "handed_at": None, "error": ""}
    # Its link opened one door once: nobody needs to read it in the ledger. A rehearsal has no other mailbox.
    if letter.secret and not settings.REHEARSAL:
        changes |= {"text": _BLANK, "html": _BLANK}
    # Whoever holds the claim by now: the server has the letter, and that is the truth.
    Letter.objects.filter(pk=letter.pk).update(**changes)
    return True


def _retry(letter: Letter, words: str) -> bool:
    if letter.attempts > len(_WAITS):
        return _fail(letter, words)
    due_at = datetime.now(UTC) + _WAITS[letter.attempts - 1]
    _mine(letter).update(state=LetterState.RETRYING, due_at=due_at, handed_at=None, error=_kept(words))
    return False


def _fail(letter: Letter, words: str) -> bool:
    _mine(letter).update(state=LetterState.FAILED, handed_at=None, error=_kept(words))
    return False


def _doubt(letter: Letter, words: str) -> bool:
    """The server may have taken it: one more try, under the same Message-ID, then a person telephones."""
    doubts = letter.doubts + 1
    _mine(letter).update(
        state=LetterState.UNCERTAIN if doubts > 1 else LetterState.RETRYING,
        due_at=datetime.now(UTC) + _FIRST_WAIT,
        doubts=doubts,
        handed_at=None,
        error=_kept(words),
    )
    return False
