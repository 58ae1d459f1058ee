"""The letters to the team and to partners in the ledger: whose they are, and what may be opened."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import CallLetter, CommitmentRequest
from applications.models.correspondence import partners_drawer, team_drawer
from applications.selectors.ledger import About, Post, Roles, Shelf
from hubs_portal.accounts.models import User


def _to_team(user: User, roles: Roles, _at: datetime) -> Shelf:
    """One's own; managers know besides of those that name no candidacy, so that a colleague's address be mended.

    A letter that names a candidacy tells of what happens to it, which whoever stays out of it must not learn.
    """
    drawers = {call: team_drawer(call) for call in roles}
    others = CallLetter.objects.filter(call__in=list(roles)).exclude(letter__recipient=user.pk)
    managed = [call for call, role in roles.items() if role == Role.MANAGER]
    secret = others.exclude(call__in=managed, candidacy__isnull=True)
    return Shelf(drawers, Q(pk__in=secret.values("letter")))


def _about_call(link: CallLetter) -> About:
    return About(link.call, link.candidacy, link.candidacy.number if link.candidacy else link.call.title)


def _is_addressee(link: CallLetter, user: User, _at: datetime) -> bool:
    return link.letter.recipient_id == user.pk


def _to_partners(_user: User, roles: Roles, at: datetime) -> Shelf:
    """From the closing time on: the partners of a dossier are sealed with it."""
    drawers = {call: partners_drawer(call) for call in roles}
    sealed = CommitmentRequest.objects.filter(candidacy__call__in=list(roles), candidacy__call__closes_at__gt=at)
    return Shelf(drawers, Q(pk__in=sealed.values("letter")))


def _about_request(link: CommitmentRequest) -> About:
    return About(link.candidacy.call, link.candidacy, link.candidacy.number)


def _reads_request(_link: Any, _user: User, _at: datetime) -> bool:
    """Whoever finds it."""
    return True


POSTS = (
    Post(
        code="team",
        label=_("à l’équipe"),
        link="of_call",
        joins=("call", "candidacy__call"),
        opens=_to_team,
        about=_about_call,
        reads=_is_addressee,
    ),
    Post(
        code="partners",
        label=_("aux partenaires"),
        link="of_commitment_request",
        joins=("candidacy__call", "candidacy__organisation"),
        opens=_to_partners,
        about=_about_request,
        reads=_reads_request,
    ),
)
