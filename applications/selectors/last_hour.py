"""The last hour before the closing: what is left to do, and nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.content import Content
from applications.enums import Level, Rights
from applications.models import Call, Candidacy, Member, Requirement, Submission
from applications.rules import money
from applications.rules.completeness import Missing, Weight, blocking
from applications.rules.safety_net import signatory_of
from applications.selectors.dossier import Draft, place_url
from applications.selectors.review import ToDo, grouped
from applications.workflow import WITH_A_LIVE_DRAFT

BEFORE_CLOSING = timedelta(hours=1)
# What one tap promises: long enough for a board to meet or a bank to answer; another date is typed on the usual page.
_FOLLOWS_WITHIN = timedelta(days=14)


def is_near(call: Call, at: datetime) -> bool:
    """Whether this is the last hour before the closing time in force."""
    return call.closes_at - BEFORE_CLOSING <= at < call.closes_at


def is_shown(member: Member, last: Submission | None, at: datetime) -> bool:
    """Whether the dossier opens on the short page: something of it is not submitted, and this person may change it."""
    candidacy = member.candidacy
    if not is_near(candidacy.call, at) or candidacy.state not in WITH_A_LIVE_DRAFT or not member.may(Rights.EDIT):
        return False
    return last is None or candidacy.dossier.revision > last.revision


@dataclass(frozen=True)
class MayFollow:
    """A document that one tap promises, and where to join it instead, or say more."""

    label: str
    code: str
    reason: str
    promised_on: date
    url: str


@dataclass(frozen=True)
class Summary:
    """What would be sent, in six lines."""

    signatory: str
    territories: int
    cost: Decimal
    requested: Decimal
    files: int
    weight: int
    follow: int


@dataclass(frozen=True)
class LastHour:
    """Everything the page shows."""

    revision: int
    next_version: int
    last: Submission | None
    lacks: list[ToDo]
    may_follow: list[MayFollow]
    summary: Summary

    @property
    def is_complete(self) -> bool:
        """Whether the button is there."""
        return bool(self.revision) and not self.lacks and not self.may_follow


def last_hour(draft: Draft, last: Submission | None) -> LastHour:
    """Chosen from the draft, already read: no query."""
    promises = {f"piece-{wanted.code}": wanted for wanted in _to_promise(draft)}
    waiting = blocking(draft.items)
    lacks = [item for item in waiting if item.anchor not in promises]
    return LastHour(
        revision=draft.content["revision"],
        next_version=last.version + 1 if last else 1,
        last=last,
        lacks=grouped(draft.content["number"], lacks)[Weight.BLOCKING],
        may_follow=[_may_follow(draft, item, promises[item.anchor]) for item in waiting if item.anchor in promises],
        summary=_summary(draft.content),
    )


def _to_promise(draft: Draft) -> list[Requirement]:
    """A file that cannot be opened is to be replaced: no promise makes up for it."""
    joined = {said["requirement"] for said in draft.content["documents"]}
    return [
        requirement
        for requirement in draft.expected.requirements
        if draft.expected.levels[requirement.code] == Level.MAY_FOLLOW and requirement.code not in joined
    ]


def _may_follow(draft: Draft, item: Missing, wanted: Requirement) -> MayFollow:
    return MayFollow(
        label=wanted.label,
        code=wanted.code,
        reason=_("Elle n’était pas encore délivrée ou signée à la clôture."),
        promised_on=timezone.localdate(draft.at) + _FOLLOWS_WITHIN,
        url=f"{place_url(draft.content['number'], item.place)}#{item.anchor}",
    )


def _summary(content: Content) -> Summary:
    sums = money.balance(content)
    return Summary(
        signatory=signatory_of(content),
        territories=len(content["territories"]),
        cost=sums.cost,
        requested=sums.requested,
        files=len(content["documents"]),
        weight=sum(said["size"] for said in content["documents"]),
        follow=len(content["promises"]),
    )


def left_words(candidacy: Candidacy, at: datetime) -> str:
    """The time left, in words that stay true for whoever reads slowly: minutes already begun are not counted."""
    minutes = (candidacy.call.closes_at - at) // timedelta(minutes=1)
    if minutes < 1:
        return _("Il reste moins d’une minute")
    return ngettext("Il reste %(n)s minute", "Il reste %(n)s minutes", minutes) % {"n": minutes}
