"""The safety net: consented to, taken back, and cast inside the closing act."""

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from applications import letters, receipts
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record, taking_step
from applications.actions.submission import freeze_content
from applications.content import kept_content
from applications.enums import Rights, SubmissionOrigin
from applications.models import Call, Candidacy, Member, SafetyNetConsent
from applications.rules.deadline import refuse_if_late
from applications.rules.safety_net import is_sworn, signatory_of, text_of
from applications.selectors.safety_net import Held, consent_of, draft_at_closing, held_by, is_ahead, mark_of
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal import locks
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


@locks.retried
def consent(member: Member, *, shown: str, at: datetime) -> SafetyNetConsent:
    """Keep the consent of somebody who may submit, with the text they read.

    `shown` names that text (`mark_of`): when the closing time or the signatory changed since, it is read again first.
    Asking twice keeps the first. A consent that no longer holds is replaced. Raises `Refusal` after the closing time,
    without the right to submit, or while the sworn statement is not ticked.
    """
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        refuse_if_late(candidacy.call, at)
        content = kept_content(candidacy.dossier)
        if candidacy.state not in WITH_A_LIVE_DRAFT:
            raise Refusal(_("Ce dossier n’est plus modifiable."), code="not_a_draft")
        if not is_sworn(content):
            raise Refusal(
                _("Complétez d’abord l’attestation sur l’honneur : l’accord se donne au nom du signataire."),
                code="not_sworn",
            )
        text = text_of(candidacy.call, content)
        if shown != mark_of(text):
            raise Refusal(
                _("L’heure de clôture ou le signataire a changé : relisez le texte ci-dessous, puis acceptez-le."),
                code="text_changed",
            )
        given = consent_of(candidacy)
        if given and given.signatory == signatory_of(content) and given.closes_at == candidacy.call.closes_at:
            return given
        if given:
            _take_back(given, author.actor.label, at)
        made = SafetyNetConsent.objects.create(
            candidacy=candidacy,
            given_by=author,
            account=author.actor.label,
            signatory=signatory_of(content),
            text=text,
            given_at=at,
            closes_at=candidacy.call.closes_at,
        )
        # The text names the signatory, which only the dossier does: the journal is read while the dossier is sealed.
        record("consent_safety_net", candidacy, by=author.actor, at=at)
        return made


@locks.retried
def revoke(member: Member, *, at: datetime) -> None:
    """Take the consent back, until the closing time; when none stands, there is nothing to do."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        refuse_if_late(candidacy.call, at)
        drop(candidacy, by=author.actor, at=at)


def drop(candidacy: Candidacy, *, by: Actor, at: datetime) -> None:
    """Take back the consent that stands, if there is one. The caller holds the lock of the candidacy."""
    given = consent_of(candidacy)
    if given:
        _take_back(given, by.label, at)
        record("revoke_safety_net", candidacy, by=by, at=at)


def _take_back(given: SafetyNetConsent, label: str, at: datetime) -> None:
    given.revoked_at, given.revoked_by = at, label
    given.save(update_fields=["revoked_at", "revoked_by"])


def cast(call: Call, *, by: Actor, at: datetime) -> int:
    """Submit each complete draft whose consent stands and that is ahead of what was submitted; returns how many.

    Part of the closing act, before its list is written: the caller holds the exclusive side of the closing lock, so
    that no submit is in flight. An edit in flight is waited for (it holds the candidacy), and later ones are refused.
    """
    waiting = SafetyNetConsent.objects.standing().filter(candidacy__call=call, candidacy__state__in=WITH_A_LIVE_DRAFT)
    keys = list(waiting.order_by("candidacy").values_list("candidacy", flat=True))
    return sum(_cast_for(pk, call, by=by, at=at) for pk in keys)


def _cast_for(pk: int, call: Call, *, by: Actor, at: datetime) -> bool:
    candidacy = lock_candidacy(pk)
    given = consent_of(candidacy)
    if given is None or candidacy.state not in WITH_A_LIVE_DRAFT or not is_ahead(candidacy):
        return False
    giver = given.given_by
    giver.candidacy = candidacy
    with translation.override("fr"):
        draft = draft_at_closing(giver, call)
        held = held_by(draft, given)
    if held:
        _record_held(candidacy, held, by=by, at=at)
        return False
    revision = draft.content["revision"]
    said = {"revision": revision, "origin": SubmissionOrigin.SAFETY_NET.value, "consent": given.account}
    with taking_step("submit", candidacy, by=by, at=at, details=said) as moved:
        submission = freeze_content(
            moved, call, giver, draft.content, revision, call.closes_at, origin=SubmissionOrigin.SAFETY_NET
        )
        receipt = receipts.issue(submission, call, at=at)
        letters.submission_receipt(receipt, at=at)
    return True


def _record_held(candidacy: Candidacy, held: Held, *, by: Actor, at: datetime) -> None:
    """How many things were missing, not which: the team reads the journal, and never a draft."""
    record("hold_safety_net", candidacy, by=by, at=at, missing=len(held.items))
