"""The letters of commitment asked for: of which partners, when, whether the request left, and what they deposited."""

from datetime import datetime

from django.db.models import QuerySet

from applications.enums import FulfilledBy, Section
from applications.models import Answer, Call, Candidacy, CommitmentRequest, Document, Question, Requirement
from applications.rules.commitment import is_open
from hubs_portal.accounts import links


def project_title(candidacy: Candidacy) -> str:
    """What the project is called: the answer to the first question of its section asked in one line; or empty."""
    asked = Question.objects.filter(call=candidacy.call_id, section=Section.PROJECT, single_line=True)
    first = asked.order_by("position", "pk").first()
    answer = Answer.objects.filter(dossier__candidacy=candidacy, question=first).first() if first else None
    return " ".join(answer.text.split()) if answer else ""


def last_requests(candidacy: Candidacy) -> dict[tuple[str, str], CommitmentRequest]:
    """The last request to each partner, by name and address: one query."""
    rows = candidacy.commitment_requests.select_related("letter").defer("letter__text", "letter__html")
    return {(row.partner, row.address): row for row in rows.order_by("asked_at", "pk")}


def last_deposits(candidacy: Candidacy) -> dict[tuple[str, str], Document]:
    """The letter each partner deposited itself and that stands, by name and address: one query."""
    found = Document.objects.current().filter(dossier__candidacy=candidacy, commitment__isnull=False)
    rows = found.select_related("commitment", "stored", "requirement").order_by("pk")
    return {(row.commitment.partner, row.commitment.address): row for row in rows if row.commitment}


def asked_of_partners(call: Call) -> Requirement | None:
    """The document each partner gives, where the call asks for one."""
    return call.requirements.filter(per_partner=True, fulfilled_by=FulfilledBy.UPLOAD).first()


def is_named(request: CommitmentRequest) -> bool:
    """Whether the dossier still has a partner at the address written to: a corrected name does not close its link."""
    return request.candidacy.dossier.partners.filter(contact_email__iexact=request.address).exists()


def request_of(token: str, at: datetime) -> CommitmentRequest | None:
    """The request whose link holds this token, if the link lets in at that instant; nothing tells why it does not."""
    asked = CommitmentRequest.objects.filter(link_digest=links.digest(token))
    found = asked.select_related("candidacy__call", "candidacy__organisation", "candidacy__dossier").first()
    return found if found and is_open(found, at) and is_named(found) else None


def deposits_of(request: CommitmentRequest) -> QuerySet[Document]:
    """What this partner deposited, by this link or by that of another request to the same address; the latest last."""
    same = {"commitment__partner": request.partner, "commitment__address": request.address}
    found = Document.objects.filter(dossier__candidacy=request.candidacy_id, **same)
    return found.select_related("stored").order_by("pk")
