"""Follow an award up: the agreement sent, sent again when it was wrong, signed, and its financial report received."""

from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import agreement_letters as letters
from applications.actions.steps import lock_candidacy, record
from applications.enums import AgreementState, CallState, CandidacyState, Role
from applications.models import Agreement, Candidacy
from applications.rules.enclosures import TOO_LARGE
from applications.rules.team import refuse_unless
from applications.workflow import AGREEMENT
from hubs_portal import inspection, locks, scanning
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.files import StoredFile, safe_name, store
from hubs_portal.letters.compose import LARGEST
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import PARIS

_AFTER_THE_RELEASE = (CallState.RELEASED, CallState.ARCHIVED)


@locks.retried
def send_agreement(
    candidacy: Candidacy,
    file: File,  # type: ignore[type-arg]
    *,
    name: str,
    schedule: str,
    return_by: date,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> Agreement:
    """Send the agreement, a PDF, to those who sign it: the amount is the award's, `schedule` says when it is paid.

    Done again before the signature, the new one takes the place of the one that was wrong, and leaves by a new letter.
    `seen` is how many sendings the page showed: two clicks on one page are one, and what a colleague sent meanwhile is
    read first.
    """
    if not schedule.strip():
        raise Refusal(_("Écrivez l’échéancier des versements."), code="no_schedule")
    if return_by <= _day(at):
        raise Refusal(_("La date de retour doit être à venir."), code="past")
    _refuse_unreadable(file, name)
    stored = store(file)
    with transaction.atomic():
        locked = _locked(candidacy, by)
        if locked.state != CandidacyState.AWARDED or locked.call.state not in _AFTER_THE_RELEASE:
            raise Refusal(_("Une convention suit la publication d’une candidature lauréate."), code="not_awarded")
        known = Agreement.objects.select_for_update(of=("self",)).filter(candidacy=locked).first()
        if known is not None:
            AGREEMENT.step("send_agreement", AgreementState(known.state))
            if seen is not None and seen != known.sendings:
                return _same(known, stored, schedule.strip(), return_by)
        agreement = known or Agreement(candidacy=locked, sendings=0)
        assert locked.award.amount is not None, "an award has an amount"
        agreement.candidacy, agreement.amount = locked, locked.award.amount
        agreement.schedule, agreement.return_by = schedule.strip(), return_by
        agreement.stored, agreement.name = stored, safe_name(name)
        agreement.sent_by, agreement.sent_at, agreement.sendings = by, at, agreement.sendings + 1
        agreement.save()
        scanning.ask(stored)
        said: dict[str, Any] = {"amount": agreement.amount, "return_by": return_by, "sha256": stored.digest}
        record("send_agreement", locked, by=Actor.person(by), at=at, **said)
        letters.agreement_to_sign(agreement, at=at)
    return agreement


@locks.retried
def record_agreement_signed(
    agreement: Agreement, *, signed_on: date, report_due_on: date, by: User, at: datetime
) -> Agreement:
    """The agreement came back signed by everybody; the structure is told, and when its financial report is due."""
    with transaction.atomic():
        agreement = _locked_agreement(agreement, by)
        row = AGREEMENT.step("record_agreement_signed", AgreementState(agreement.state))
        if not _day(agreement.sent_at) <= signed_on <= _day(at):
            raise Refusal(
                _("Une convention se signe après son envoi, et au plus tard aujourd’hui."), code="impossible_day"
            )
        if report_due_on <= max(signed_on, _day(at)):
            raise Refusal(_("La date du compte rendu financier doit être à venir."), code="past")
        agreement.state, agreement.signed_on, agreement.report_due_on = row.target, signed_on, report_due_on
        agreement.save(update_fields=["state", "signed_on", "report_due_on"])
        said: dict[str, Any] = {"signed_on": signed_on, "report_due_on": report_due_on}
        record("record_agreement_signed", agreement.candidacy, by=Actor.person(by), at=at, **said)
        letters.agreement_signed(agreement, at=at)
    return agreement


@locks.retried
def record_report_received(agreement: Agreement, *, received_on: date, by: User, at: datetime) -> Agreement:
    """The financial report came: nobody is reminded of it any more. No letter leaves."""
    with transaction.atomic():
        agreement = _locked_agreement(agreement, by)
        row = AGREEMENT.step("record_report_received", AgreementState(agreement.state))
        if agreement.signed_on is None or not agreement.signed_on <= received_on <= _day(at):
            raise Refusal(
                _("Un compte rendu arrive après la signature, et au plus tard aujourd’hui."), code="impossible_day"
            )
        agreement.state, agreement.report_received_on = row.target, received_on
        agreement.save(update_fields=["state", "report_received_on"])
        record("record_report_received", agreement.candidacy, by=Actor.person(by), at=at, received_on=received_on)
    return agreement


def _same(sent: Agreement, stored: StoredFile, schedule: str, return_by: date) -> Agreement:
    if (sent.stored_id, sent.schedule, sent.return_by) != (stored.pk, schedule, return_by):
        raise Refusal(
            _("Une convention vient de partir : relisez-la avant d’en envoyer une autre."), code="sent_meanwhile"
        )
    return sent


def _locked(candidacy: Candidacy, by: User) -> Candidacy:
    locked = lock_candidacy(candidacy.pk)
    refuse_unless(locked.call, by, Role.OFFICER, Role.MANAGER)
    return locked


def _locked_agreement(agreement: Agreement, by: User) -> Agreement:
    candidacy = _locked(agreement.candidacy, by)
    locked = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    locked.candidacy = candidacy
    return locked


def _refuse_unreadable(file: File, name: str) -> None:  # type: ignore[type-arg]
    if inspection.extension(name) != "pdf":
        raise Refusal(_("La convention est un fichier PDF."), code="not_a_pdf")
    if file.size > LARGEST:
        raise Refusal(TOO_LARGE, code="too_large")
    if sentence := inspection.contradiction(file, name):
        raise Refusal(sentence, code="wrong_content")
    finding = inspection.inspect_open(file, name)
    if not finding.readable:
        raise Refusal(inspection.SENTENCES[finding.code], code="unreadable")


def _day(at: datetime) -> date:
    return timezone.localdate(at, PARIS)
