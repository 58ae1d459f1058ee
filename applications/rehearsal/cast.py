"""The sixty invented structures: who they are, and what becomes of each."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from django.utils.text import slugify
from stdnum import luhn

from applications.enums import LegalForm
from applications.identifiers import ALSACE_MOSELLE

PARIS = ZoneInfo("Europe/Paris")
DATA = Path(__file__).parent / "data"
YEAR = 2018


@dataclass(frozen=True)
class Player:
    """An invented structure. Instants are in Paris time; `fate` says how the procedure ends for it, `merit` (out of 5)
    what the jury thinks of it once it has been heard.
    """

    rank: int
    slug: str
    name: str
    form: str
    city: str
    postcode: str
    territories: tuple[str, ...]
    contact: str
    hub: str
    signalled: datetime
    fate: str
    submits: tuple[datetime, ...] = ()
    steps: int = 10
    withdraws: datetime | None = None
    resumes: datetime | None = None
    late: datetime | None = None
    ready: bool = False
    draft: bool = False
    deliberation_follows: bool = False
    merit: float = 2.3

    @property
    def email(self) -> str:
        """The contact's address, at a domain nobody can own (RFC 2606)."""
        return f"{slugify(self.contact).replace('-', '.')}@{self.slug}.example"

    @property
    def colleague(self) -> tuple[str, str] | None:
        """Name and address of somebody the contact invites; one structure in four has one."""
        if self.rank % 4 or self.steps < 3:
            return None
        first, last = _FIRST[self.rank % len(_FIRST)], _LAST[self.rank * 7 % len(_LAST)]
        return f"{first} {last}", f"{slugify(f'{first} {last}').replace('-', '.')}@{self.slug}.example"

    @property
    def siren(self) -> str:
        """A SIREN with a right key and nobody behind it: the register gives none that begins with 0."""
        return _keyed(f"0990{self.rank:04d}")

    @property
    def siret(self) -> str:
        """The SIRET of its seat."""
        return _keyed(f"{self.siren}0001")

    @property
    def rna(self) -> str:
        """An RNA number for associations, shaped as those of its territory; none in Alsace and Moselle."""
        if self.form != LegalForm.ASSOCIATION or self.department in ALSACE_MOSELLE:
            return ""
        if self.department.startswith("97"):
            letter = {"971": "G", "972": "M", "973": "C", "974": "R", "976": "T"}.get(self.department, "G")
            return f"W9{letter}9{self.rank:06d}"
        return f"W{self.department}9{self.rank:06d}" if self.department.isdigit() and len(self.department) == 2 else ""

    @property
    def registry(self) -> str:
        """The entry in the register of the local court, where there is no RNA."""
        if self.form == LegalForm.ASSOCIATION and self.department in ALSACE_MOSELLE:
            return f"volume 99, folio {self.rank}, tribunal d’instance de {self.city}"
        return ""

    @property
    def department(self) -> str:
        """The territory of its seat, by its postcode."""
        return self.postcode[:3] if self.postcode.startswith(("97", "98")) else self.postcode[:2]

    @property
    def phone(self) -> str:
        """A number of the range kept for fiction (Arcep, decision 2018-0881)."""
        return f"+331990020{self.rank:02d}"

    @property
    def signs(self) -> tuple[str, str]:
        """Name and title of its legal representative."""
        first, last = _FIRST[self.rank * 5 % len(_FIRST)], _LAST[self.rank * 3 % len(_LAST)]
        return f"{first} {last}", _TITLES[LegalForm(self.form)]

    def seeded(self, what: str) -> Random:
        """Chance that falls the same way at every start, for one purpose."""
        return Random(f"{self.slug}/{what}")  # noqa: S311 - it invents, it guards nothing


_FIRST = ("Anne", "Bruno", "Cécile", "David", "Élodie", "Farid", "Geneviève", "Hugo", "Inès", "Jacques", "Léa")
_LAST = (
    *("Aubrac", "Brunel", "Castaing", "Delorme", "Escoffier", "Ferrand", "Gauvin", "Hamelin", "Imbert", "Jourdain"),
    *("Kessler", "Laforêt", "Meunier", "Navarro", "Ollivier", "Perrault", "Quentin", "Rivière", "Sauvage"),
)
_TITLES = {
    LegalForm.ASSOCIATION: "présidence",
    LegalForm.LOCAL_AUTHORITY: "présidence",
    LegalForm.JOINT_BODY: "présidence",
    LegalForm.GIP: "direction",
    LegalForm.COMPANY: "gérance",
    LegalForm.SCIC: "direction générale",
    LegalForm.FOUNDATION: "délégation générale",
}


def _keyed(digits: str) -> str:
    return digits + str(luhn.calc_check_digit(digits))


def instant(text: str) -> datetime:
    """« 11-30 16:59:41 » in 2018, « 2019-01-16 19:00 » otherwise; Paris time."""
    shape = "%Y-%m-%d %H:%M:%S" if text.count(":") > 1 else "%Y-%m-%d %H:%M"
    dated = text if text.startswith("20") else f"{YEAR}-{text}"
    return datetime.strptime(dated, shape).replace(tzinfo=PARIS)


@cache
def players() -> tuple[Player, ...]:
    """Every structure, in the order of the file."""
    rows = json.loads((DATA / "organisations.json").read_text(encoding="utf-8"))
    return tuple(_player(rank, row) for rank, row in enumerate(rows, 1))


def chosen(only: int | None) -> tuple[Player, ...]:
    """The whole cast, or a short one that still has a bit of everything."""
    if only is None:
        return players()
    order = {slug: place for place, slug in enumerate(_SHORT_CAST)}
    told = sorted(players(), key=lambda player: (order.get(player.slug, len(order)), player.rank))
    return tuple(told[:only])


# One of each kind of story, in the order a shortened play takes them.
_SHORT_CAST = (
    *("atelier-francilien", "tisserands", "derniere-minute", "pont-du-lac", "etoile-creuse", "boucles-aure"),
    *("veilleurs", "coop-adour", "escale", "cordees", "scop-ateliers", "haut-plateau"),
)


def _player(rank: int, row: dict[str, object]) -> Player:
    values = dict(row)
    for name in ("signalled", "withdraws", "resumes", "late"):
        if name in values:
            values[name] = instant(str(values[name]))
    values["name"], values["hub"] = typeset(str(row["name"])), typeset(str(row["hub"]))
    submits = row.get("submits", [])
    assert isinstance(submits, list)
    values["submits"] = tuple(instant(text) for text in submits)
    values["territories"] = tuple(row["territories"])  # type: ignore[arg-type] # a list of codes
    return Player(rank=rank, **values)  # type: ignore[arg-type] # the file is ours, its keys are the fields


def typeset(text: str) -> str:
    """Straight apostrophes and spaces of the keyboard, as French prints them."""
    text = text.replace("'", "’").replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    for sign in ";:!?%€":
        text = text.replace(f" {sign}", f"\u00a0{sign}")
    return text
