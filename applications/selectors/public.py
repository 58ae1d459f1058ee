"""What anyone may read about the calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from applications.enums import CallState, LegalForm, Level, Section
from applications.models import Call, Requirement, RequirementRule

_PARIS = ZoneInfo("Europe/Paris")
_RELEASED = (CallState.RELEASED, CallState.ARCHIVED)


@dataclass(frozen=True)
class Calls:
    """Every public call at one instant, those that close first, open first or closed last coming first."""

    open: list[Call]
    upcoming: list[Call]
    examined: list[Call]
    released: list[Call]


def calls_at(at: datetime) -> Calls:
    """The calls a visitor may read about: one query."""
    calls = list(Call.objects.public())
    closed = sorted((call for call in calls if at >= call.closes_at), key=lambda call: call.closes_at, reverse=True)
    return Calls(
        open=sorted((call for call in calls if call.takes_candidacies(at)), key=lambda call: call.closes_at),
        upcoming=sorted((call for call in calls if at < call.opens_at), key=lambda call: call.opens_at),
        examined=[call for call in closed if call.state not in _RELEASED],
        released=[call for call in closed if call.state in _RELEASED],
    )


def contact_of(call: Call) -> dict[str, str]:
    """How to reach the service of a call, as the header and the help of every page expect it."""
    return {
        "phone": call.service_phone,
        "service_name": call.service_name,
        "service_email": call.service_email,
        "opening_hours": call.service_hours,
    }


@dataclass(frozen=True)
class Asked:
    """A requirement, and how much it binds one legal form."""

    requirement: Requirement
    rule: RequirementRule

    @property
    def level(self) -> Level:
        """The level, whose label is the word shown."""
        return Level(self.rule.level)

    @property
    def where(self) -> str:
        """The section of the dossier that fulfils it; empty for a file to join."""
        return str(Section(self.requirement.section).label) if self.requirement.section else ""


def asked_of(call: Call, form: LegalForm) -> list[Asked]:
    """What the call asks of one legal form, in its order, on the closing day: one query."""
    closing_day = call.closes_at.astimezone(_PARIS).date()
    rules: Iterable[RequirementRule] = (
        RequirementRule.objects.filter(requirement__call=call, legal_form=form)
        .select_related("requirement")
        .order_by("requirement__position", "requirement__pk")
    )
    return [
        Asked(rule.requirement, rule)
        for rule in rules
        if not rule.requirement.valid_from or rule.requirement.valid_from <= closing_day
    ]
