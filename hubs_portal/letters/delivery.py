"""Send what the ledger holds: claim a row, hand it to the transport, write down what the transport said."""

import logging
import smtplib
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import F, Q, QuerySet

from hubs_portal.letters.compose import rendered
from hubs_portal.letters.models import Letter, LetterState

logger = logging.getLogger(__name__)

# A claim older than this belongs to a worker that died: the letter in flight is repeated, with the same Message-ID.
CLAIM = timedelta(seconds=60)
RETRY_FOR = timedelta(hours=48)
_FIRST_WAIT = 30  # seconds, doubled at each attempt
_LONGEST_WAIT = 3600 * 4
_BLANK = "—"


def _due(now: datetime) -> QuerySet[Letter]:
    waiting = Q(state__in=[LetterState.QUEUED, LetterState.RETRYING], due_at__lte=now)
    abandoned = Q(state=LetterState.SENDING, claimed_at__lt=now - CLAIM)
    return Letter.objects.filter(waiting | abandoned)


def sweep(limit: int = 200) -> int:
    """Deliver what no nudge reached and what a dead worker left; returns how many letters were sent."""
    due = _due(datetime.now(UTC)).order_by("due_at", "pk").values_list("pk", flat=True)[:limit]
    return sum(deliver(pk) for pk in list(due))


def deliver(letter_id: int) -> bool:
    """Send one letter if nobody else is doing so; returns whether it left."""
    now = datetime.now(UTC)
    claimed = (
        _due(now).filter(pk=letter_id).update(state=LetterState.SENDING, claimed_at=now, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    letter = Letter.objects.get(pk=letter_id)
    try:
        message = _message(letter)
    except Exception as error:  # a letter that cannot be made must not block the others
        logger.exception("letter %s cannot be made", letter.pk)
        return _retry(letter, repr(error))
    return _hand_over(letter, message)


def _hand_over(letter: Letter, message: EmailMultiAlternatives) -> bool:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return _retry(letter, repr(error))
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _words in error.recipients.values())
        return _fail(letter, repr(error)) if code >= 500 else _retry(letter, repr(error))
    except smtplib.SMTPResponseException as error:
        return _fail(letter, repr(error)) if error.smtp_code >= 500 else _retry(letter, repr(error))
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        return _doubt(letter, repr(error))
    finally:
        connection.close()
    return _sent(letter)


def _message(letter: Letter) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        to=[letter.address],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments.all():
        with rendered(attachment).open() as stored:
            message.attach(attachment.name, stored.read(), attachment.media_type)
    return message


def _sent(letter: Letter) -> bool:
    changes = {"state": LetterState.SENT, "sent_at": datetime.now(UTC), "error": ""}
    # Its link opened one door once: nobody needs to read it in the ledger. A rehearsal has no other mailbox.
    if letter.secret and not settings.REHEARSAL:
        changes |= {"text": _BLANK, "html": _BLANK}
    Letter.objects.filter(pk=letter.pk).update(**changes)
    return True


def _retry(letter: Letter, words: str) -> bool:
    now = datetime.now(UTC)
    if now - letter.due_at > RETRY_FOR:
        return _fail(letter, words)
    wait = min(_FIRST_WAIT * 2 ** (letter.attempts - 1), _LONGEST_WAIT)
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.RETRYING, due_at=now + timedelta(seconds=wait), error=words[:2000]
    )
    return False


def _fail(letter: Letter, words: str) -> bool:
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.FAILED, error=words[:2000])
    return False


def _doubt(letter: Letter, words: str) -> bool:
    """The server may have taken it: one more try, under the same Message-ID, then a person telephones."""
    if letter.attempts > 1:
        Letter.objects.filter(pk=letter.pk).update(state=LetterState.UNCERTAIN, error=words[:2000])
        return False
    return _retry(letter, words)
