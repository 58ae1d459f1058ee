"""The letters that follow an award: the agreement to sign, signed, and the financial report it expects."""

from datetime import datetime

from applications.letters import to_readers
from applications.models import Agreement
from hubs_portal.letters.compose import Enclosure


def agreement_to_sign(agreement: Agreement, *, at: datetime) -> None:
    """20. The agreement, joined, when its money comes, and until when it is to be returned signed."""
    joined = Enclosure(agreement.name, agreement.stored.media_type, stored=agreement.stored)
    to_readers(
        "agreement_to_sign",
        agreement.candidacy,
        at=at,
        occurrence=str(agreement.sendings),
        enclosures=[joined],
        agreement=agreement,
    )


def agreement_signed(agreement: Agreement, *, at: datetime) -> None:
    """20. The agreement is signed: what is published of it, and when the financial report is due."""
    to_readers("agreement_signed", agreement.candidacy, at=at, agreement=agreement)


def report_due(agreement: Agreement, *, step: str, at: datetime) -> None:
    """20. The financial report is expected. `step` is J-60, J-15, or J+1 once the day is past."""
    to_readers(
        "report_due",
        agreement.candidacy,
        at=at,
        occurrence=f"{step} {agreement.report_due_on:%Y%m%d}",
        agreement=agreement,
        is_late=step == "J+1",
    )
