"""Files a candidate might join."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from django.core.files.base import ContentFile
from fpdf import FPDF


@lru_cache(maxsize=200)
def a_pdf(text: str = "Pièce d’essai", pages: int = 1) -> bytes:
    """A real PDF anybody can open, that says `text` on each page; the same text gives the same bytes."""
    pdf = FPDF()
    pdf.set_creation_date(datetime(2018, 11, 1, tzinfo=UTC))
    pdf.set_font("helvetica", size=14)
    for page in range(1, pages + 1):
        pdf.add_page()
        said = f"{text}\n\nPage {page} / {pages}".replace("’", "'")
        pdf.multi_cell(0, 8, said.encode("latin-1", "replace").decode("latin-1"))
    return bytes(pdf.output())


def a_file(content: bytes | None = None, name: str = "piece.pdf") -> ContentFile[bytes]:
    """The same as Django receives it; a one-page PDF by default."""
    return ContentFile(a_pdf() if content is None else content, name)
