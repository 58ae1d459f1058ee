"""Withdraw a candidacy, and take it up again, until the closing time."""

from datetime import datetime

from django.db import transaction

from applications import letters
from applications.actions.drafting import keep_revision
from applications.actions.membership import still
from applications.actions.safety_net import drop
from applications.actions.steps import lock_candidacy, taking_step
from applications.enums import Rights
from applications.models import Candidacy, Member
from applications.rules.deadline import refuse_if_late


def withdraw(member: Member, *, at: datetime, reason: str = "") -> Candidacy:
    """Withdraw the candidacy: no version of it will be examined. Nothing is erased, and it may be taken up again."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        refuse_if_late(candidacy.call, at)
        # Taken up again later, it must not be submitted on a consent given before.
        drop(candidacy, by=author.actor, at=at)
        with taking_step("withdraw", candidacy, by=author.actor, at=at, note=reason) as withdrawn:
            letters.withdrawal_receipt(withdrawn, at=at)
        return withdrawn


def resume(member: Member, *, at: datetime) -> Candidacy:
    """Take a withdrawn candidacy up again, as a draft: it must be submitted anew to be examined."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        refuse_if_late(candidacy.call, at)
        with taking_step("resume", candidacy, by=author.actor, at=at) as resumed:
            keep_revision(resumed.dossier, section="", by=author.name, at=at)
            letters.resumption_receipt(resumed, at=at)
        return resumed
