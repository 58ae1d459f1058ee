"""Real documents, made by real programs, of the sizes people send: from a typed page to a thick scan."""

import random
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path

from docx import Document
from fpdf import FPDF
from openpyxl import Workbook
from PIL import Image, ImageDraw
from weasyprint import HTML

_A4 = (1240, 1754)  # at 150 points an inch


def write_all(folder: Path) -> dict[str, list[Path]]:
    """The ten documents of an association, by the requirement each answers."""
    made = {
        "commitment_letters": [
            _written(folder / "Lettre d’engagement – département.pdf", partial(_fpdf, "Lettre d'engagement", 3, 1)),
            _written(folder / "lettre engagement société.png", _png),
            _written(folder / "IMG_2018_1126.jpg", partial(_jpeg, 1)),
        ],
        "bank_details": [_written(folder / "RIB.jpeg", partial(_jpeg, 2))],
        "statutes": [_written(folder / "Statuts à jour.docx", _docx)],
        "officers_list": [_written(folder / "Conseil d'administration.xlsx", _xlsx)],
        "accounts_3y": [
            _written(folder / "Comptes 2017.pdf", partial(_weasyprint, "Comptes annuels 2017")),
            _written(folder / "Comptes 2015-2016 (scan).pdf", partial(_scanned, 10)),
        ],
        "activity_report": [_written(folder / "Rapport d’activité 2017.pdf", partial(_fpdf, "Rapport", 12, 3))],
        "state_aid_declaration": [_written(folder / "Aides publiques.pdf", partial(_weasyprint, "Aides publiques"))],
    }
    assert sum(len(files) for files in made.values()) == 10
    return made


def _written(place: Path, make: Callable[[], bytes]) -> Path:
    place.write_bytes(make())
    return place


def a_scan(seed: int) -> Image.Image:
    """A page as a scanner sees it: grey paper, its grain, a few lines, a stamp."""
    chance = random.Random(seed)
    grain = Image.frombytes("L", (_A4[0] // 2, _A4[1] // 2), chance.randbytes(_A4[0] // 2 * (_A4[1] // 2)))
    page = Image.blend(Image.new("L", _A4, 245), grain.resize(_A4), 0.08).convert("RGB")
    pen = ImageDraw.Draw(page)
    for row in range(40):
        pen.line((150, 200 + row * 34, 150 + chance.randint(300, 940), 200 + row * 34), fill=(60, 60, 70), width=6)
    pen.ellipse((800, 1450, 1050, 1600), outline=(30, 60, 160), width=8)
    return page


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _png() -> bytes:
    return _saved(a_scan(7).convert("P"), "PNG")


def _jpeg(seed: int) -> bytes:
    return _saved(a_scan(seed), "JPEG", quality=80)


def _scanned(pages: int) -> bytes:
    """About 20 MB: what a copier of the town hall makes of a few pages in full colour."""
    chance = random.Random(5)
    sheets = [Image.frombytes("RGB", (1400, 1980), chance.randbytes(1400 * 1980 * 3)) for _ in range(pages)]
    return _saved(sheets[0], "PDF", save_all=True, append_images=sheets[1:], quality=82)


def _fpdf(title: str, pages: int, photographs: int) -> bytes:
    pdf = FPDF()
    pdf.set_font("helvetica", size=12)
    for page in range(pages):
        pdf.add_page()
        pdf.multi_cell(0, 8, f"{title}\n\nPage {page + 1}\n\n" + "Nous nous engageons dans le hub. " * 30)
        if page < photographs:
            pdf.image(a_scan(20 + page), w=120)
    return bytes(pdf.output())


def _weasyprint(title: str) -> bytes:
    lines = "".join(f"<tr><td>Compte {n}</td><td>{n * 1234} €</td></tr>" for n in range(1, 120))
    stamp = f"<img width=300 src='data:image/jpeg;base64,{b64encode(_jpeg(9)).decode()}'>"
    page = f"<html lang=fr><title>{title}</title><h1>{title}</h1>{stamp}<table>{lines}</table></html>"
    return bytes(HTML(string=page).write_pdf())


def _docx() -> bytes:
    document = Document()
    document.add_heading("Statuts de l’association", 0)
    for article in range(1, 30):
        document.add_heading(f"Article {article}", 1)
        document.add_paragraph("L’association a pour but l’inclusion numérique. " * 12)
    picture = BytesIO(_jpeg(3))
    document.add_picture(picture)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nom", "Fonction", "Depuis"])
    for n in range(1, 4000):
        sheet.append([f"Membre {n}", "administratrice", f"{2000 + n % 18}"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
