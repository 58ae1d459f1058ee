"""Send a letter again because a person asked for it."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from hubs_portal.letters.models import Letter, LetterState, new_message_id
from hubs_portal.nudge import nudge
from hubs_portal.refusals import Refusal

_ON_ITS_WAY = (LetterState.QUEUED, LetterState.SENDING)


def resend(letter: Letter) -> None:
    """Put a letter back to « à envoyer », as it was written; the caller holds a transaction and writes who asked.

    A letter that left gets a new Message-ID, or its reader's server would take it for a repetition; one that perhaps
    left keeps its own, for the same reason. Raises `Refusal` for a letter that is about to leave, or whose personal
    link was blanked after sending.
    """
    if letter.state in _ON_ITS_WAY:
        raise Refusal(_("Cette lettre est déjà sur le départ."), code="on_its_way")
    if letter.secret and letter.sent_at is not None:
        raise Refusal(
            _("Cette lettre contenait un lien personnel, effacé depuis : la personne doit en demander une autre."),
            code="blanked",
        )
    if letter.state == LetterState.SENT:
        letter.message_id = new_message_id()
    letter.state, letter.attempts, letter.due_at, letter.error = LetterState.QUEUED, 0, datetime.now(UTC), ""
    letter.save(update_fields=["state", "attempts", "due_at", "error", "message_id"])
    nudge("hubs_portal.letters.sweep")
