"""Everything that is made here, under one roof."""

from tests.builders.hostile_files import FILES
from tests.corpus.made import Odd
from tests.corpus.made.names import NAMES
from tests.corpus.made.offices import OFFICES
from tests.corpus.made.pdfs import PDFS
from tests.corpus.made.pictures import PICTURES

__all__ = ["ODD", "Odd"]

# Told by their first bytes, before anything is opened.
_TOLD_AT_ONCE = {"a workbook that is a text", "a picture that says it is another"}

ODD: dict[str, Odd] = {
    **{
        what: Odd(f"piece.{kind}", make, "wrong_content" if what in _TOLD_AT_ONCE else code or "accept", remarks)
        for what, (kind, make, code, remarks) in FILES.items()
    },
    **NAMES,
    **PICTURES,
    **PDFS,
    **OFFICES,
}
