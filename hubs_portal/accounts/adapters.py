"""How allauth behaves here: its letters go through the ledger, and accounts come from letters, never from a form."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from hubs_portal import clock
from hubs_portal.accounts.models import User
from hubs_portal.letters.compose import Addressee, write_letter

# The letters of allauth we let out, and the names the ledger gives them. What happens to a password is told to its
# holder; everything else allauth could write has no cause here: no sign-up, no change of address, no code.
_KINDS = {
    "account/email/password_reset_key": "password_reset",
    "account/email/password_changed": "password_changed",
    "account/email/password_reset": "password_changed",
    "account/email/password_set": "password_changed",
}
_WITH_A_LINK = {"password_reset"}


class UnknownLetter(Exception):
    """The accounts library wants to write something that has no place in the ledger: a setting opened a new path."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth ships no types
    """An account is opened from a letter (signalling, invitation, team, jury): nobody registers from nowhere."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see the class."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the letter into the ledger; a link is personal and is blanked once it has left.

        To the address of the account, not to the one that was typed: two spellings may look alike to a database.
        """
        if template_prefix not in _KINDS:
            raise UnknownLetter(template_prefix)
        user: User = context["user"]
        kind = _KINDS[template_prefix]
        write_letter(
            kind,
            to=Addressee(user.email, user.name, user.language, user),
            subject_key=f"user:{user.pk}",
            occurrence=str(uuid4()),
            at=clock.now(),
            context={
                "link": context.get("password_reset_url", settings.PUBLIC_URL + reverse("account_reset_password"))
            },
            secret=kind in _WITH_A_LINK,
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the holder of an account that its password changed, whoever changed it."""
        self.send_mail(template_prefix, user.email, {**(context or {}), "user": user})
