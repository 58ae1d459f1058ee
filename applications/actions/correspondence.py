"""What the team does with the letters of a candidacy."""

from datetime import datetime

from django.db import transaction

from applications.actions.steps import lock_candidacy, record
from applications.models import CandidacyLetter
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter
from hubs_portal.letters.resending import resend


def resend_letter(link: CandidacyLetter, *, by: User, at: datetime) -> None:
    """Send a letter of a candidacy again, and write who asked. Raises `Refusal` when it cannot be."""
    with transaction.atomic():
        candidacy = lock_candidacy(link.candidacy_id)
        letter = Letter.objects.select_for_update(of=("self",)).get(pk=link.letter_id)
        resend(letter)
        record("resend_letter", candidacy, by=Actor.person(by), at=at, kind=letter.kind, address=letter.address)
