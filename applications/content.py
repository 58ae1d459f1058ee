"""What a dossier says, as one plain value: what is shown, checked, submitted and hashed is always this.

Amounts are strings with two decimals (euros), instants ISO 8601 in UTC, dates ISO 8601.
"""

import json
from typing import Any

from applications.enums import Section
from applications.models import Dossier
from hubs_portal.journal import canonical

Content = dict[str, Any]


def dossier_content(dossier: Dossier) -> Content:
    """The whole content of a dossier as it stands now: eleven queries whatever its size."""
    candidacy = dossier.candidacy
    answers = list(dossier.answers.select_related("question").order_by("question__code", "territory_id"))
    return {
        "number": candidacy.number,
        "revision": dossier.revision,
        Section.ORGANISATION.value: _organisation(dossier),
        "answers": {a.question.code: a.text for a in answers if a.territory_id is None and a.text},
        Section.TERRITORIES.value: [
            {
                "code": row.territory.code,
                "name": row.territory.name,
                "population": row.territory.population,
                "answers": {a.question.code: a.text for a in answers if a.territory_id == row.territory_id and a.text},
            }
            for row in dossier.territories.select_related("territory").order_by("territory__code")
        ],
        "territories_reason": dossier.territories_reason,
        "partners": [
            {
                "name": partner.name,
                "family": partner.family,
                "siret": partner.siret,
                "contact_name": partner.contact_name,
                "contact_email": partner.contact_email,
                "role": partner.role,
            }
            for partner in dossier.partners.all()
        ],
        "expenses": [
            {"category": line.category, "label": line.label, "amount": f"{line.amount:.2f}"}
            for line in dossier.budget_lines.all()
        ],
        "resources": [
            {"kind": line.kind, "funder": line.funder, "status": line.status, "amount": f"{line.amount:.2f}"}
            for line in dossier.funding_lines.all()
        ],
        "milestones": [
            {"label": row.label, "due_on": row.due_on.isoformat(), "result": row.result}
            for row in dossier.milestones.all()
        ],
        "indicators": [
            {"label": row.label, "baseline": row.baseline, "target": row.target, "method": row.method}
            for row in dossier.indicators.all()
        ],
        Section.STATEMENT.value: _statement(dossier),
        "documents": _documents(dossier),
        "promises": [
            {
                "requirement": promise.requirement.code,
                "reason": promise.reason,
                "promised_on": promise.promised_on.isoformat(),
            }
            for promise in dossier.follow_ups.select_related("requirement").order_by("requirement__code")
        ],
    }


def kept_content(dossier: Dossier) -> Content:
    """The content as the last save left it: one query whatever its size, for pages that are read again and again."""
    kept = dossier.revisions.order_by("-revision").values_list("content", flat=True).first()
    content: Content = json.loads(kept) if kept else _before_any_save(dossier)
    return content


def _before_any_save(dossier: Dossier) -> Content:
    """What signalling left: the structure, and nothing else. No query."""
    lists = ("territories", "partners", "expenses", "resources", "milestones", "indicators", "documents", "promises")
    return {
        "number": dossier.candidacy.number,
        "revision": dossier.revision,
        Section.ORGANISATION.value: _organisation(dossier),
        "answers": {},
        "territories_reason": dossier.territories_reason,
        Section.STATEMENT.value: _statement(dossier),
        **{name: [] for name in lists},
    }


def _statement(dossier: Dossier) -> Content:
    return {
        "signatory_name": dossier.signatory_name,
        "signatory_title": dossier.signatory_title,
        "accuracy": dossier.states_accuracy,
        "obligations": dossier.states_obligations,
        "publication": dossier.publication_consent,
        "public_summary": dossier.public_summary,
    }


def _organisation(dossier: Dossier) -> Content:
    organisation = dossier.candidacy.organisation
    return {
        "name": organisation.name,
        "legal_form": organisation.legal_form,
        "siret": organisation.siret,
        "rna": organisation.rna,
        "registry": organisation.registry,
        "address": organisation.address,
        "postcode": organisation.postcode,
        "city": organisation.city,
        "phone": organisation.phone,
        "website": organisation.website,
        "iban": organisation.iban,
        "representative_name": organisation.representative_name,
        "representative_title": organisation.representative_title,
        "representative_email": organisation.representative_email,
    }


def _documents(dossier: Dossier) -> list[Content]:
    current = dossier.documents.current().select_related("requirement", "stored")
    return [
        {
            "requirement": document.requirement.code,
            "name": document.name,
            "size": document.stored.size,
            "sha256": document.stored.digest,
            "pages": document.pages,
            "uploaded_at": document.uploaded_at.isoformat(),
        }
        for document in current.order_by("requirement__position", "pk")
    ]


def as_text(content: Content) -> str:
    """The content in its one spelling; its SHA-256 is the fingerprint of the dossier."""
    return canonical(content).decode()
