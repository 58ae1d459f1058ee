"""Join a jury from the letter: the account opened with the invitation is given its password."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal
from juries.actions.constitution import accept_invitation
from juries.actions.steps import lock_jury
from juries.models import Seat


def accept_anew(seat: Seat, *, name: str, password: str, at: datetime) -> Seat:
    """Choose the password of an account that never had one, and accept the seat.

    Raises `Refusal` when it has one: a letter never lets anybody in who could sign in.
    """
    with transaction.atomic():
        lock_jury(seat.jury_id)
        user = User.objects.select_for_update().get(pk=seat.user_id)
        if user.has_usable_password() or not user.is_active:
            raise Refusal(_("Un compte existe déjà pour cette adresse : connectez-vous."), code="account_exists")
        user.name = name.strip()
        user.set_password(password)
        user.save(update_fields=["name", "password"])
        return accept_invitation(seat, at=at)
