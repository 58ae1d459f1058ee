"""The letters of commitment asked for: of which partners, when, and whether the request left."""

from applications.enums import Section
from applications.models import Answer, Candidacy, CommitmentRequest, Question


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
