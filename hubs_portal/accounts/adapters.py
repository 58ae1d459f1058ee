"""How allauth behaves here: its letters go through the ledger, and accounts come from letters, never from a form."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from hubs_portal import clock
from hubs_portal.letters.compose import Addressee, write_letter

# The letters of allauth we let out, and the names the ledger gives them.
_KINDS = {"account/email/password_reset_key": "password_reset"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """An account is opened from a letter (signalling, invitation, team, jury): nobody registers from nowhere."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see the class."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter into the ledger; its link is personal and is blanked once it has left."""
        user = context.get("user")
        language = user.language if user else "fr"
        write_letter(
            _KINDS[template_prefix],
            to=Addressee(email, getattr(user, "name", ""), language, user),
            subject_key=f"user:{user.pk}" if user else "user:",
            occurrence=str(uuid4()),
            at=clock.now(),
            context={"link": context.get("password_reset_url", "")},
            secret=True,
        )
