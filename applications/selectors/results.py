"""The results of a call as they were published: read from the frozen content, never from live rows."""

import csv
import io
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from applications.enums import Outcome
from applications.models import Call, Publication

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Laureate:
    """A line of the results; `amount` is `None` on the reserve list."""

    structure: str
    territories: list[dict[str, str]]
    partners: list[str]
    summary: str
    amount: Decimal | None


@dataclass(frozen=True)
class Results:
    """Everything the release published, and the fingerprint of its exact text."""

    released_at: datetime
    digest: str
    content: str
    awarded: list[Laureate]
    reserve: list[Laureate]

    @property
    def total(self) -> Decimal:
        """What is granted in all."""
        return sum((line.amount or Decimal(0) for line in self.awarded), Decimal(0))

    @property
    def covered(self) -> int:
        """How many départements and collectivities the awarded hubs cover, each once."""
        return len({territory["code"] for line in self.awarded for territory in line.territories})


def results_of(call: Call) -> Results | None:
    """The results of the call; `None` until they are released, whatever was decided or asked for: one query."""
    publication = Publication.objects.filter(call=call, released_at__isnull=False).first()
    if publication is None or publication.released_at is None:
        return None
    says = json.loads(publication.content)
    return Results(
        publication.released_at,
        publication.digest,
        publication.content,
        awarded=_lines(says[Outcome.AWARDED]),
        reserve=_lines(says[Outcome.RESERVE]),
    )


def _lines(said: list[dict[str, Any]]) -> list[Laureate]:
    """By name as people look for it, accents and capitals aside: databases do not sort alike."""
    lines = [
        Laureate(
            line["structure"],
            sorted(line["territories"], key=lambda territory: str(territory["code"])),
            line["partners"],
            line["summary"],
            Decimal(line["amount"]) if "amount" in line else None,
        )
        for line in said
    ]
    return sorted(lines, key=lambda line: _plain(line.structure))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()


def as_csv(results: Results) -> bytes:
    """The same as a table: semicolons, decimal commas, UTF-8 with its mark, as French spreadsheets open it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(
        [_("liste"), _("structure"), _("codes"), _("territoires"), _("partenaires"), _("subvention (€)"), _("résumé")]
    )
    for kind, lines in ((_("lauréat"), results.awarded), (_("liste complémentaire"), results.reserve)):
        writer.writerows([_harmless(cell) for cell in _row(kind, line)] for line in lines)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _row(kind: str, line: Laureate) -> list[str]:
    return [
        kind,
        line.structure,
        ", ".join(territory["code"] for territory in line.territories),
        ", ".join(territory["name"] for territory in line.territories),
        ", ".join(line.partners),
        f"{line.amount:.2f}".replace(".", ",") if line.amount is not None else "",
        line.summary,
    ]


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
