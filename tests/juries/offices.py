"""The people and pages of the office's tests about juries."""

from typing import Any

from django.urls import reverse

from applications.enums import Role
from hubs_portal.accounts.models import User
from juries.models import Jury
from tests import builders
from tests.builders.examined import team_of

AT = builders.JURY_TIME


def page(name: str, *args: object) -> str:
    return reverse(f"admin:juries_jury_{name}", args=args)


def sentences(response: Any) -> str:
    return str(response.content.decode())


class Office:
    """A jury with its chair and two readers in a panel of two candidacies, and the team of its call."""

    def __init__(self, candidacies: int = 2, **fields: Any) -> None:
        self.call = builders.a_call()
        self.candidacies = builders.some_shortlisted(self.call, candidacies)
        self.jury: Jury = builders.a_jury(self.call, **fields)
        self.chair = builders.a_chair(self.jury)
        self.seats = [builders.a_juror(self.jury) for _ in range(2)]
        self.panel = builders.a_panel(self.jury, [self.chair, *self.seats], self.candidacies)
        self.manager, self.colleague = team_of(self.call, Role.MANAGER)
        (self.officer,) = team_of(self.call, Role.OFFICER)
        self.observer = builders.a_user(is_staff=True)
        self.call.team.create(user=self.observer, role=Role.OBSERVER)
        self.first = self.candidacies[0]

    def url(self, name: str, *args: object) -> str:
        return page(name, self.jury.pk, *args)

    def everybody(self) -> dict[str, User]:
        other = builders.an_officer(builders.a_call())
        superuser = builders.a_user(is_staff=True, is_superuser=True)
        return {
            "manager": self.manager,
            "officer": self.officer,
            "observer": self.observer,
            "other": other,
            "superuser": superuser,
        }
