"""A jury at work, and its members in front of their pages."""

from typing import Any

from django.urls import reverse

from applications.models import Candidacy
from juries.models import Panel, Seat
from tests.builders.browsers import TimedClient
from tests.builders.calls import a_call
from tests.builders.juries import JURY_TIME, a_chair, a_juror, a_jury, a_panel, some_shortlisted, the_manager


class JuryAtWork:
    """A chair, a panel of `jurors` readers on `candidacies`, and a juror of another panel with a candidacy apart."""

    def __init__(self, candidacies: int = 2, jurors: int = 2) -> None:
        self.call = a_call()
        *self.candidacies, self.elsewhere = some_shortlisted(self.call, candidacies + 1)
        self.jury = a_jury(self.call)
        self.manager = the_manager(self.jury)
        self.chair = a_chair(self.jury)
        self.seats = [a_juror(self.jury) for _ in range(jurors)]
        self.panel: Panel = a_panel(self.jury, self.seats, self.candidacies)
        self.stranger = a_juror(self.jury)
        self.second_panel: Panel = a_panel(self.jury, [self.stranger], [self.elsewhere])

    @property
    def mine(self) -> Candidacy:
        """The first candidacy of the panel."""
        return self.candidacies[0]


def as_juror(client: TimedClient, seat: Seat) -> TimedClient:
    """The same browser with this juror signed in, at the time juries work."""
    client.force_login(seat.user)
    return client.at(JURY_TIME)


def page(name: str, *args: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args)


_SMALL_GRID = ("territory", "network", "economy")


def sheet_as_typed(marks: str, **more: str) -> dict[str, str]:
    """What the browser posts for « 4 3,5 - »: a mark for each criterion of the small call, « - » for none."""
    pairs = zip(_SMALL_GRID, marks.split(), strict=True)
    typed = {f"mark-{code}": "" if mark == "-" else mark for code, mark in pairs}
    return {"stage": "before", "seen": "", "page": "", "opinion": "", **typed, **more}
