"""The office files of the kit: the budget to fill in, and the letter a partner signs. Each says its version."""

import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils.text import capfirst
from docx import Document as WordDocument
from docx.shared import Pt
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from applications.enums import BudgetCategory, FunderKind, FundingStatus
from applications.models import Call

_EUROS = '#,##0.00 "€"'
_LAST_LINE = 41  # forty lines to fill in, below the headings


def euros(amount: Decimal) -> str:
    """« 5 000 000 € »."""
    return f"{amount:,.0f} €".replace(",", "\u00a0").replace(" €", "\u00a0€")


def budget_workbook(call: Call, version: str) -> bytes:
    """Two tables with the columns of the dossier's, so that they paste into it, and a sheet that adds them up."""
    book = Workbook()
    _advice(book.worksheets[0], call, version)
    categories, kinds = [str(c.label) for c in BudgetCategory], [str(k.label) for k in FunderKind]
    _table(book.create_sheet("Dépenses"), {"Nature": 34, "Dépense": 60, "Montant": 18}, {"A": categories}, "C")
    statuses = [str(status.label) for status in FundingStatus]
    columns = {"Origine": 44, "Financeur": 44, "État": 16, "Montant": 18}
    _table(book.create_sheet("Ressources"), columns, {"A": kinds, "C": statuses}, "D")
    _summary(book.create_sheet("Récapitulatif"), call, categories, kinds)
    return _bytes(book, call)


def _advice(sheet: Worksheet, call: Call, version: str) -> None:
    sheet.title = "Mode d’emploi"
    sheet.column_dimensions["A"].width = 100
    lines = [
        f"{call.title_fr} – budget et plan de financement sur {call.duration_months} mois",
        "1. Feuille « Dépenses » : une ligne par dépense. La nature se choisit dans la liste.",
        "2. Feuille « Ressources » : une ligne par financeur. Nommez chaque fonds européen (FSE, FEDER, LEADER…).",
        "3. Feuille « Récapitulatif » : elle se calcule seule. Dépenses et ressources doivent s’équilibrer.",
        "4. Dans votre dossier en ligne, copiez les lignes des deux feuilles et collez-les dans les deux tableaux.",
        "Ce fichier sert à préparer : c’est ce qui est saisi dans le dossier et déposé qui compte.",
        _visible(version),
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


def letter_model(call: Call, version: str) -> bytes:
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
    foot = letter.sections[0].footer.paragraphs[0]
    foot.add_run(_visible(version)).font.size = Pt(9)
    return _bytes(letter, call)


def _visible(version: str) -> str:
    """The line by which a person knows a version from another."""
    return f"Modèle de l’appel, version {version}"


def _bytes(made: Any, call: Call) -> bytes:
    """The file, its properties saying where it comes from instead of which library wrote it."""
    properties = made.core_properties if hasattr(made, "core_properties") else made.properties
    day = call.opens_at.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.language = call.title_fr, "fr-FR"
    properties.created = properties.modified = day
    setattr(properties, "author" if hasattr(properties, "author") else "creator", call.service_name)
    held = BytesIO()
    made.save(held)
    return _dated(held.getvalue(), day) if isinstance(made, Workbook) else held.getvalue()


def _dated(workbook: bytes, day: datetime) -> bytes:
    """The workbook modified on that day: openpyxl writes the present instant, and the same kit would never be it."""
    held = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as archive, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + f"{day:%FT%TZ}".encode(), content)
            copy.writestr(entry, content)
    return held.getvalue()
