"""Everything that is made here, under one roof."""

from tests.builders.hostile_files import FILES
from tests.corpus.made import Odd
from tests.corpus.made.names import NAMES
from tests.corpus.made.offices import OFFICES
from tests.corpus.made.pdfs import PDFS
from tests.corpus.made.pictures import PICTURES

__all__ = ["ODD", "Odd"]

ODD: dict[str, Odd] = {
    **{
        what: Odd(f"piece.{kind}", make, code or "accept", remarks)
        for what, (kind, make, code, remarks) in FILES.items()
    },
    **NAMES,
    **PICTURES,
    **PDFS,
    **OFFICES,
}
