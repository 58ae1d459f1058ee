"""The letters of the application phase: one function each, named as the procedure names them.

Every function writes to the people concerned and to nobody else, links each letter to its candidacy (what fills
« messages reçus »), and is called in the transaction of the act it tells of.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from applications.enums import Rights
from applications.models import (
    Award,
    Candidacy,
    CandidacyLetter,
    CommitmentRequest,
    CompletionItem,
    CompletionRequest,
    Document,
    Exclusion,
    Extension,
    Incident,
    IncidentAnswer,
    KitFile,
    Member,
    NeighbourMessage,
    Partner,
    Receipt,
    Replacement,
)
from applications.models.candidacy import candidates_drawer
from applications.models.correspondence import partners_drawer
from applications.models.screening import Awaited
from applications.rules.commitment import advised_on
from applications.rules.completeness import Missing
from applications.selectors import closing_times, wording
from applications.selectors.letter_variables import variables_of
from applications.selectors.readers import readers_of
from applications.selectors.safety_net import Held
from hubs_portal.accounts import links
from hubs_portal.letters.compose import Addressee, Enclosure, write_letter
from hubs_portal.letters.models import Letter


def _compose(
    kind: str,
    candidacy: Candidacy,
    to: Addressee,
    *,
    at: datetime,
    occurrence: str = "",
    secret: bool = False,
    drawer: str = "",
    enclosures: Sequence[Enclosure] = (),
    answered_by_service: bool = True,
    **context: Any,
) -> Letter:
    return write_letter(
        kind,
        to=to,
        subject_key=candidacy.key,
        occurrence=occurrence,
        at=at,
        reply_to=candidacy.call.service_email if answered_by_service else "",
        secret=secret,
        drawer=drawer or candidates_drawer(candidacy.call_id),
        enclosures=enclosures,
        adapted=wording.adapted(kind, candidacy.call),
        context={**variables_of(candidacy), **context},
    )


def _write(kind: str, candidacy: Candidacy, to: Addressee, **said: Any) -> Letter:
    letter = _compose(kind, candidacy, to, **said)
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
            _of_kit(file, reverse("dossier_kit_file", args=[contact.candidacy.number, file.pk]))
            for file in contact.candidacy.call.kit.select_related("stored")
        ],
    )


def _of_kit(file: KitFile, page: str) -> Enclosure:
    return Enclosure(file.name, file.stored.media_type, stored=file.stored, link=settings.PUBLIC_URL + page)


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


def rights_changed(member: Member, *, by: Member, at: datetime) -> Letter:
    """Somebody may do more, or less, on a dossier they work on."""
    rights = Rights(member.rights)
    said = {"by": by, "rights": rights.label, "may_submit": member.may(Rights.SUBMIT)}
    return _write("rights_changed", member.candidacy, member.addressee, at=at, occurrence=at.isoformat(), **said)


def dossier_entrusted(contact: Member, former: Member, *, by: Member, at: datetime) -> None:
    """The dossier has another contact: to both of them, each in their own words."""
    candidacy, when = contact.candidacy, at.isoformat()
    said = {"contact": contact, "former": former, "by": by}
    _write("dossier_entrusted", candidacy, contact.addressee, at=at, occurrence=when, **said)
    _write("dossier_handed_over", candidacy, former.addressee, at=at, occurrence=when, **said)


def member_removed(member: Member, *, by: Member, at: datetime) -> Letter:
    """Somebody no longer works on a dossier: what that closes, and what stays of their work."""
    return _write(
        "member_removed", member.candidacy, member.addressee, at=at, occurrence=str(member.pk), by=by, member=member
    )


def partner_commitment(
    candidacy: Candidacy, partner: Partner, *, by: Member, title: str, link: str, at: datetime
) -> Letter:
    """6. A partner is asked for its letter of commitment: the model, by when, and the personal link to deposit it.

    `link` is empty where the call asks for no such document. It opens nothing of the dossier, is blanked once sent, and
    is nobody's « message reçu »: who asked finds it beside the partner's name.
    """
    models = candidacy.call.kit.filter(requirement__per_partner=True).select_related("stored")
    digest = hashlib.sha256(partner.name.encode()).hexdigest()[:12]
    return _compose(
        "partner_commitment",
        candidacy,
        Addressee(partner.contact_email, partner.contact_name, candidacy.language),
        at=at,
        occurrence=f"{digest} {at.isoformat()}",
        partner=partner,
        by=by,
        title=title,
        advised_on=advised_on(candidacy.call, at),
        models=list(models),
        link=link,
        secret=bool(link),
        drawer=partners_drawer(candidacy.call_id),
        enclosures=[_of_kit(file, reverse("call", args=[candidacy.call.slug])) for file in models],
    )


def commitment_received(document: Document, *, title: str, at: datetime) -> Letter:
    """A partner's letter of commitment has arrived: its receipt, to the address that was asked for it.

    Filed with the candidate's letters, whose ledger hides until the closing what only the dossier names; the candidate
    does not find it: it is to nobody of the dossier.
    """
    request = _request_of(document)
    to = Addressee(request.address, "", request.candidacy.language)
    said = {"request": request, "document": document, "title": title}
    return _write("commitment_received", request.candidacy, to, at=at, occurrence=str(document.pk), **said)


def commitment_deposited(document: Document, *, ahead: bool, at: datetime) -> None:
    """The same, to those who work on the dossier; `ahead`: what they submitted does not hold this letter."""
    request = _request_of(document)
    candidacy = request.candidacy
    page = settings.PUBLIC_URL + reverse("documents", args=[candidacy.number])
    said = {"request": request, "document": document, "ahead": ahead, "page": page}
    for member in _workers(candidacy):
        _write("commitment_deposited", candidacy, member.addressee, at=at, occurrence=str(document.pk), **said)


def _request_of(document: Document) -> CommitmentRequest:
    if document.commitment is None:
        raise ValueError("nobody was asked for this document")
    return document.commitment


def neighbour_message(message: NeighbourMessage, *, at: datetime) -> Letter:
    """A structure of the same territories writes: no address is shown, and answers go through the portal alone."""
    candidacy = message.recipient
    contact = candidacy.members.present().select_related("user").get(is_contact=True)
    return _write(
        "neighbour_message",
        candidacy,
        contact.addressee,
        at=at,
        occurrence=str(message.pk),
        answered_by_service=False,
        message=message,
        sender=message.sender.organisation,
        link=settings.PUBLIC_URL + reverse("neighbours", args=[candidacy.number]) + "#echanges",
    )


def draft_reminder(candidacy: Candidacy, *, step: str, lacks: Callable[[], Sequence[Missing]], at: datetime) -> None:
    """7. Not submitted to this day: what is missing and how long is left. `step` is J-7, J-2, J-1 or H-3.

    `lacks` is asked once for each reader: its sentences are in the language they are made in.
    """
    occurrence = f"{step} {candidacy.call.closes_at:%Y%m%dT%H%M%S}"
    for member in _workers(candidacy):
        to = member.addressee
        with translation.override(to.language):
            items = list(lacks())
        _write("draft_reminder", candidacy, to, at=at, occurrence=occurrence, step=step, items=items)


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


def not_submitted(candidacy: Candidacy, *, held: Callable[[], Held | None] = lambda: None, at: datetime) -> None:
    """12. The closing time is past and nothing was submitted; whom to call if the platform failed.

    `held` says why the safety net did not submit, if it was asked for; asked once for each reader, in their language.
    """
    occurrence = f"{candidacy.call.closes_at:%Y%m%dT%H%M%S}"
    for member in _workers(candidacy):
        to = member.addressee
        with translation.override(to.language):
            why = held()
        _write("not_submitted", candidacy, to, at=at, occurrence=occurrence, held=why)


def completion_request(request: CompletionRequest, *, at: datetime) -> None:
    """13. Documents to complete before an instant, with the rule and the consequence."""
    local_times = closing_times.of_candidacy(request.candidacy, request.due_at)
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
            local_times=local_times,
            link=settings.PUBLIC_URL + reverse("completion", args=[request.candidacy.number]),
        )


def completion_reminder(request: CompletionRequest, *, at: datetime) -> None:
    """13. Two days before the instant given: what has not come yet, and what happens without it."""
    local_times = closing_times.of_candidacy(request.candidacy, request.due_at)
    items = list(request.items.awaited().select_related("requirement"))
    for member in _workers(request.candidacy):
        _write(
            "completion_reminder",
            request.candidacy,
            member.addressee,
            at=at,
            occurrence=str(request.pk),
            request=request,
            items=items,
            due_times=local_times,
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


def submitted_file_to_replace(replacement: Replacement, *, at: datetime) -> None:
    """A file of the version that counts cannot be read: what is wrong, where another is sent; nothing is un-submitted.

    Until the closing it is replaced in the draft, and submitted again; afterwards it is sent beside what was submitted.
    """
    candidacy, document = replacement.candidacy, replacement.document
    if candidacy.call.is_closed(at):
        _to_replace(candidacy, document, way="beside", link=_where_to_replace(replacement), at=at)
    else:
        link = f"{reverse('documents', args=[candidacy.number])}#piece-{document.requirement.code}"
        _to_replace(candidacy, document, way="draft", link=link, at=at)


def _where_to_replace(replacement: Replacement) -> str:
    return f"{reverse('completion', args=[replacement.candidacy.number])}#remplacement-{replacement.pk}"


def replacement_received(replacement: Replacement, *, at: datetime) -> None:
    """Another file came in the place of one nobody can read: which, when, with what fingerprint."""
    candidacy = replacement.candidacy
    occurrence = f"{replacement.pk}.{replacement.stored_id}"
    given = {"file": replacement, "link": settings.PUBLIC_URL + _where_to_replace(replacement)}
    for member in _workers(candidacy):
        _write("replacement_received", candidacy, member.addressee, at=at, occurrence=occurrence, **given)


def replacement_to_replace(replacement: Replacement, *, at: datetime) -> None:
    """The file sent in its place cannot be read either."""
    link, former = _where_to_replace(replacement), replacement.document.name
    _to_replace(replacement.candidacy, replacement, way="beside", link=link, at=at, instead_of=former)


def completion_to_replace(item: CompletionItem, *, at: datetime) -> None:
    """A document the team asked for came, and cannot be read: until when another may be sent."""
    request, candidacy = item.request, item.request.candidacy
    due = {"request": request, "due_times": closing_times.of_candidacy(candidacy, request.due_at)}
    page = reverse("completion", args=[candidacy.number])
    _to_replace(candidacy, item, way="completion", link=f"{page}#piece-{item.pk}", at=at, **due)


def _to_replace(
    candidacy: Candidacy, file: Document | Awaited, *, way: str, link: str, at: datetime, **said: Any
) -> None:
    occurrence = f"{file._meta.model_name} {file.pk}.{file.stored_id}"
    given = {
        "request": None,
        "due_times": [],
        "instead_of": "",
        **said,
        "way": way,
        "file": file,
        "link": settings.PUBLIC_URL + link,
    }
    for member in _workers(candidacy):
        _write("file_to_replace", candidacy, member.addressee, at=at, occurrence=occurrence, **given)


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


def problem_received(incident: Incident, *, at: datetime) -> Letter:
    """What was reported is written down: its number, its hour, what to do meanwhile; the clock goes on."""
    candidacy = incident.candidacy
    return _write(
        "problem_received",
        candidacy,
        incident.reporter.addressee,
        at=at,
        occurrence=str(incident.rank),
        incident=incident,
        reported_times=closing_times.of_candidacy(candidacy, incident.reported_at),
        link=_problem_page(incident),
    )


def problem_answered(answer: IncidentAnswer, *, at: datetime) -> Letter:
    """The team answers whoever reported a problem; the contact, when that person left the dossier."""
    incident = answer.incident
    candidacy, reader = incident.candidacy, incident.reporter
    if reader.removed_at is not None:
        reader = candidacy.members.present().select_related("user").get(is_contact=True)
    return _write(
        "problem_answered",
        candidacy,
        reader.addressee,
        at=at,
        occurrence=f"{incident.rank}.{answer.rank}",
        incident=incident,
        answer=answer,
        link=_problem_page(incident),
    )


def _problem_page(incident: Incident) -> str:
    return settings.PUBLIC_URL + reverse("problem_reported", args=[incident.candidacy.number, incident.rank])


def to_readers(kind: str, candidacy: Candidacy, *, at: datetime, occurrence: str = "", **said: Any) -> None:
    """One letter of this kind to each of those who work on the dossier, and to the legal representative."""
    for reader in _readers(candidacy):
        _write(kind, candidacy, reader, at=at, occurrence=occurrence, **said)


def _readers(candidacy: Candidacy) -> list[Addressee]:
    return readers_of([candidacy])[candidacy.pk]
