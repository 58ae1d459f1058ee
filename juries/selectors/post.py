"""The jurors' letters in the ledger of the team: closed to observers, and to whoever stays out of what they name."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.selectors.ledger import About, Post, Roles, Shelf
from hubs_portal.accounts.models import User
from juries.models import JuryLetter, Recusal
from juries.models.jury import jurors_drawer


def _opens(user: User, roles: Roles, _at: datetime) -> Shelf:
    """Those who work for the call know of every recusal. An observer knows of none: of a panel of five, four convened,
    or « 3 dossiers » where four were given, would tell. That a jury has deliberated is for managers alone.
    """
    works = [call for call, role in roles.items() if role in (Role.OFFICER, Role.MANAGER)]
    mine = Recusal.objects.filter(seat__user=user.pk).order_by().values("candidacy")
    hidden = Q(pk__in=JuryLetter.objects.filter(candidacy__in=mine).values("letter"))
    officers = [jurors_drawer(call) for call in works if roles[call] == Role.OFFICER]
    hidden |= Q(kind="second_signature", drawer__in=officers)
    return Shelf({call: jurors_drawer(call) for call in works}, hidden)


def _about(link: JuryLetter) -> About:
    return About(link.jury.call, link.candidacy, link.candidacy.number if link.candidacy else link.jury.name)


def _reads(_link: Any, _user: User, _at: datetime) -> bool:
    """Whoever finds it: a juror's letter says nothing of a dossier, of a mark nor of a decision."""
    return True


TO_JURORS = Post(
    code="jury",
    label=_("aux jurés"),
    link="of_jury",
    joins=("jury__call", "candidacy__call"),
    opens=_opens,
    about=_about,
    reads=_reads,
)
