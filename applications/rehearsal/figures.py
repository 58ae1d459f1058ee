"""The numbers and dates of the invented dossiers: budgets that balance, milestones, indicators."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from applications.enums import BudgetCategory, FunderKind, FundingStatus
from applications.rehearsal.cast import Player, typeset
from applications.rehearsal.words import Writer, asked_by, cost_of

Rows = Sequence[Mapping[str, Any]]

# Category, what it pays, its share of the whole; overheads take what is left.
_EXPENSES = (
    (BudgetCategory.STAFF, "Direction et coordination du hub", 0.18),
    (BudgetCategory.STAFF, "Animation des territoires", 0.29),
    (BudgetCategory.STAFF, "Ingénierie financière", 0.09),
    (BudgetCategory.SERVICES, "Évaluation par une équipe universitaire", 0.08),
    (BudgetCategory.SERVICES, "Création et animation des formations", 0.11),
    (BudgetCategory.EQUIPMENT, "Mallettes de tablettes et postes reconditionnés", 0.06),
    (BudgetCategory.TRAVEL, "Déplacements des animateurs", 0.05),
    (BudgetCategory.COMMUNICATION, "Rencontres du réseau et supports", 0.06),
)
_MILESTONES = (
    (
        "Équipe constituée, accord de consortium signé",
        date(2019, 3, 15),
        "Trois recrutements, un accord signé par tous.",
    ),
    ("Inventaire des lieux et des aidants en ligne", date(2019, 6, 30), "{places} lieux décrits et vérifiés."),
    ("Ouverture du centre de services partagés", date(2019, 9, 16), "Formations et prêt de matériel ouverts."),
    ("Dépôt d'une opération européenne commune", date(2019, 11, 29), "Un dossier de {esf} euros déposé au FSE."),
    ("Bilan à mi-parcours rendu public", date(2020, 1, 31), "Une note par territoire, discutée en comité."),
    (
        "Plan de financement des dix-huit mois suivants",
        date(2020, 7, 31),
        "Un budget adopté par le comité de pilotage.",
    ),
)
_INDICATORS = (
    ("Aidants formés", "0", "{trained}", "Feuilles d'émargement"),
    ("Lieux décrits et à jour dans l'inventaire", "0", "{places}", "Date de dernière vérification de chaque fiche"),
    ("Personnes mieux accompagnées", "0", "{reached}", "Enquête téléphonique semestrielle"),
    ("Fonds levés avec les acteurs locaux", "0 €", "{esf} €", "Conventions signées"),
    ("Aidants encore en poste au bout d'un an", "61 %", "75 %", "Enquête auprès des employeurs"),
    ("Structures qui utilisent au moins deux services", "0", "40", "Registre du centre de services"),
)


def expenses(player: Player) -> Rows:
    """The lines of the budget, that add up to what the texts say."""
    total, chance, spent = cost_of(player), player.seeded("expenses"), 0
    lines = []
    for category, label, share in _EXPENSES:
        amount = round(total * share * chance.uniform(0.9, 1.1) / 500) * 500
        spent += amount
        lines.append({"category": category, "label": typeset(label), "amount": Decimal(amount)})
    lines.append(
        {
            "category": BudgetCategory.OVERHEAD,
            "label": "Frais généraux et comptabilité",
            "amount": Decimal(total - spent),
        }
    )
    return lines


def resources(player: Player) -> Rows:
    """The funding plan, to the euro."""
    asked, chance = asked_by(player), player.seeded("resources")
    rest = cost_of(player) - asked
    local, own = round(rest * chance.uniform(0.3, 0.45) / 500) * 500, round(rest * 0.15 / 500) * 500
    european = round(rest * 0.25 / 500) * 500 if chance.random() < 0.6 else 0
    said = [
        (FunderKind.REQUESTED, "Banque des Territoires, présent appel", FundingStatus.ASKED, asked),
        (FunderKind.LOCAL, "Région et intercommunalités du périmètre", chance.choice(list(FundingStatus)), local),
        (FunderKind.EUROPEAN, "FSE, programme opérationnel régional", FundingStatus.ASKED, european),
        (FunderKind.PRIVATE, "Mécénat d'entreprises", FundingStatus.ASKED, rest - local - own - european),
        (FunderKind.OWN, "Fonds propres et mise à disposition", FundingStatus.OBTAINED, own),
    ]
    return [
        {"kind": kind, "funder": typeset(funder), "status": status, "amount": Decimal(amount)}
        for kind, funder, status, amount in said
        if amount
    ]


def milestones(writer: Writer) -> Rows:
    """Four to six steps of the eighteen months."""
    chance = writer.player.seeded("milestones")
    kept = sorted(chance.sample(range(len(_MILESTONES)), chance.randint(4, 6)))
    return [
        {"label": typeset(label), "due_on": due_on, "result": typeset(result.format_map(writer.facts))}
        for label, due_on, result in (_MILESTONES[position] for position in kept)
    ]


def indicators(writer: Writer) -> Rows:
    """Three to five ways to know whether it works."""
    chance = writer.player.seeded("indicators")
    kept = sorted(chance.sample(range(len(_INDICATORS)), chance.randint(3, 5)))
    return [
        {
            "label": typeset(label),
            "baseline": typeset(baseline),
            "target": typeset(target.format_map(writer.facts)),
            "method": typeset(method),
        }
        for label, baseline, target, method in (_INDICATORS[position] for position in kept)
    ]
