"""Run apart, with libraries the portal has not: write honest documents in a folder, a folder a producer.

PYTHONPATH=var/corpus/libraries python tests/corpus/honest_libraries.py FOLDER
"""

import datetime as dt
import sys
from pathlib import Path

TOWNS = [
    "Saint-Étienne",
    "Nîmes",
    "L’Haÿ-les-Roses",
    "Œuf-en-Ternois",
    "Ars-sur-Moselle",
    "Besançon",
    "Plœmeur",
    "Sète",
]


def by_reportlab(folder: Path) -> None:
    """Letters, tables, forms, drawings, landscape, 300 pages."""
    from reportlab.lib import pagesizes
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    style = getSampleStyleSheet()
    for number, town in enumerate(TOWNS):
        whole = [Paragraph(f"Délibération de {town}", style["Title"]), Spacer(1, 12)]
        whole += [Paragraph("Le conseil, réuni le 12 novembre, approuve le projet. " * 8, style["BodyText"])] * 9
        whole.append(Table([["Dépense", "Montant"]] + [[f"Ligne {n}", f"{n * 1000:,} €"] for n in range(30)]))
        paper = pagesizes.landscape(pagesizes.A4) if number % 2 else pagesizes.A4
        SimpleDocTemplate(str(folder / f"délibération {town}.pdf"), pagesize=paper, title=town).build(whole)
    _drawn(folder)
    _filled_in(folder)


def _drawn(folder: Path) -> None:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.charts.barcharts import VerticalBarChart
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib import colors
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    long = Canvas(str(folder / "annexe de 300 pages.pdf"))
    for page in range(300):
        long.drawString(72, 720, f"Annexe, page {page + 1}")
        long.bookmarkPage(str(page))
        long.addOutlineEntry(f"Page {page + 1}", str(page))
        long.showPage()
    long.save()
    chart = Drawing(400, 300)
    bars = VerticalBarChart()
    bars.data = [(13, 25, 20, 32), (14, 16, 21, 28)]
    bars.width, bars.height, bars.x, bars.y = 300, 200, 50, 50
    chart.add(bars)
    renderPDF.drawToFile(chart, str(folder / "graphique.pdf"))
    held = Canvas(str(folder / "impression interdite.pdf"), encrypt=StandardEncryption("", "maître", canPrint=0))
    held.setFillColor(colors.navy)
    held.drawString(72, 720, "On peut lire, non imprimer.")
    held.save()


def _filled_in(folder: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    form = Canvas(str(folder / "formulaire.pdf"))
    form.drawString(72, 760, "Demande d’adhésion")
    for row in range(8):
        form.acroForm.textfield(name=f"nom{row}", x=72, y=680 - 40 * row, width=300, value=f"Commune {row}")
        form.acroForm.checkbox(name=f"oui{row}", x=400, y=680 - 40 * row, checked=bool(row % 2))
    form.save()
    only = Canvas(str(folder / "formulaire sans un mot.pdf"))
    only.acroForm.textfield(name="seul", x=72, y=500, width=400, height=60, fontSize=30, value="Valeur")
    only.showPage()
    only.save()


def by_odfpy(folder: Path) -> None:
    """Texts and workbooks of the open format."""
    from odf.opendocument import OpenDocumentSpreadsheet, OpenDocumentText
    from odf.table import Table, TableCell, TableRow
    from odf.text import H, List, ListItem, P

    for town in TOWNS:
        text = OpenDocumentText()
        text.text.addElement(H(outlinelevel=1, text=f"Statuts de {town}"))
        for number in range(9):
            text.text.addElement(P(text=f"Article {number}. L’association réunit les communes."))
        points = List()
        item = ListItem()
        item.addElement(P(text="Membre fondateur"))
        points.addElement(item)
        text.text.addElement(points)
        text.save(str(folder / f"statuts {town}.odt"))
        book = OpenDocumentSpreadsheet()
        table = Table(name="Budget")
        for number in range(20):
            row = TableRow()
            for value in (f"Poste {number}", str(number * 12.5)):
                cell = TableCell()
                cell.addElement(P(text=value))
                row.addElement(cell)
            table.addElement(row)
        book.spreadsheet.addElement(table)
        book.save(str(folder / f"budget {town}.ods"))


def by_xlsxwriter(folder: Path) -> None:
    """Workbooks with formulas, charts, pictures of cells, notes, validation and links."""
    import xlsxwriter

    for number, town in enumerate(TOWNS):
        with xlsxwriter.Workbook(folder / f"budget {town}.xlsx") as book:
            bold, money, day = (
                book.add_format(said)
                for said in ({"bold": 1}, {"num_format": "# ##0,00 €"}, {"num_format": "dd/mm/yyyy"})
            )
            sheet = book.add_worksheet("Dépenses")
            sheet.write_row(0, 0, ["Poste", "Montant", "Date"], bold)
            for row in range(1, 60):
                sheet.write(row, 0, f"Poste {row}")
                sheet.write(row, 1, row * 100.5, money)
                sheet.write_datetime(row, 2, dt.datetime(2018, 11, 1 + row % 28), day)
            sheet.write_formula(60, 1, "=SUM(B2:B60)", money, 177885)
            sheet.write_url(61, 0, "https://exemple.invalid/aide")
            sheet.write_comment("A1", "À compléter")
            sheet.data_validation("D1:D60", {"validate": "list", "source": ["oui", "non"]})
            sheet.conditional_format("B2:B60", {"type": "data_bar"})
            chart = book.add_chart({"type": ("column", "pie", "line", "bar")[number % 4]})
            chart.add_series({"values": "=Dépenses!$B$2:$B$20", "categories": "=Dépenses!$A$2:$A$20"})
            sheet.insert_chart("F2", chart)
            if number % 2:
                sheet.protect()


def main(folder: Path) -> None:
    """Everything."""
    for name, act in {"ReportLab": by_reportlab, "odfpy": by_odfpy, "XlsxWriter": by_xlsxwriter}.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        act(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
