"""The kit of a call: real files made from its own data, sent to the structures that signal themselves."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone, translation
from django.utils.text import capfirst

from applications.actions.kit import save_kit_file
from applications.enums import BudgetCategory, FulfilledBy, FunderKind, LegalForm, Level, Section
from applications.identifiers import KIT_STAMP, kit_stamp
from applications.kit_models import budget_workbook, euros, letter_model
from applications.models import (
    BudgetLine,
    Call,
    FundingLine,
    Indicator,
    KitFile,
    Milestone,
    Organisation,
    Partner,
    Question,
    Requirement,
)
from applications.rules.amendment import is_locked
from hubs_portal.files import store_bytes
from hubs_portal.keywords import with_keyword
from hubs_portal.pdf import render_pdf

PARIS = ZoneInfo("Europe/Paris")
_COLUMNS = {
    LegalForm.ASSOCIATION: "Association",
    LegalForm.LOCAL_AUTHORITY: "Collectivité, EPCI",
    LegalForm.JOINT_BODY: "Syndicat mixte, EP",
    LegalForm.GIP: "GIP",
    LegalForm.COMPANY: "Société, SCOP",
    LegalForm.SCIC: "SCIC",
    LegalForm.FOUNDATION: "Fondation",
}
_LETTERS = {Level.BLOCKING: "I", Level.MAY_FOLLOW: "S", Level.OBTAINABLE: "O", Level.IF_APPLICABLE: "C"}


def make_kit(call: Call, *, at: datetime) -> list[KitFile]:
    """Make the files from what the call says now, and store them; one made before under the same name is replaced.

    What candidates hold already is another version from then on, and is remembered; a text or a spreadsheet that would
    be the same stays (a PDF never is: its fonts are dated).
    """
    with translation.override("fr"), timezone.override(PARIS):
        first = f"{call.opens_at.astimezone(PARIS):%Y-%m}"
        return [_made(call, position, made, first, at) for position, made in enumerate(_files(call), 1)]


@dataclass(frozen=True)
class _File:
    """A file to make: what it is called, the requirement it is a model of, and how a version of it is made."""

    name: str
    label: str
    label_en: str
    make: Callable[[str], bytes]
    requirement: Requirement | None = None

    def code(self) -> str:
        return self.name.rpartition(".")[0]

    def content(self, version: str) -> bytes:
        made = self.make(version)
        return with_keyword(made, self.name, kit_stamp(self.code(), version), instead_of=KIT_STAMP)


def _made(call: Call, position: int, file: _File, first: str, at: datetime) -> KitFile:
    row = call.kit.filter(name=f"{call.slug}-{file.name}").first()
    row = row or KitFile(call=call, name=f"{call.slug}-{file.name}", code=file.code(), version=first)
    row.position, row.label_fr, row.label_en, row.requirement = position, file.label, file.label_en, file.requirement
    stored = store_bytes(file.content(row.version))
    if row.pk and is_locked(call) and stored.pk != row.stored_id:
        row.version = _next_version(call, row)
        row.changes_fr, row.changes_en = (said.format(row.version) for said in _REMADE)
        stored = store_bytes(file.content(row.version))
    row.stored = stored
    save_kit_file(row, at=at)
    return row


_REMADE = (
    "Le fichier a été refait d’après l’appel modifié (version {}) : relisez ce qu’il demande.",
    "The file was made again from the amended call (version {}): please read again what it asks.",
)


def _next_version(call: Call, row: KitFile) -> str:
    """« 2018-09 », then « 2018-09.2 »."""
    taken = {row.version, *call.former_kit.filter(code=row.code).values_list("version", flat=True)}
    first = row.version.partition(".")[0]
    return next(version for n in range(2, 1000) if (version := f"{first}.{n}") not in taken)


def _files(call: Call) -> Iterator[_File]:
    """A model nobody asks for is not made."""
    yield _File(
        "reglement.pdf",
        "Règlement et liste des pièces",
        "Rules and list of documents (in French)",
        lambda version: render_pdf("pdf/kit_rules.html", {**rules_context(call), "version": version}),
    )
    yield _File(
        "dossier-vierge.pdf",
        "Dossier vierge, pour préparer vos réponses",
        "Blank application (in French)",
        lambda version: render_pdf("pdf/kit_blank.html", {**blank_context(call), "version": version}),
    )
    if budget := call.requirements.filter(code="budget").first():
        yield _File(
            "budget.xlsx",
            "Modèle de budget et de plan de financement",
            "Budget and funding plan template (in French)",
            lambda version: budget_workbook(call, version),
            budget,
        )
    if letter := call.requirements.filter(per_partner=True).first():
        yield _File(
            "lettre-engagement.docx",
            "Modèle de lettre d’engagement de partenaire",
            "Partner commitment letter template (in French)",
            lambda version: letter_model(call, version),
            letter,
        )


def rules_context(call: Call) -> dict[str, Any]:
    """What the rules say: the call, and what is asked of each legal form."""
    asked = _asked(call)
    return {
        "call": call,
        "envelope": euros(call.envelope),
        "ceiling": euros(call.grant_ceiling) if call.grant_ceiling else "",
        "rate": f"{call.grant_rate_ceiling:.0%}".replace("%", "\u00a0%") if call.grant_rate_ceiling else "",
        "missions": list(call.missions.all()),
        "criteria": list(call.criteria.all()),
        "columns": list(_COLUMNS.values()),
        "legend": [(_LETTERS[level], level.label) for level in Level],
        "requirements": [_requirement(requirement) for requirement in asked],
    }


def _asked(call: Call) -> list[Requirement]:
    """Requirements in force at the closing time."""
    closing_day = call.closes_at.astimezone(PARIS).date()
    in_force = models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=closing_day)
    return list(call.requirements.filter(in_force).prefetch_related("rules"))


def _requirement(requirement: Requirement) -> dict[str, Any]:
    rules = {rule.legal_form: rule for rule in requirement.rules.all()}
    conditions: dict[str, list[str]] = {}
    for form, column in _COLUMNS.items():
        if form in rules and rules[form].condition_fr:
            conditions.setdefault(rules[form].condition_fr, []).append(column)
    general = len(conditions) == 1 and len(next(iter(conditions.values()))) == len(rules)
    return {
        "row": requirement,
        "cells": [_LETTERS[Level(rules[form].level)] if form in rules else "–" for form in _COLUMNS],
        "upload": requirement.fulfilled_by == FulfilledBy.UPLOAD,
        "conditions": [("" if general else ", ".join(who), what) for what, who in conditions.items()],
        "where": Section(requirement.section).label if requirement.section else "",
        "formats": ", ".join(requirement.accepted),
    }


def blank_context(call: Call) -> dict[str, Any]:
    """The dossier as a candidate will meet it: sections in order, their fields, tables and questions."""
    questions = list(call.questions.select_related("mission"))
    sections = [
        {
            "number": number,
            "label": section.label,
            "fields": _organisation_fields(call) if section == Section.ORGANISATION else [],
            "tables": _tables(section),
            "groups": _groups([question for question in questions if question.section == section]),
            "statement": section == Section.STATEMENT,
            "territories": section == Section.TERRITORIES,
        }
        for number, section in enumerate(Section, 1)
    ]
    return {"call": call, "sections": sections, "forms": [form.label for form in LegalForm]}


def _organisation_fields(call: Call) -> list[str]:
    asked = call.requirements.filter(asks_iban=True).exists()
    return _labels(Organisation, without=() if asked else ("iban",))


def _groups(questions: list[Question]) -> list[dict[str, Any]]:
    """Questions asked once, then those of each mission, then those repeated for each territory."""
    groups: dict[tuple[int, str], list[Question]] = {}
    for question in questions:
        groups.setdefault((question.mission.number if question.mission else 0, question.scope), []).append(question)
    return [
        {"mission": rows[0].mission, "each_territory": scope == "territory", "questions": [_box(row) for row in rows]}
        for (_, scope), rows in groups.items()
    ]


def _box(question: Question) -> dict[str, Any]:
    """A question and how much room it leaves for the answer."""
    small, large = 1500, 2000
    length = question.advised_length
    size = "line" if question.single_line else "small" if length <= small else "medium" if length <= large else "large"
    return {"row": question, "size": size}


def _tables(section: Section) -> list[dict[str, Any]]:
    """The repeating tables of a section, with their column headings."""
    kinds: dict[Section, list[tuple[type[models.Model], type[models.TextChoices] | None]]] = {
        Section.CONSORTIUM: [(Partner, None)],
        Section.BUDGET: [(BudgetLine, BudgetCategory), (FundingLine, FunderKind)],
        Section.CALENDAR: [(Milestone, None), (Indicator, None)],
    }
    return [
        {
            "title": capfirst(str(model._meta.verbose_name_plural)),
            "columns": _labels(model),
            "choices": [str(label) for label in choices.labels] if choices else [],
            "lines": range(5),
        }
        for model, choices in kinds.get(section, [])
    ]


def _labels(model: type[models.Model], without: Iterable[str] = ()) -> list[str]:
    fields = model._meta.concrete_fields
    hidden = {"id", "position", *without}
    return [capfirst(str(f.verbose_name)) for f in fields if not f.is_relation and f.name not in hidden]
