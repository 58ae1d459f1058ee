"""Honest documents, made at run time by the programs people really use: not one may be refused."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
from docx import Document
from docx.enum.section import WD_ORIENT
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from PIL import Image, ImageDraw, ImageFilter
from pypdf import PdfReader, PdfWriter
from weasyprint import HTML

from hubs_portal.sealing import seal
from tests.builders.files import a_pdf
from tests.corpus.debian import unpacked
from tests.corpus.gathering import FOLDER, Case, GatheringError
from tests.corpus.honest_libraries import TOWNS
from tests.corpus.made.pictures import drawn

_LIBRARIES, _PROFILE = FOLDER / "libraries", FOLDER / "profile"
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_SHEET = """<html lang="fr"><meta charset="utf-8"><title>{town}</title><style>
@page {{ size: A4 {way}; margin: 2cm; @bottom-center {{ content: counter(page) }} }}
table {{ border-collapse: collapse }}
td {{ border: 1px solid #888; padding: .3em }} h1 {{ color: #1d4f91 }}</style><h1>Statuts de {town}</h1>
<p>L’association réunit les communes qui le souhaitent, dès l’été.</p><form><input name="nom" value="{town}">
<input type="checkbox" checked></form><table>{rows}</table><h2>Article dernier</h2>{text}</html>"""


def made(folder: Path) -> list[Case]:
    """Everything, as cases of a source each; the producer is the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for producer, make in _PRODUCERS.items():
        (folder / producer).mkdir(parents=True)
        make(folder / producer)
    _libraries(folder)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [Case(file.parent.name, file.name, file.name, file, "") for file in files]


def _sheet(town: str, way: str = "portrait", paragraphs: int = 12) -> str:
    rows = "".join(f"<tr><td>Poste {n}</td><td>{n * 1000} €</td></tr>" for n in range(20))
    return _SHEET.format(town=town, way=way, rows=rows, text="<p>Il est décidé ce qui suit. </p>" * paragraphs)


# ---------------------------------------------------------------- libraries of the portal


def _weasyprint(folder: Path) -> None:
    for number, town in enumerate(TOWNS):
        page = HTML(string=_sheet(town, "landscape" if number % 2 else "portrait"))
        said = [{}, {"pdf_variant": "pdf/a-3b"}, {"pdf_variant": "pdf/ua-1"}, {"pdf_forms": True}][number % 4]
        page.write_pdf(folder / f"statuts {town}.pdf", **said)


def _fpdf(folder: Path) -> None:
    for number, town in enumerate(TOWNS):
        (folder / f"courrier {town}.pdf").write_bytes(a_pdf(f"Courrier de {town}", 1 + 7 * number))
    (folder / "annexe.pdf").write_bytes(a_pdf("Annexe", 300))


def _pikepdf(folder: Path) -> None:
    """The same pages, saved again: for the web, packed, locked against changes, with bookmarks and properties."""
    for number, town in enumerate(TOWNS):
        with pikepdf.open(BytesIO(a_pdf(f"Rapport de {town}", 5))) as pdf:
            pdf.docinfo["/Title"] = town
            with pdf.open_outline() as outline:
                outline.root.extend(pikepdf.OutlineItem(f"Page {n + 1}", n) for n in range(5))
            packed = pikepdf.ObjectStreamMode.generate if number % 2 else pikepdf.ObjectStreamMode.disable
            lock = pikepdf.Encryption(owner="maître", user="", R=6) if number % 3 == 0 else False
            pdf.save(folder / f"rapport {town}.pdf", linearize=not lock, object_stream_mode=packed, encryption=lock)


def _pypdf(folder: Path) -> None:
    """Several documents put together, turned, with notes."""
    for number, town in enumerate(TOWNS):
        joined = PdfWriter()
        for part in ("Statuts", "Liste", "Procès-verbal"):
            joined.append(PdfReader(BytesIO(a_pdf(f"{part} de {town}", 2))), outline_item=part)
        for page in joined.pages[::2]:
            page.rotate(90 * (number % 4))
        joined.write(folder / f"pièces {town}.pdf")


def _pyhanko(folder: Path) -> None:
    for town in TOWNS[:4]:
        (folder / f"signé {town}.pdf").write_bytes(seal(a_pdf(f"Lettre d’engagement de {town}")))


def _python_docx(folder: Path) -> None:
    """Headers, pictures, tables, landscape, lists."""
    for number, town in enumerate(TOWNS):
        text = Document()
        text.core_properties.title = town
        text.sections[0].header.paragraphs[0].text = f"Commune de {town}"
        if number % 2:
            text.sections[0].orientation = WD_ORIENT.LANDSCAPE
        text.add_heading(f"Statuts de {town}", 0)
        text.add_picture(BytesIO(drawn("RGB", "PNG" if number % 2 else "JPEG")))
        for line in range(30):
            text.add_paragraph(f"Article {line}. L’association réunit les communes.", style="List Bullet")
        table = text.add_table(9, 3, style="Table Grid")
        table.cell(0, 0).text = "Dépense"
        text.save(str(folder / f"statuts {town}.docx"))


def _openpyxl(folder: Path) -> None:
    for number, town in enumerate(TOWNS):
        book = Workbook()
        sheet = book.active
        for line in range(200 * (number + 1)):
            sheet.append([f"Poste {line}", line * 10.5, f"=B{line + 1}*1.2"])
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=20))
        sheet.add_chart(chart, "F2")
        book.create_sheet("Recettes").merge_cells("A1:C1")
        book.save(folder / f"budget {town}.xlsx")


def _photo(number: int, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """Something like a photograph: light, shapes, grain."""
    chance = random.Random(number)
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(40):
        x, y, width = (int(chance.random() * side) for side in (*size, size[0] // 4))
        draw.ellipse((x, y, x + width, y + width), fill=tuple(int(chance.random() * 256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(3))


def _pillow(folder: Path) -> None:
    """Photographs held in every way, for printers, by layers; screenshots; scans made PDF."""
    for way in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = way
        exif[0x010F] = "Appareil"
        _photo(way).save(folder / f"photo {way}.jpg", quality=90, exif=exif, dpi=(300, 300))
    _photo(20).convert("CMYK").save(folder / "imprimeur.jpg")
    _photo(21).save(folder / "par couches.jpeg", progressive=True)
    _photo(22, (6000, 4500)).save(folder / "27 millions de points.jpg", quality=85)
    _photo(23, (4000, 3000)).save(folder / "12 millions de points.png", compress_level=1)
    for mode in ("1", "L", "P", "RGBA", "LA"):
        _photo(30, (800, 600)).convert(mode).save(folder / f"écran {mode}.png")
    for number, town in enumerate(TOWNS):
        scans = [_scan(f"{town}, page {page}", 40 + number) for page in range(1 + number % 3)]
        scans[0].save(folder / f"numérisé {town}.pdf", save_all=True, append_images=scans[1:], resolution=150)
    _scan("Couleur à 600 points", 3, (4960, 7016)).save(folder / "numérisé à 600 points.pdf", resolution=600)
    _scan("Noir et blanc", 4, (4960, 7016)).convert("1").save(folder / "télécopie.pdf", resolution=600)


def _scan(said: str, grain: int, size: tuple[int, int] = (1240, 1754)) -> Image.Image:
    """A sheet of paper under a lamp."""
    image = Image.new("RGB", size, (246, 245, 238))
    draw = ImageDraw.Draw(image)
    for line in range(30):
        place = (size[0] // 8, size[1] // 8 + line * size[1] // 50)
        draw.text(place, f"{said}, {grain}. " * 3, fill=(30, 30, 40), font_size=size[1] // 80)
    return image.rotate(0.7, fillcolor=(230, 230, 224))


# ---------------------------------------------------------------- programs


def _chromium(folder: Path) -> None:
    """What the browser prints."""
    for town in TOWNS[:5]:
        page = (folder / "page.html").resolve()
        page.write_text(_sheet(town, paragraphs=60), encoding="utf-8")
        where = folder.resolve()
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        places = [f"--user-data-dir={where}/profile", f"--print-to-pdf={where}/page {town}.pdf"]
        _run("chromium", *options, *places, page.as_uri())
        page.unlink()
        shutil.rmtree(folder / "profile", ignore_errors=True)


def _poppler(folder: Path) -> None:
    """What poppler and cairo draw again from a document: PDF, pictures, parts put together."""
    source = folder.parent / "WeasyPrint"
    for number, file in enumerate(sorted(source.glob("*.pdf"))):
        _run("pdftocairo", "-pdf", str(file), str(folder / f"cairo {file.name}"))
        kind = ("png", "jpeg")[number % 2]
        _run("pdftocairo", f"-{kind}", "-singlefile", "-r", "110", str(file), str(folder / file.stem))
    _run("pdfunite", *map(str, sorted(source.glob("*.pdf"))), str(folder / "réunis.pdf"))


def _libreoffice(folder: Path) -> None:
    """Texts and workbooks typed nowhere else, then exported in every way its menus offer."""
    work = folder.parent.parent / "typed"
    for left in (work, _PROFILE):
        shutil.rmtree(left, ignore_errors=True)
    work.mkdir()
    for town in TOWNS:
        (work / f"statuts {town}.html").write_text(_sheet(town), encoding="utf-8")
        (work / f"budget {town}.csv").write_text("Poste;Montant\n" + "Achat;12,5\n" * 40, encoding="utf-8")
    pages, books = (sorted(map(str, work.glob(f"*.{kind}"))) for kind in ("html", "csv"))
    typed = ["--infilter=HTML (StarWriter)"]
    _office(*typed, "--convert-to", "odt:writer8", "--outdir", str(folder), *pages)
    _office(*typed, "--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder), *pages)
    _office("--convert-to", "ods", "--outdir", str(folder), *books)
    texts, sheets = (sorted(map(str, folder.glob(f"*.{kind}"))) for kind in ("odt", "ods"))
    if (len(texts), len(sheets)) != (len(pages), len(books)):
        raise GatheringError("LibreOffice did not write what it was asked for")
    _office("--convert-to", "docx", "--outdir", str(folder), *texts)
    _office("--convert-to", "xlsx", "--outdir", str(folder), *sheets)
    _office("--convert-to", "pdf", "--outdir", str(folder), *sheets)
    options = '{"SelectPdfVersion":{"type":"long","value":"%d"},"UseTaggedPDF":{"type":"boolean","value":"true"}}'
    for archived in (1, 2):
        inside = folder.parent / f"LibreOffice, PDF-A-{archived}"
        inside.mkdir()
        _office("--convert-to", f"pdf:writer_pdf_Export:{options % archived}", "--outdir", str(inside), *texts)


def _ghostscript(folder: Path) -> None:
    """What a virtual printer writes, and the pictures it draws."""
    root = unpacked("ghostscript", "qpdf")
    program = shutil.which("gs") or str(root / "usr/bin/gs")
    versions = list((root / "usr/share/ghostscript").glob("[0-9]*"))
    places = [str(version / part) for version in versions for part in ("Resource/Init", "lib", "Resource/Font")]
    says = {"GS_LIB": ":".join([*places, str(root / "usr/share/fonts/type1/urw-base35")]), **_beside(root)}
    for number, file in enumerate(sorted((folder.parent / "WeasyPrint").glob("*.pdf"))):
        for device, kind in (
            ("pdfwrite", "pdf"),
            (("png16m", "png"), ("jpeg", "jpg"), ("jpegcmyk", "jpeg"))[number % 3],
        ):
            first = [] if kind == "pdf" else ["-dLastPage=1", "-r100"]
            out = f"-sOutputFile={folder}/{file.stem}.{kind}"
            _run(
                program,
                "-q",
                "-dNOPAUSE",
                "-dBATCH",
                "-dSAFER",
                *first,
                f"-sDEVICE={device}",
                out,
                str(file),
                says=says,
            )


def _qpdf(folder: Path) -> None:
    """For the web, packed, locked against changes by every lock there is."""
    root = unpacked("ghostscript", "qpdf")
    program = shutil.which("qpdf") or str(root / "usr/bin/qpdf")
    ways = [
        *(["--linearize"], ["--object-streams=generate"], ["--qdf"], ["--force-version=1.4"], ["--coalesce-contents"]),
        ["--encrypt", "", "chef", "256", "--modify=none", "--"],
        ["--encrypt", "", "chef", "128", "--print=none", "--use-aes=y", "--"],
        ["--allow-weak-crypto", "--encrypt", "", "chef", "40", "--"],
    ]
    for way, file in zip(ways, sorted((folder.parent / "WeasyPrint").glob("*.pdf")), strict=True):
        _run(program, *way, str(file), str(folder / file.name), says=_beside(root))


def _libraries(folder: Path) -> None:
    """Those of libraries the portal has not."""
    if not (_LIBRARIES / ".done").exists():
        pip = [
            sys.executable,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "-qq",
            "install",
            "--require-hashes",
            "--no-deps",
        ]
        _run(*pip, "--target", str(_LIBRARIES), "-r", str(_REQUIREMENTS))
        (_LIBRARIES / ".done").touch()
    program = Path(__file__).with_name("honest_libraries.py")
    _run(sys.executable, str(program), str(folder), says={"PYTHONPATH": str(_LIBRARIES)})


def _office(*arguments: str) -> None:
    program, says = "soffice", {}
    if not shutil.which(program):
        root = unpacked("libreoffice-writer-nogui", "libreoffice-calc-nogui")
        inside = root / "usr/lib/libreoffice"
        program, says = str(inside / "program/soffice.bin"), _beside(root, inside / "program")
        _at_home(inside)
    home = _PROFILE.resolve()
    command = [program, "--headless", f"-env:UserInstallation={home.as_uri()}", *arguments]
    # Its first start only makes its profile, and asks to be started again.
    for _ in range(2):
        if _run(*command, says={"HOME": str(home), **says}, may_return=81) != 81:
            return


def _at_home(inside: Path) -> None:
    """Tell LibreOffice that it lives here, and not in the root of the machine."""
    settings = inside / "program/fundamentalrc"
    said = settings.read_text().replace("file:///usr/lib/libreoffice", "${ORIGIN}/..")
    settings.write_text(said.replace("file:///etc/libreoffice/registry", "${ORIGIN}/../share/.registry"))


def _beside(root: Path, *folders: Path) -> dict[str, str]:
    return {"LD_LIBRARY_PATH": ":".join(map(str, [*folders, *(root / "usr/lib").glob("*-linux-gnu")]))}


def _run(*command: str, says: dict[str, str] | None = None, may_return: int = 0) -> int:
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(says or {})},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise GatheringError(f"{command[0]}: {error}") from error
    if done.returncode not in (0, may_return):
        raise GatheringError(f"{command[0]} returned {done.returncode}: {(done.stderr or done.stdout)[-1500:]}")
    return done.returncode


# In this order: some take up what others have written.
_PRODUCERS: dict[str, Callable[[Path], None]] = {
    "WeasyPrint": _weasyprint,
    "fpdf2": _fpdf,
    "pikepdf": _pikepdf,
    "pypdf": _pypdf,
    "pyHanko": _pyhanko,
    "python-docx": _python_docx,
    "openpyxl": _openpyxl,
    "Pillow": _pillow,
    "Chromium": _chromium,
    "poppler and cairo": _poppler,
    "LibreOffice": _libreoffice,
    "Ghostscript": _ghostscript,
    "qpdf": _qpdf,
}
