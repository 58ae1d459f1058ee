"""Before the play: the call, its team, and the accounts everybody will use."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password

from applications.actions.publication import publish_call
from applications.enums import Role
from applications.loading import call_file, load_call, load_territories
from applications.models import Call, TeamMember, Territory
from applications.rehearsal.cast import Player
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.rehearsal.timeline import PASSWORD

SLUG = "hubs-france-connectee"
# Name, address, role and capacity of the invented team.
TEAM = (
    ("Sophie Marchal", "sophie.marchal@equipe.example", Role.MANAGER, "Responsable de l’appel à projets"),
    ("Laurent Perrin", "laurent.perrin@equipe.example", Role.MANAGER, "Responsable adjoint de l’appel à projets"),
    ("Nadia Benali", "nadia.benali@equipe.example", Role.OFFICER, "Chargée d’instruction"),
    ("Julien Costa", "julien.costa@equipe.example", Role.OFFICER, "Chargé d’instruction"),
)
_LOADER = Actor.machine("mise en place de l’appel")


def the_call() -> Call:
    """The call of the rehearsal."""
    return Call.objects.get(slug=SLUG)


def teammate(rank: int) -> User:
    """A member of the team, by their rank in it."""
    return User.objects.get(email=TEAM[rank][1])


def officer() -> User:
    """Who types in the candidacies that come by e-mail."""
    return teammate(2)


def prepare(cast: Iterable[Player], at: datetime, *, with_kit: bool) -> None:
    """Territories, call, team and accounts; the one password is hashed once, a hundred times would take a minute."""
    if not Territory.objects.exists():
        load_territories()
    call, _created = load_call(call_file(SLUG), at=at, by=_LOADER, with_kit=with_kit)
    password = make_password(PASSWORD)
    people = [(name, email, True) for name, email, _role, _capacity in TEAM]
    for player in cast:
        people.append((player.contact, player.email, False))
        if player.colleague:
            people.append((*player.colleague, False))
    User.objects.bulk_create(
        User(email=email, name=name, is_staff=staff, password=password, created_at=at) for name, email, staff in people
    )
    accounts = User.objects.in_bulk([email for _name, email, _role, _capacity in TEAM], field_name="email")
    for _name, email, role, capacity in TEAM:
        TeamMember.objects.create(call=call, user=accounts[email], role=role, capacity=capacity)


def publish(at: datetime) -> None:
    """The first manager publishes the call."""
    publish_call(the_call(), by=Actor.person(teammate(0)), at=at)
