"""Candidacies, from signalled to submitted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from applications.actions import documents, drafting, membership, safety_net, signalling, submission
from applications.content import kept_content
from applications.enums import (
    BudgetCategory,
    FulfilledBy,
    FunderKind,
    LegalForm,
    Level,
    PartnerFamily,
    QuestionScope,
    Rights,
    Section,
)
from applications.models import (
    BudgetLine,
    Call,
    Candidacy,
    Dossier,
    FundingLine,
    Indicator,
    Member,
    Milestone,
    Partner,
    Question,
    SafetyNetConsent,
    Submission,
    Territory,
)
from applications.rules.completeness import Expectations
from applications.selectors.safety_net import net_of
from hubs_portal.accounts.models import User
from tests.builders.calls import NOW
from tests.builders.files import a_file, a_pdf
from tests.builders.numbers import a_siret
from tests.builders.people import a_user

_rank = count(1)


def a_signalled(call: Call, *, at: datetime = NOW, user: User | None = None, **said: Any) -> Member:
    """A candidacy just signalled by an association; `said` are fields of `Signal`. Returns its contact."""
    n = next(_rank)
    given = {
        "name": f"Association d’essai n° {n}",
        "legal_form": LegalForm.ASSOCIATION,
        "siret": a_siret(n % 10_000),
        "rna": f"W75{n:07d}",
        "contact_name": user.name if user else f"Dominique Essai {n}",
        "contact_email": f"contact-{n}@exemple.invalid",
        "contact_phone": "+33199002018",
        "territories": Territory.objects.filter(code__in=["01", "03"]),
        **said,
    }
    return signalling.signal(call, signalling.Signal(**given), at=at, user=user)


def joined(member: Member, user: User | None = None, *, at: datetime = NOW) -> Member:
    """The same member, with an account attached: theirs when they have one already."""
    known = User.objects.filter(email=member.email).first()
    return membership.join(member, user or known or a_user(member.email, name=member.name), at=at)


def an_invited(inviter: Member, *, rights: Rights = Rights.EDIT, at: datetime = NOW, email: str = "") -> Member:
    """Somebody else on the same dossier, who has received the letter and not followed it yet."""
    n = next(_rank)
    address = email or f"collegue-{n}@exemple.invalid"
    return membership.invite(inviter, email=address, name=f"Claude Collègue {n}", rights=rights, at=at)


def a_complete_dossier(
    member: Member, *, at: datetime = NOW, territories: Sequence[str] = ("01", "03"), promised: bool = True
) -> Dossier:
    """Fill in every section and join every blocking file; what may follow is promised, the rest left to the service."""
    call = member.candidacy.call
    drafting.save_organisation(member, _ORGANISATION, at=at)
    for section in (Section.PROJECT, Section.MISSIONS):
        asked = call.questions.filter(section=section, scope=QuestionScope.DOSSIER)
        drafting.save_answers(member, section, {q: _answer(q) for q in asked}, at=at)
    _write_territories(member, list(Territory.objects.filter(code__in=territories)), at)
    drafting.save_rows(member, Section.CONSORTIUM, {Partner: _PARTNERS}, at=at)
    drafting.save_rows(member, Section.BUDGET, {BudgetLine: _EXPENSES, FundingLine: _RESOURCES}, at=at)
    drafting.save_rows(member, Section.CALENDAR, {Milestone: _MILESTONES, Indicator: _INDICATORS}, at=at)
    _join_documents(member, at, promised=promised)
    return drafting.save_statement(member, _STATEMENT, at=at)


def a_submission(member: Member, *, arrived_at: datetime = NOW, revision: int | None = None) -> Submission:
    """Submit the dossier, completed first when nothing was ever saved."""
    dossier = Dossier.objects.get(candidacy=member.candidacy_id)
    if dossier.revision == 0:
        dossier = a_complete_dossier(member, at=arrived_at)
    return submission.submit(member, revision=revision or dossier.revision, arrived_at=arrived_at)


def a_consent(member: Member, *, at: datetime = NOW) -> SafetyNetConsent:
    """The safety net accepted by somebody who may submit, in the words the page shows."""
    candidacy = Candidacy.objects.select_related("call", "dossier").get(pk=member.candidacy_id)
    return safety_net.consent(member, shown=net_of(candidacy, kept_content(candidacy.dossier)).shown, at=at)


def _answer(question: Question) -> str:
    return f"Notre réponse à « {question.label_fr} »."


def _write_territories(member: Member, chosen: list[Territory], at: datetime) -> None:
    questions = member.candidacy.call.questions.filter(section=Section.TERRITORIES)
    texts: dict[tuple[Question, Territory | None], str] = {}
    for question in questions:
        if question.scope == QuestionScope.DOSSIER:
            texts[question, None] = _answer(question)
        else:
            texts |= {(question, territory): f"{territory.name} : {_answer(question)}" for territory in chosen}
    drafting.save_territories(member, chosen, texts=texts, reason="", at=at)


def _join_documents(member: Member, at: datetime, *, promised: bool) -> None:
    candidacy = member.candidacy
    expected = Expectations.of(candidacy.call, candidacy.organisation.legal_form, at.date())
    for requirement in expected.requirements:
        level = expected.levels[requirement.code]
        if requirement.fulfilled_by != FulfilledBy.UPLOAD:
            continue
        if level == Level.BLOCKING:
            file = a_file(a_pdf(f"{requirement.code} {candidacy.number}"))
            documents.add_document(member, requirement, file, name=f"{requirement.code}.pdf", at=at)
        elif promised and level == Level.MAY_FOLLOW:
            promised_on = (at + timedelta(days=20)).date()
            drafting.promise(member, requirement, reason="Assemblée en décembre.", promised_on=promised_on, at=at)


_ORGANISATION: dict[str, Any] = {
    "address": "3, place de l’Exemple",
    "postcode": "01000",
    "city": "Bourg-en-Bresse",
    "phone": "+33199002018",
    "representative_name": "Alix Représentant",
    "representative_title": "présidence",
    "representative_email": "presidence@exemple.invalid",
}
_PARTNERS: list[dict[str, Any]] = [
    {"name": "Département d’essai", "family": PartnerFamily.PUBLIC, "siret": a_siret(9001), "role": "Coordination."},
    {"name": "Société d’essai", "family": PartnerFamily.PRIVATE, "siret": a_siret(9002), "role": "Formation."},
]
_EXPENSES: list[dict[str, Any]] = [
    {"category": BudgetCategory.STAFF, "label": "Coordination", "amount": Decimal("300000.00")},
    {"category": BudgetCategory.TRAVEL, "label": "Déplacements", "amount": Decimal("50000.50")},
]
_RESOURCES: list[dict[str, Any]] = [
    {"kind": FunderKind.REQUESTED, "funder": "", "amount": Decimal("250000.00")},
    {"kind": FunderKind.EUROPEAN, "funder": "FEDER", "amount": Decimal("100000.50")},
]
_MILESTONES: list[dict[str, Any]] = [
    {"label": "Recrutement", "due_on": date(2019, 3, 1), "result": "Une équipe de trois personnes."}
]
_INDICATORS: list[dict[str, Any]] = [
    {"label": "Aidants formés", "baseline": "0", "target": "200", "method": "Feuilles d’émargement"}
]
_STATEMENT: dict[str, Any] = {
    "signatory_name": "Alix Représentant",
    "signatory_title": "présidence",
    "states_accuracy": True,
    "states_obligations": True,
    "publication_consent": True,
    "public_summary": "Un hub d’essai.",
}
