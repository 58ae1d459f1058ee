"""The letters of the application phase: one function each, named as the procedure names them.

Every function writes to the people concerned and to nobody else, links each letter to its candidacy (what fills
« messages reçus »), and is called in the transaction of the act it tells of.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from applications.enums import Rights
from applications.models import (
    Award,
    Candidacy,
    CandidacyLetter,
    CompletionRequest,
    Exclusion,
    Extension,
    Member,
    Receipt,
)
from applications.rules.completeness import Missing
from applications.selectors import closing_times
from applications.selectors.readers import readers_of
from hubs_portal.accounts import links
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter


def _write(
    kind: str,
    candidacy: Candidacy,
    to: Addressee,
    *,
    at: datetime,
    occurrence: str = "",
    secret: bool = False,
    enclosures: Sequence[Enclosure] = (),
    **context: Any,
) -> Letter:
    letter = write_letter(
        kind,
        to=to,
        subject_key=candidacy.key,
        occurrence=occurrence,
        at=at,
        reply_to=candidacy.call.service_email,
        secret=secret,
        enclosures=enclosures,
        context={
            "candidacy": candidacy,
            "call": candidacy.call,
            "organisation": candidacy.organisation,
            "desk": settings.PUBLIC_URL + reverse("dossier", args=[candidacy.number]),
            "local_times": closing_times.of_candidacy(candidacy),
            **context,
        },
    )
    CandidacyLetter.objects.get_or_create(letter=letter, defaults={"candidacy": candidacy})
    return letter


def _workers(candidacy: Candidacy) -> Iterable[Member]:
    return candidacy.members.present().select_related("user").exclude(rights=Rights.VIEW).order_by("pk")


def _joining_link(member: Member) -> str:
    return settings.PUBLIC_URL + reverse("join", args=[links.make("member", member.pk)])


def signalling(contact: Member, *, at: datetime) -> Letter:
    """3. Your candidacy is signalled: the kit, the documents, the deadline, and the link that attaches an account."""
    return _write(
        "signalling",
        contact.candidacy,
        contact.addressee,
        at=at,
        link="" if contact.user_id else _joining_link(contact),
        kit=list(contact.candidacy.call.kit.all()),
        enclosures=[
            Enclosure(file.name, file.stored.media_type, stored=file.stored)
            for file in contact.candidacy.call.kit.select_related("stored")
        ],
    )


def dossier_opened(candidacy: Candidacy, *, at: datetime) -> None:
    """4. The dossier is open, and a draft is not a submission."""
    for member in _workers(candidacy):
        _write("dossier_opened", candidacy, member.addressee, at=at)


def member_invited(member: Member, *, inviter: Member, at: datetime) -> Letter:
    """5. Somebody asks you to work on a dossier."""
    return _write(
        "member_invited",
        member.candidacy,
        member.addressee,
        at=at,
        occurrence=str(member.pk),
        inviter=inviter,
        rights=Rights(member.rights).label,
        link=_joining_link(member),
    )


def draft_reminder(candidacy: Candidacy, *, step: str, items: Sequence[Missing], at: datetime) -> None:
    """7. Not submitted to this day: what is missing and how long is left. `step` is J-7, J-2, J-1 or H-3."""
    occurrence = f"{step} {candidacy.call.closes_at:%Y%m%dT%H%M%S}"
    for member in _workers(candidacy):
        _write("draft_reminder", candidacy, member.addressee, at=at, occurrence=occurrence, step=step, items=items)


def submission_receipt(receipt: Receipt, *, at: datetime) -> None:
    """8 and 9. The acknowledgement of receipt, of a first version or of a new one, with its PDF."""
    submission = receipt.submission
    candidacy = submission.candidacy
    kind = "submission_receipt" if submission.version == 1 else "new_version_receipt"
    pdf = Enclosure(f"{receipt.number}.pdf", "application/pdf", renderer="receipt_pdf", key=str(receipt.pk))
    for reader in _readers(candidacy):
        _write(
            kind,
            candidacy,
            reader,
            at=at,
            occurrence=str(submission.version),
            enclosures=[pdf],
            receipt=receipt,
            submission=submission,
            says=receipt.says,
        )


def withdrawal_receipt(candidacy: Candidacy, *, at: datetime) -> None:
    """10. The withdrawal is recorded, and may be taken back before the closing time."""
    for member in _workers(candidacy):
        _write("withdrawal_receipt", candidacy, member.addressee, at=at, occurrence=at.isoformat())


def resumption_receipt(candidacy: Candidacy, *, at: datetime) -> None:
    """The candidacy is taken up again, as a draft."""
    for member in _workers(candidacy):
        _write("resumption_receipt", candidacy, member.addressee, at=at, occurrence=at.isoformat())


def call_extended(extension: Extension, *, at: datetime) -> None:
    """11. The closing time is put off: before, after and why, to everyone registered."""
    contacts = Member.objects.present().filter(candidacy__call=extension.call, is_contact=True)
    for contact in contacts.select_related("user", "candidacy__call", "candidacy__organisation").order_by("pk"):
        candidacy = contact.candidacy
        candidacy.call.closes_at = extension.new_closes_at
        _write(
            "call_amended",
            candidacy,
            contact.addressee,
            at=at,
            occurrence=f"extension:{extension.pk}",
            extension=extension,
        )


def not_submitted(candidacy: Candidacy, *, at: datetime) -> None:
    """12. The closing time is past and nothing was submitted; whom to call if the platform failed."""
    for member in _workers(candidacy):
        _write(
            "not_submitted", candidacy, member.addressee, at=at, occurrence=f"{candidacy.call.closes_at:%Y%m%dT%H%M%S}"
        )


def completion_request(request: CompletionRequest, *, at: datetime) -> None:
    """13. Documents to complete before an instant, with the rule and the consequence."""
    items = list(request.items.select_related("requirement"))
    for member in _workers(request.candidacy):
        _write(
            "completion_request",
            request.candidacy,
            member.addressee,
            at=at,
            occurrence=str(request.pk),
            request=request,
            items=items,
            link=settings.PUBLIC_URL + reverse("completion", args=[request.candidacy.number]),
        )


def completion_received(request: CompletionRequest, *, at: datetime) -> None:
    """14. Everything that was asked for has been received."""
    items = list(request.items.select_related("requirement", "stored"))
    for member in _workers(request.candidacy):
        _write(
            "completion_received",
            request.candidacy,
            member.addressee,
            at=at,
            occurrence=str(request.pk),
            request=request,
            items=items,
        )


def eligibility_decision(candidacy: Candidacy, *, exclusion: Exclusion | None, at: datetime) -> None:
    """15. The decision on form or substance; when it excludes, the rule, the reason and the means of appeal."""
    for reader in _readers(candidacy):
        _write("eligibility_decision", candidacy, reader, at=at, occurrence=candidacy.state, exclusion=exclusion)


def not_shortlisted(candidacy: Candidacy, *, reason: str, at: datetime) -> None:
    """The candidacy is not among those heard, and why."""
    for reader in _readers(candidacy):
        _write("not_shortlisted", candidacy, reader, at=at, reason=reason)


def result(candidacy: Candidacy, award: Award, *, at: datetime) -> None:
    """19. The result, written at the release: they all leave together."""
    for reader in _readers(candidacy):
        _write("result", candidacy, reader, at=at, award=award)


def _readers(candidacy: Candidacy) -> list[Addressee]:
    return readers_of([candidacy])[candidacy.pk]
