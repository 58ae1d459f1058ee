"""Hand a message to the mail server and learn exactly how far it went.

Django's own backend opens the connection (TLS, authentication); the conversation that follows is ours, because what
became of a letter depends on where it broke: before the server asked for the message, nobody has it; after that, and
without an answer, nobody knows.
"""

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.utils.encoding import punycode

# The whole of a message and the server's last word must come within this; a claim lasts a little longer.
HANDING = timedelta(seconds=40)
# A server may refuse the hundred and first message of a connection; opening another is cheap.
_ENOUGH = 100
_LATER = 400
_NEVER = 500


class CarrierError(Exception):
    """What kept a letter from leaving, in the server's words."""


class OutOfReach(CarrierError):
    """The server cannot be reached, or refuses to talk to us at all: no letter is at fault, they all wait."""


class Postponed(CarrierError):
    """Not now: a temporary error about this letter, which nobody has."""


class Refused(CarrierError):
    """Never: a permanent error about this letter."""


class Doubtful(CarrierError):
    """The server was given the message and did not say whether it keeps it."""


class Carrier:
    """A connection to whoever carries the mail, opened when first needed and kept for the letters that follow."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._open = False
        self._carried = 0

    def open(self) -> None:
        """Be ready to carry. Raises `OutOfReach`."""
        if self._open and self._carried < _ENOUGH:
            return
        self.close()
        self._backend = get_connection()
        try:
            self._backend.open()
        except OSError as error:  # and every SMTPException is one
            with suppress(OSError):
                self._backend.close()
            raise OutOfReach(_words(error)) from error
        self._open = True

    def close(self) -> None:
        """Take leave; a server that is gone already is left alone."""
        if self._open:
            with suppress(OSError):
                self._backend.close()
            self._hang_up()
        self._open, self._carried = False, 0

    def _hang_up(self) -> None:
        """Free what a refused or broken conversation leaves open."""
        server = getattr(self._backend, "connection", None)
        if isinstance(server, smtplib.SMTP):
            server.close()

    def carry(self, message: EmailMessage, *, handing: Callable[[], None]) -> None:
        """Hand one message over; `handing` is called just before it, and may still raise to keep it back.

        Raises `Postponed`, `Refused` or `Doubtful`; whatever is raised, the next letter finds a good connection.
        """
        try:
            if isinstance(self._backend, EmailBackend):
                self._converse(self._backend, message, handing)
            else:
                self._deposit(message, handing)
        except BaseException:
            self._hang_up()
            self._open = False
            raise
        self._carried += 1

    def _deposit(self, message: EmailMessage, handing: Callable[[], None]) -> None:
        """A backend that talks to nobody: a folder, a screen, a list in memory."""
        handing()
        try:
            self._backend.send_messages([message])
        except OSError as error:
            raise Postponed(_words(error)) from error

    def _converse(self, backend: EmailBackend, message: EmailMessage, handing: Callable[[], None]) -> None:
        server = backend.connection
        assert isinstance(server, smtplib.SMTP), "open() was called"
        payload = message.message().as_bytes(linesep="\r\n")
        try:
            server.ehlo_or_helo_if_needed()
            options = [f"size={len(payload)}"] if server.has_extn("size") else []
            options += ["body=8bitmime"] if server.has_extn("8bitmime") else []
            _expect(server.mail(_envelope(message.from_email), options), 250)
            for address in message.recipients():
                _expect(server.rcpt(_envelope(address)), 250, 251)
            _expect(server.docmd("DATA"), 354)
        except OSError as error:
            raise Postponed(_words(error)) from error
        handing()
        try:
            if server.sock:
                server.sock.settimeout(HANDING.total_seconds() / 2)  # once to be sent, once to be answered
            server.send(_dotted(payload))
            answer = server.getreply()
        except OSError as error:
            raise Doubtful(_words(error)) from error
        _expect(answer, 250)
        if server.sock:
            server.sock.settimeout(settings.EMAIL_TIMEOUT)


def _envelope(address: str) -> str:
    """The address as SMTP spells it, « société.fr » in the letters of machines; the headers are Django's to encode."""
    local, _at, domain = parseaddr(address)[1].rpartition("@")
    return f"{local}@{punycode(domain)}"


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    code, words = answer
    if code in wanted:
        return
    said = f"{code} {words.decode(errors='replace')}"
    if _LATER <= code < _NEVER:
        raise Postponed(said)
    raise Refused(said)


def _dotted(payload: bytes) -> bytes:
    """The message as SMTP wants it: a line that begins with a dot has two, a dot alone ends it (RFC 5321, 4.5.2)."""
    doubled = re.sub(rb"(?m)^\.", b"..", payload)
    return doubled + (b"" if doubled.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    return f"{type(error).__name__}: {error}"
