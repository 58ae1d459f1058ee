"""The kit of a call: real files made from its own data, sent to the structures that signal themselves."""

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone, translation
from django.utils.text import capfirst
from docx import Document as WordDocument
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from applications.enums import BudgetCategory, FulfilledBy, FunderKind, FundingStatus, LegalForm, Level, Section
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
from hubs_portal.files import store_bytes
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
_EUROS = '#,##0.00 "€"'
_LAST_LINE = 41  # forty lines to fill in, below the headings


def make_kit(call: Call) -> list[KitFile]:
    """Make the files from what the call says now, and store them; one made before under the same name is replaced."""
    with translation.override("fr"), timezone.override(PARIS):
        version = f"{call.opens_at.astimezone(PARIS):%Y-%m}"
        rows = []
        for position, (name, label, label_en, content, requirement) in enumerate(_files(call), 1):
            said = {
                "position": position,
                "label_fr": label,
                "label_en": label_en,
                "version": version,
                "stored": store_bytes(content),
                "requirement": requirement,
            }
            rows.append(KitFile.objects.update_or_create(call=call, name=f"{call.slug}-{name}", defaults=said)[0])
    return rows


def _files(call: Call) -> Iterator[tuple[str, str, str, bytes, Requirement | None]]:
    """Name, labels, content, and the requirement it is a model of; a model nobody asks for is not made."""
    rules = render_pdf("pdf/kit_rules.html", rules_context(call))
    yield "reglement.pdf", "Règlement et liste des pièces", "Rules and list of documents (in French)", rules, None
    blank = render_pdf("pdf/kit_blank.html", blank_context(call))
    yield (
        "dossier-vierge.pdf",
        "Dossier vierge, pour préparer vos réponses",
        "Blank application (in French)",
        blank,
        None,
    )
    if budget := call.requirements.filter(code="budget").first():
        label = "Modèle de budget et de plan de financement"
        yield "budget.xlsx", label, "Budget and funding plan template (in French)", budget_workbook(call), budget
    if letter := call.requirements.filter(per_partner=True).first():
        label = "Modèle de lettre d’engagement de partenaire"
        yield (
            "lettre-engagement.docx",
            label,
            "Partner commitment letter template (in French)",
            letter_model(call),
            letter,
        )


def euros(amount: Decimal) -> str:
    """« 5 000 000 € »."""
    return f"{amount:,.0f} €".replace(",", "\u00a0").replace(" €", "\u00a0€")


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
            "fields": _labels(Organisation) if section == Section.ORGANISATION else [],
            "tables": _tables(section),
            "groups": _groups([question for question in questions if question.section == section]),
            "statement": section == Section.STATEMENT,
            "territories": section == Section.TERRITORIES,
        }
        for number, section in enumerate(Section, 1)
    ]
    return {"call": call, "sections": sections, "forms": [form.label for form in LegalForm]}


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


def _labels(model: type[models.Model]) -> list[str]:
    fields = model._meta.concrete_fields
    hidden = {"id", "position"}
    return [capfirst(str(f.verbose_name)) for f in fields if not f.is_relation and f.name not in hidden]


def budget_workbook(call: Call) -> bytes:
    """Two tables with the columns of the dossier's, so that they paste into it, and a sheet that adds them up."""
    book = Workbook()
    _advice(book.worksheets[0], call)
    categories, kinds = [str(c.label) for c in BudgetCategory], [str(k.label) for k in FunderKind]
    _table(book.create_sheet("Dépenses"), {"Nature": 34, "Dépense": 60, "Montant": 18}, {"A": categories}, "C")
    statuses = [str(status.label) for status in FundingStatus]
    columns = {"Origine": 44, "Financeur": 44, "État": 16, "Montant": 18}
    _table(book.create_sheet("Ressources"), columns, {"A": kinds, "C": statuses}, "D")
    _summary(book.create_sheet("Récapitulatif"), call, categories, kinds)
    return _bytes(book, call)


def _advice(sheet: Worksheet, call: Call) -> None:
    sheet.title = "Mode d’emploi"
    sheet.column_dimensions["A"].width = 100
    lines = [
        f"{call.title_fr} – budget et plan de financement sur {call.duration_months} mois",
        "1. Feuille « Dépenses » : une ligne par dépense. La nature se choisit dans la liste.",
        "2. Feuille « Ressources » : une ligne par financeur. Nommez chaque fonds européen (FSE, FEDER, LEADER…).",
        "3. Feuille « Récapitulatif » : elle se calcule seule. Dépenses et ressources doivent s’équilibrer.",
        "4. Dans votre dossier en ligne, copiez les lignes des deux feuilles et collez-les dans les deux tableaux.",
        "Ce fichier sert à préparer : c’est ce qui est saisi dans le dossier et déposé qui compte.",
    ]
    for number, line in enumerate(lines, 1):
        cell = sheet.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=14)


def _table(sheet: Worksheet, widths: dict[str, int], choices: dict[str, list[str]], amounts: str) -> None:
    _headings(sheet, widths)
    sheet.freeze_panes = "A2"
    # A list typed into the rule is cut at 255 signs by Excel: the choices are kept in hidden columns instead.
    for offset, (letter, labels) in enumerate(choices.items()):
        kept = "YZ"[offset]
        for number, label in enumerate(labels, 1):
            sheet[f"{kept}{number}"] = label
        sheet.column_dimensions[kept].hidden = True
        allowed = DataValidation(type="list", formula1=f"${kept}$1:${kept}${len(labels)}", allow_blank=True)
        sheet.add_data_validation(allowed)
        allowed.add(f"{letter}2:{letter}{_LAST_LINE}")
    positive = DataValidation(type="decimal", operator="greaterThan", formula1="0", allow_blank=True)
    positive.error = "Saisissez un montant supérieur à zéro."
    sheet.add_data_validation(positive)
    positive.add(f"{amounts}2:{amounts}{_LAST_LINE}")
    for number in range(2, _LAST_LINE + 1):
        sheet[f"{amounts}{number}"].number_format = _EUROS


def _headings(sheet: Worksheet, widths: dict[str, int]) -> None:
    for number, (heading, width) in enumerate(widths.items(), 1):
        cell = sheet.cell(1, number, heading)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1B2A5C")
        sheet.column_dimensions[cell.column_letter].width = width


def _summary(sheet: Worksheet, call: Call, categories: list[str], kinds: list[str]) -> None:
    _headings(sheet, {"Récapitulatif": 52, "Total": 18})
    spent = f"Dépenses!$A$2:$A${_LAST_LINE},A{{row}},Dépenses!$C$2:$C${_LAST_LINE}"
    received = f"Ressources!$A$2:$A${_LAST_LINE},A{{row}},Ressources!$D$2:$D${_LAST_LINE}"
    rows: list[tuple[str, str]] = [(label, f"=SUMIF({spent})") for label in categories]
    rows.append(("Total des dépenses", f"=SUM(Dépenses!$C$2:$C${_LAST_LINE})"))
    rows += [(label, f"=SUMIF({received})") for label in kinds]
    rows.append(("Total des ressources", f"=SUM(Ressources!$D$2:$D${_LAST_LINE})"))
    for number, (label, formula) in enumerate(rows, 2):
        sheet.cell(number, 1, label)
        sheet.cell(number, 2, formula.format(row=number)).number_format = _EUROS
    expenses, first, resources = len(categories) + 2, len(categories) + 3, len(rows) + 1
    _conclude(sheet, call, expenses, resources, requested=first + kinds.index(str(FunderKind.REQUESTED.label)))


def _conclude(sheet: Worksheet, call: Call, expenses: int, resources: int, *, requested: int) -> None:
    """Below the totals: the gap, the rate, and the limits of the call."""
    for number in (expenses, resources):
        sheet.cell(number, 1).font = sheet.cell(number, 2).font = Font(bold=True)
    gap, rate = resources + 2, resources + 3
    sheet.cell(gap, 1, "Écart entre ressources et dépenses (doit être nul)")
    sheet.cell(gap, 2, f"=B{resources}-B{expenses}").number_format = _EUROS
    sheet.cell(rate, 1, "Part de la subvention demandée dans les dépenses")
    sheet.cell(rate, 2, f'=IF(B{expenses}=0,"",B{requested}/B{expenses})').number_format = "0.0%"
    limits = []
    if call.grant_ceiling:
        limits.append(f"plafond indicatif de la subvention : {euros(call.grant_ceiling)}")
    if call.grant_rate_ceiling:
        limits.append(f"taux indicatif maximal : {call.grant_rate_ceiling:.0%}".replace("%", "\u00a0%"))
    sheet.cell(rate + 1, 1, capfirst(" ; ".join(limits)))


def letter_model(call: Call) -> bytes:
    """The letter a partner fills in, signs, and gives to the lead applicant."""
    letter = WordDocument()
    letter.styles["Normal"].font.name = "Calibri"
    letter.styles["Normal"].font.size = Pt(11)
    letter.add_paragraph("[Nom de la structure partenaire]\n[Adresse]\n[Numéro SIRET]")
    letter.add_paragraph("[Lieu], le [date]")
    letter.add_heading("Lettre d’engagement de partenaire", level=1)
    letter.add_paragraph(f"Appel à projets «\u00a0{call.title_fr}\u00a0»")
    letter.add_paragraph(
        "Je soussigné(e) [prénom et nom], [qualité], représentant [nom de la structure partenaire], confirme notre "
        "engagement dans le projet «\u00a0[titre du projet]\u00a0» présenté par [nom du chef de file]."
    )
    letter.add_paragraph(
        "Nous avons pris connaissance du projet et de son plan de financement. "
        "S’il est retenu, nous nous engageons à\u00a0:"
    )
    for item in (
        "tenir dans le hub le rôle suivant\u00a0: [rôle, en deux ou trois phrases]\u00a0;",
        "y consacrer les moyens suivants\u00a0: [personnes et temps, locaux, outils]\u00a0;",
        "y apporter, le cas échéant, un financement de [montant]\u00a0€, [acquis ou sollicité]\u00a0;",
        f"participer à sa gouvernance et à son évaluation pendant les {call.duration_months}\u00a0mois financés.",
    ):
        letter.add_paragraph(item, style="List Bullet")
    letter.add_paragraph(
        "J’atteste que notre structure est à jour de ses obligations légales, sociales, fiscales et comptables, "
        "et que j’ai le pouvoir de l’engager."
    )
    letter.add_paragraph("[Signature, précédée du prénom, du nom et de la qualité du signataire]")
    return _bytes(letter, call)


def _bytes(made: Any, call: Call) -> bytes:
    """The file, its properties saying where it comes from instead of which library wrote it."""
    properties = made.core_properties if hasattr(made, "core_properties") else made.properties
    day = call.opens_at.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.language = call.title_fr, "fr-FR"
    properties.created = properties.modified = day
    setattr(properties, "author" if hasattr(properties, "author") else "creator", call.service_name)
    held = BytesIO()
    made.save(held)
    return held.getvalue()
