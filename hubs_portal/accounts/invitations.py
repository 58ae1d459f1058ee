"""Open an account for somebody who has to work here, and tell them by letter."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from hubs_portal.accounts.models import User
from hubs_portal.letters.compose import Addressee, write_letter


def open_account(email: str, *, at: datetime, **fields: Any) -> User:
    """A new account without a password, and the letter that says how its holder chooses one."""
    with transaction.atomic():
        user = User.objects.create_user(email, **fields)
        write_letter(
            "account_invitation",
            to=Addressee(user.email, user.name, user.language, user),
            subject_key=f"user:{user.pk}",
            at=at,
            context={"link": settings.PUBLIC_URL + reverse("account_reset_password")},
        )
    return user
