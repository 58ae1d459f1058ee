"""What the invented candidates write: sentences chosen for each, filled with the facts of its territories."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from django.utils.formats import date_format

from applications.enums import LegalForm, PartnerFamily
from applications.models import Territory
from applications.rehearsal.cast import DATA, Player, typeset

_DIFFICULTY = 0.19  # the share of people ill at ease with digital tools the call starts from: 13 million of 67
_WE = {
    LegalForm.ASSOCIATION: "notre association",
    LegalForm.LOCAL_AUTHORITY: "notre intercommunalité",
    LegalForm.JOINT_BODY: "notre syndicat mixte",
    LegalForm.GIP: "notre groupement",
    LegalForm.COMPANY: "notre société",
    LegalForm.SCIC: "notre coopérative",
    LegalForm.FOUNDATION: "notre fondation",
}
_PARTNERS = {
    PartnerFamily.PUBLIC: (
        "Communauté de communes du Val de {place}",
        "Réseau des médiathèques du Pays de {place}",
        "Mission locale de {place}",
        "Centre intercommunal d'action sociale de {place}",
        "Maison de services au public de {place}",
    ),
    PartnerFamily.PRIVATE: (
        "Atelier {place} Logiciels",
        "{place} Formation SARL",
        "Coopérative d'activité {place}",
        "Imprimerie numérique {place}",
    ),
    PartnerFamily.ASSOCIATIVE: (
        "Fédération des centres sociaux de {place}",
        "Association Parcours {place}",
        "Compagnonnage de {place}",
        "Foyer rural de {place}",
        "Fablab de {place}",
    ),
}
# Places nobody will find on a map.
_PLACES = (
    *("Brévigny", "Clairesource", "Montalègre", "Fontorbe", "Roqueval", "Saint-Alvin", "Hautegarde"),
    *("Lormeuil", "Valbrise", "Kerlouan-Izel", "Esprenac", "Marsolles", "Oyrières", "Belcombe", "Vauxclair"),
)
_ROLES = {
    PartnerFamily.PUBLIC: (
        "Accueille les permanences et relie le hub aux politiques sociales du territoire.",
        "Met à disposition des locaux et deux agents d'accueil formés aux démarches en ligne.",
        "Porte auprès des élus les priorités fixées avec les services de l'État.",
    ),
    PartnerFamily.PRIVATE: (
        "Apporte l'outil de prise de rendez-vous et en assure la maintenance.",
        "Ouvre aux aidants ses salles équipées et ses formateurs, à prix coûtant.",
    ),
    PartnerFamily.ASSOCIATIVE: (
        "Forme les bénévoles et anime le réseau des lieux associatifs.",
        "Met à disposition deux formateurs et son atelier de reconditionnement.",
        "Va vers les publics les plus éloignés, avec ses équipes mobiles.",
    ),
}


@dataclass(frozen=True)
class Ally:
    """A partner of a candidate, as invented as the candidate."""

    name: str
    family: PartnerFamily
    contact: str
    email: str
    role: str


def allies(player: Player) -> list[Ally]:
    """Three to five partners, of the three families."""
    chance = player.seeded("partners")
    families = [*PartnerFamily, *chance.sample(list(PartnerFamily), chance.randint(0, 2))]
    places = chance.sample(_PLACES, len(families))
    names = [
        chance.choice(_PARTNERS[family]).format(place=place) for family, place in zip(families, places, strict=True)
    ]
    people = [("Alix Renaudin", "a.renaudin"), ("Camille Vauclin", "c.vauclin"), ("Dominique Arsac", "d.arsac")]
    return [
        Ally(
            name=typeset(name),
            family=family,
            contact=people[position % 3][0],
            email=f"{people[position % 3][1]}@partenaire-{player.rank}-{position}.example",
            role=typeset(chance.choice(_ROLES[family])),
        )
        for position, (family, name) in enumerate(zip(families, names, strict=True), 1)
    ]


class Writer:
    """One candidate's pen: the same question always gets the same answer."""

    def __init__(self, player: Player, territories: list[Territory]) -> None:
        self.player = player
        self.territories = territories
        self.facts = _facts(player, territories)

    def answer(self, code: str, territory: Territory | None = None) -> str:
        """The answer to the question of this code, for the whole or for one territory."""
        bank = _bank()
        chance = self.player.seeded(f"{code}/{territory.code if territory else ''}")
        sentences = [chance.choice(choices) for choices in bank.get(code, bank["*"])]
        facts = self.facts | (self._local(territory) if territory else {})
        return typeset(" ".join(sentences).format_map(facts))

    def _local(self, territory: Territory) -> dict[str, str]:
        people = territory.population or 120_000
        chance = self.player.seeded(territory.code)
        town1, town2 = _towns()[territory.code]
        day = date(2018, 6, 4) + timedelta(days=7 * chance.randint(0, 18) + chance.randint(0, 3))
        return {
            "t_de": territory.article,
            "t_people": spaced(people),
            "t_far": spaced(_rounded(people * _DIFFICULTY)),
            "t_helpers": str(chance.randint(3, 14) * 10),
            "t_town1": town1,
            "t_town2": town2,
            "day1": date_format(day, "j F Y"),
        }


def _facts(player: Player, territories: list[Territory]) -> dict[str, str]:
    chance = player.seeded("facts")
    people = sum(territory.population or 120_000 for territory in territories)
    partners = {ally.family: ally.name for ally in reversed(allies(player))}
    helpers = chance.randint(12, 42) * 10
    towns = [_towns()[territory.code] for territory in territories]
    we = _WE[LegalForm(player.form)]
    return {
        "hub": player.hub,
        "we": we,
        "We": we[0].upper() + we[1:],
        "de": listed([territory.article for territory in territories]),
        "people": spaced(people),
        "far": spaced(_rounded(people * _DIFFICULTY)),
        "reached": spaced(helpers * 20),
        "helpers": str(helpers),
        "trained": str(helpers // 2),
        "places": str(chance.randint(4, 16) * 10),
        "town1": towns[0][0],
        "town2": towns[-1][1],
        "seat": player.city,
        "partners_count": _NUMBERS[len(allies(player))],
        "partner_public": partners[PartnerFamily.PUBLIC],
        "partner_private": partners[PartnerFamily.PRIVATE],
        "partner_asso": partners[PartnerFamily.ASSOCIATIVE],
        "contact": player.contact,
        "staff": _NUMBERS[3 + len(territories)],
        "year": str(chance.randint(2009, 2015)),
        "esf": spaced(chance.randint(12, 36) * 10_000),
        "cost": spaced(cost_of(player)),
    }


def cost_of(player: Player) -> int:
    """What its hub would cost over eighteen months, in euros: it asks for 300 000 to 500 000 of them."""
    chance = player.seeded("cost")
    return int(asked_by(player) / chance.uniform(0.58, 0.79)) // 1000 * 1000


def asked_by(player: Player) -> int:
    """The grant it asks for, in euros."""
    lowest = 42 if player.fate == "awarded" else 30  # a dozen hubs share five million euros
    return player.seeded("asked").randint(lowest, 48) * 10_000 + player.seeded("odd").choice([0, 2500, 5000])


_NUMBERS = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def listed(names: list[str]) -> str:
    """« de l’Ain, de la Loire et du Rhône »."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"


def _rounded(number: float) -> int:
    return round(number / 1000) * 1000 if number > 10_000 else round(number / 100) * 100


def spaced(number: int) -> str:
    """« 1 234 567 »."""
    return f"{number:,}".replace(",", "\u00a0")


@cache
def _bank() -> dict[str, list[list[str]]]:
    bank: dict[str, list[list[str]]] = json.loads((DATA / "answers.json").read_text(encoding="utf-8"))
    return bank


@cache
def _towns() -> dict[str, list[str]]:
    towns: dict[str, list[str]] = json.loads((DATA / "towns.json").read_text(encoding="utf-8"))
    return towns
