"""A state machine one can read as a table: (step, from, to, notified by)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Refusal

S = TypeVar("S", bound=str)


@dataclass(frozen=True)
class Step(Generic[S]):
    """One row of the table; `notified_by` is the kind of the letter that tells the person concerned, if any."""

    name: str
    sources: frozenset[S]
    target: S
    notified_by: str | None = None


class StepRefused(Refusal):
    """The thing is not in a state from which this step may be taken."""


class Workflow(Generic[S]):
    """The rows of one life, and the two questions asked of them."""

    def __init__(self, *rows: tuple[str, Collection[S], S, str | None]) -> None:
        self.steps = {name: Step(name, frozenset(sources), target, letter) for name, sources, target, letter in rows}
        if len(self.steps) != len(rows):
            raise ValueError("a step is written twice in the table")

    def __iter__(self) -> Iterator[Step[S]]:
        return iter(self.steps.values())

    def may(self, name: str, state: S) -> bool:
        """Whether `name` may follow `state`."""
        return state in self.steps[name].sources

    def step(self, name: str, state: S) -> Step[S]:
        """The row of `name`; raises `StepRefused` when it may not follow `state`."""
        step = self.steps[name]
        if state not in step.sources:
            label = getattr(state, "label", state)
            raise StepRefused(
                _("Cette étape n’est pas possible dans l’état actuel (« %(state)s »). Rechargez la page.")
                % {"state": label},
                code="wrong_state",
            )
        return step
