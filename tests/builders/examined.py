"""Candidacies after the closing: frozen, admitted, eligible, assessed, shortlisted, heard."""

from datetime import datetime, timedelta
from decimal import Decimal

from applications.actions import assessment, conclusion, screening
from applications.actions.closing import close_call, settle_candidacies
from applications.enums import Role
from applications.models import Call, Candidacy, Member
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from tests.builders.calls import CLOSES
from tests.builders.candidacies import a_signalled, a_submission

AFTER = CLOSES + FREEZE_DELAY + timedelta(hours=1)


def team_of(call: Call, role: Role) -> list[User]:
    """The people of that role, in the order they joined."""
    return [member.user for member in call.team.filter(role=role).select_related("user").order_by("pk")]


def a_frozen_call(call: Call, submitted: int = 1) -> list[Candidacy]:
    """Submit so many candidacies, close the call and settle it; returns them, « à examiner »."""
    members: list[Member] = [a_signalled(call) for _ in range(submitted)]
    for member in members:
        a_submission(member)
    at = call.closes_at + FREEZE_DELAY
    close_call(call, at=at)
    settle_candidacies(call, at=at)
    return list(Candidacy.objects.filter(pk__in=[m.candidacy_id for m in members]).order_by("pk"))


def an_eligible(candidacy: Candidacy, *, at: datetime = AFTER) -> Candidacy:
    """Admit it and find it eligible."""
    (officer, *_others) = team_of(candidacy.call, Role.OFFICER)
    screening.admit(candidacy, by=officer, at=at)
    return screening.find_eligible(candidacy, by=officer, at=at)


def an_assessed(candidacy: Candidacy, *, at: datetime = AFTER) -> Candidacy:
    """Measure it against the criteria, with 4 for each."""
    an_eligible(candidacy, at=at)
    (officer, *_others) = team_of(candidacy.call, Role.OFFICER)
    marks = {criterion: Decimal(4) for criterion in candidacy.call.criteria.all()}
    return assessment.assess(candidacy, marks, opinion="Un projet solide.", by=officer, at=at).candidacy


def a_shortlisted(candidacy: Candidacy, *, at: datetime = AFTER) -> Candidacy:
    """Take it to the shortlist."""
    an_assessed(candidacy, at=at)
    return assessment.shortlist(candidacy, by=team_of(candidacy.call, Role.MANAGER)[0], at=at)


def a_heard(candidacy: Candidacy, *, at: datetime = AFTER) -> Candidacy:
    """Take it past its hearing."""
    a_shortlisted(candidacy, at=at)
    return conclusion.mark_heard(candidacy, by=Actor.machine("audition"), at=at)
