"""Send a letter again because a person asked for it."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from hubs_portal.letters.models import Letter, LetterState, new_message_id
from hubs_portal.nudge import nudge
from hubs_portal.refusals import Refusal, Sentence

_ON_ITS_WAY = (LetterState.QUEUED, LetterState.SENDING)


def why_not(letter: Letter) -> Sentence:
    """Why this letter cannot be sent again now; empty when it can."""
    if letter.state in _ON_ITS_WAY:
        return _("Cette lettre est déjà sur le départ.")
    if letter.state == LetterState.RETRYING:
        return _("Cette lettre repart d’elle-même : un nouvel essai est prévu.")
    if letter.secret and letter.sent_at is not None:
        return _("Cette lettre portait un lien personnel, effacé depuis : la personne doit en demander une autre.")
    return ""


def version(letter: Letter) -> str:
    """Which wait of the letter a page shows: two clicks on one page are one resend, even when the first has left."""
    return letter.queued_at.isoformat()


def resend(letter: Letter, *, seen: str = "") -> bool:
    """Put a letter back to « à envoyer », as it was written; whether this changed anything.

    The caller holds a transaction and the row, and writes who asked. `seen` is the `version` that whoever asks was
    shown: asked again about the same one, nothing happens. A letter that left gets a new Message-ID, or its reader's
    server would take it for a repetition; one that perhaps left keeps its own, for the same reason. Raises `Refusal`
    for a letter that is about to leave, or whose personal link was blanked after sending.
    """
    if seen and seen != version(letter):
        return False
    if reason := why_not(letter):
        raise Refusal(reason, code="blanked" if letter.secret and letter.sent_at else "on_its_way")
    if letter.state == LetterState.SENT:
        letter.message_id = new_message_id()
    letter.state, letter.attempts, letter.doubts, letter.error = LetterState.QUEUED, 0, 0, ""
    letter.queued_at = letter.due_at = datetime.now(UTC)
    letter.claimed_at = letter.handed_at = None
    letter.save(
        update_fields=[
            "state",
            "attempts",
            "doubts",
            "error",
            "queued_at",
            "due_at",
            "claimed_at",
            "handed_at",
            "message_id",
        ]
    )
    nudge("hubs_portal.letters.sweep")
    return True
