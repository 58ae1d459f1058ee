"""What members of the team of a call may do."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Call
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal


def refuse_unless(call: Call, user: User, *roles: Role) -> None:
    """Raise unless the person has one of these roles on this call; being superuser is none of them."""
    if not call.team.filter(user=user, role__in=roles).exists():
        names = ", ".join(str(role.label) for role in roles)
        raise Refusal(
            _("Ce geste revient à l’équipe de l’appel (%(roles)s).") % {"roles": names}, code="not_on_the_team"
        )


def refuse_unless_examining(call: Call, user: User, at: datetime) -> None:
    """Raise unless the person examines candidacies of this call, and its list of submissions is frozen."""
    refuse_unless(call, user, Role.OFFICER, Role.MANAGER)
    if call.frozen_at is None or at < call.closes_at:
        raise Refusal(_("Les dossiers sont scellés jusqu’à la clôture."), code="sealed")
