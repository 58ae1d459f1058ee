"""The documents the invented candidates join: real PDFs anybody can read, a few scans, the same at every start."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders
from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from applications.rehearsal.cast import DATA, Player, typeset
from applications.rehearsal.words import Writer, allies, spaced

Paragraphs = Sequence[str]
Sheet = tuple[str, Paragraphs]  # a title and what is under it, on as many pages as that takes
_MADE_ON = datetime(2018, 11, 5, 9, tzinfo=UTC)
_SPECIMEN = typeset("Document inventé pour une répétition : aucune de ces personnes ni de ces structures n'existe.")
_LEFT, _TOP, _LOWEST = 24.0, 40.0, 268.0  # millimetres
_YEARS = (2015, 2016, 2017)
_OWN_A_SCANNER = 0.4
_SEND_A_FILE_A_YEAR = 0.5


def paper(player: Player, writer: Writer, code: str) -> list[tuple[str, bytes]]:
    """The files this candidate joins for the requirement of this code: names and bytes."""
    model = _models().get(code) or _models()["*"]
    sheets = list(_sheets(player, writer, model))
    chance = player.seeded(f"paper/{code}")
    if model.get("scan") and chance.random() < _OWN_A_SCANNER:
        kind, extension = chance.choice([("png", "png"), ("jpeg", "jpg")])
        return [(f"{model['name']}-{player.slug}.{extension}", _scan(sheets[0], kind, player))]
    if code == "accounts_3y" and chance.random() < _SEND_A_FILE_A_YEAR:
        return [
            (f"comptes-{year}-{player.slug}.pdf", _pdf(player, [sheet]))
            for year, sheet in zip(_YEARS, sheets, strict=True)
        ]
    return [(f"{model['name']}-{player.slug}.pdf", _pdf(player, sheets))]


def leaf(player: Player, title: str, paragraphs: Paragraphs) -> bytes:
    """A single sheet with the letterhead of this candidate, as a PDF."""
    return _pdf(player, [(title, paragraphs)])


@cache
def _models() -> dict[str, Any]:
    models: dict[str, Any] = json.loads((DATA / "papers.json").read_text(encoding="utf-8"))
    return models


def _sheets(player: Player, writer: Writer, model: Mapping[str, Any]) -> Iterator[Sheet]:
    """The sheets of a document; a paragraph « @code » is the candidate's own answer to that question."""
    facts = writer.facts | _facts(player)
    for sheet in model["sheets"]:
        for more, territory in _repeated(player, writer, sheet.get("each", "")):
            known = facts | more
            yield (
                sheet["title"].format_map(known),
                [
                    writer.answer(said[1:], territory) if said.startswith("@") else said.format_map(known)
                    for said in sheet["paragraphs"]
                ],
            )


def _repeated(player: Player, writer: Writer, each: str) -> Iterator[tuple[dict[str, str], Any]]:
    """The facts of each sheet of a kind: one a partner, a territory or a year, or a single one."""
    if each == "partner":
        for ally in allies(player):
            yield {"ally": ally.name, "ally_contact": ally.contact, "ally_role": ally.role}, None
    elif each == "territory":
        for territory in writer.territories:
            yield {"t_name": territory.name, "t_de": territory.article}, territory
    elif each == "year":
        base = player.seeded("accounts").randint(18, 62) * 10_000
        for year, factor in zip(_YEARS, (0.86, 0.93, 1.0), strict=True):
            yield {"y": str(year), **_accounts(int(base * factor))}, None
    else:
        yield {}, None


def _accounts(income: int) -> dict[str, str]:
    shares = {"sales": 0.3, "grants": 0.6, "gifts": 0.1, "staff_cost": 0.6, "taxes": 0.07, "profit": 0.03}
    stocks = {"equity": 0.25, "cash": 0.2, "debts": 0.11, "income": 1.0}
    return {name: spaced(int(income * share)) for name, share in (shares | stocks).items()}


def _facts(player: Player) -> dict[str, str]:
    name, title = player.signs
    partners, chance = allies(player), player.seeded("aids")
    aids = {
        f"aid_{year}": f"{spaced(chance.randint(2, 19) * 5_000)} euros, "
        f"{chance.choice(['commune', 'région', 'département'])}, "
        f"règlement {chance.choice(['de minimis général', 'de minimis SIEG'])}"
        for year in _YEARS
    }
    return aids | {
        "name": player.name,
        "siren": player.siren,
        "number": player.rna or player.registry or "en cours d'attribution",
        "iban": _iban(player),
        "signer": name,
        "signer_title": title,
        "signed": f"Fait à {player.city}, le 5 novembre 2018. {name} ({title}).",
        "allies": ", ".join(ally.name for ally in partners),
        "officers": ", ".join(f"{ally.contact} ({ally.name})" for ally in partners),
    }


def _iban(player: Player) -> str:
    """An IBAN with right keys, at a bank whose code is given to none."""
    bban = f"9999900001{player.rank:011d}"
    bban += f"{97 - int(bban) * 100 % 97:02d}"  # the French key
    number = f"FR{98 - int(bban + '152700') % 97:02d}{bban}"  # then that of the IBAN
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


class _Paper(FPDF):
    """A4 with the letterhead of a structure, written line by line: laying paragraphs out would take a jump's time."""

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        # The alphabet of the core fonts: French letters, typographic apostrophe, dash and euro included.
        self.core_fonts_encoding = "windows-1252"
        self.set_auto_page_break(auto=False)
        self.set_creation_date(_MADE_ON)
        self.set_lang("fr")
        self.set_author(player.name)

    def header(self) -> None:
        """Who writes."""
        self.set_font("helvetica", "B", 9)
        self.text(_LEFT, 18, self.player.name)
        self.set_font("helvetica", "", 8)
        self.text(_LEFT, 22.5, f"{self.player.postcode} {self.player.city} – SIRET {self.player.siret}")

    def footer(self) -> None:
        """That it was invented, and the page."""
        self.set_font("helvetica", "I", 7)
        self.text(_LEFT, 284, _SPECIMEN)
        self.text(180, 284, f"page {self.page_no()}")

    def sheet(self, title: str, paragraphs: Paragraphs) -> None:
        """A title and its paragraphs, on as many pages as they need."""
        self.add_page()
        self.set_font("times", "B", 15)
        y = _TOP
        for line in _lines([title], 60):
            self.text(_LEFT, y, line)
            y += 7
        self.set_font("times", "", 11)
        for line in _lines(paragraphs, 88):
            if y > _LOWEST:
                self.add_page()
                self.set_font("times", "", 11)
                y = _TOP
            if line:
                self.text(_LEFT, y, line)
            y += 5.6 if line else 3.2


def _pdf(player: Player, sheets: Sequence[Sheet]) -> bytes:
    pdf = _Paper(player)
    pdf.set_title(typeset(sheets[0][0]))
    for title, paragraphs in sheets:
        pdf.sheet(title, paragraphs)
    return bytes(pdf.output())


@cache
def _letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The portal's own typeface once it is built; until then Pillow's, which knows no accent."""
    built = finders.find("build/fonts/source-sans-3-latin-wght-normal.woff2")
    if not isinstance(built, str):
        return ImageFont.load_default(size)
    letters = ImageFont.truetype(built, size)
    letters.set_variation_by_axes([400])
    return letters


def _scan(sheet: Sheet, kind: str, player: Player) -> bytes:
    """A page as an office scanner makes it: grey, slightly askew."""
    title, paragraphs = sheet
    page = Image.new("L", (900, 1270), 247)
    pen = ImageDraw.Draw(page)
    pen.text((80, 70), player.name, fill=60, font=_letters(20))
    for line, y in zip(_lines([title], 50), (130, 165), strict=False):
        pen.text((80, y), line, fill=40, font=_letters(28))
    for line, y in zip(_lines(paragraphs, 70), range(240, 1170, 30), strict=False):
        pen.text((80, y), line, fill=70, font=_letters(19))
    pen.text((80, 1220), _SPECIMEN, fill=120, font=_letters(14))
    made = BytesIO()
    page.rotate(player.seeded("scan").uniform(-0.8, 0.8), fillcolor=235).save(made, kind, **_QUALITY[kind])
    return made.getvalue()


_QUALITY: dict[str, dict[str, int]] = {"png": {"compress_level": 3}, "jpeg": {"quality": 70}}


def _lines(paragraphs: Paragraphs, width: int) -> Iterator[str]:
    """Lines of at most `width` letters, an empty one after each paragraph."""
    for paragraph in paragraphs:
        line = ""
        for word in typeset(paragraph).split(" "):
            if len(line) + len(word) >= width:
                yield line
                line = ""
            line = f"{line} {word}".strip(" ")
        yield from (line, "")
