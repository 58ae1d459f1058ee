"""Measure eligible candidacies against the published criteria, and choose those the jury hears."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.steps import taking_step
from applications.enums import Role
from applications.models import Assessment, AssessmentScore, Candidacy, Criterion
from applications.rules.grid import refuse_unmarked
from applications.rules.team import refuse_unless, refuse_unless_examining
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def assess(
    candidacy: Candidacy, marks: Mapping[Criterion, Decimal], *, opinion: str = "", by: User, at: datetime
) -> Assessment:
    """Write the marks of every criterion (0 to 5, half points). Raises `Refusal` naming the criteria without a mark."""
    refuse_unless_examining(candidacy.call, by, at)
    refuse_unmarked(list(candidacy.call.criteria.all()), marks)
    with taking_step("assess", candidacy, by=Actor.person(by), at=at, note=opinion) as assessed:
        assessment = Assessment.objects.create(candidacy=assessed, opinion=opinion, assessed_by=by, assessed_at=at)
        AssessmentScore.objects.bulk_create(
            AssessmentScore(assessment=assessment, criterion=criterion, value=value)
            for criterion, value in marks.items()
        )
    return assessment


def shortlist(candidacy: Candidacy, *, by: User, at: datetime, note: str = "") -> Candidacy:
    """Choose the candidacy for a hearing; its convocation is the letter that will say so."""
    refuse_unless(candidacy.call, by, Role.MANAGER)
    with taking_step("shortlist", candidacy, by=Actor.person(by), at=at, note=note) as chosen:
        return chosen


def set_aside(candidacy: Candidacy, *, reason: str, by: User, at: datetime) -> Candidacy:
    """Do not hear the candidacy; the candidate has the reason by letter."""
    refuse_unless(candidacy.call, by, Role.MANAGER)
    if not reason.strip():
        raise Refusal(_("Écrivez le motif : il figure dans la lettre au candidat."), code="no_reason")
    with (
        transaction.atomic(),
        taking_step("set_aside", candidacy, by=Actor.person(by), at=at, note=reason) as kept_out,
    ):
        letters.not_shortlisted(kept_out, reason=reason.strip(), at=at)
        return kept_out
