"""A section of a dossier as a person reads it: blocks of questions and answers, and tables. No query, no form."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from applications.bank_accounts import masked_iban
from applications.content import Content
from applications.enums import (
    BudgetCategory,
    FunderKind,
    FundingStatus,
    LegalForm,
    PartnerFamily,
    QuestionScope,
    Section,
)
from applications.models import Question
from applications.rules.completeness import Expectations
from applications.telephones import spaced_phone
from hubs_portal.templatetags.french import day, euros, number_fr, siret


@dataclass(frozen=True)
class Table:
    """Lines under heads; `numeric` is the column of figures, if there is one."""

    heads: list[str]
    lines: list[list[str]]
    numeric: int | None = None


@dataclass(frozen=True)
class Block:
    """What is said under one title."""

    title: str = ""
    rows: list[tuple[str, str]] = field(default_factory=list)
    table: Table | None = None


def reading(section: str, expected: Expectations, content: Content) -> list[Block]:
    """What a section says, empty answers included, in the order its page asks for it."""
    own = _BUILDERS[section](expected, content) if section in _BUILDERS else []
    asked = [q for q in expected.questions if q.section == section and q.scope == QuestionScope.DOSSIER]
    if section == Section.MISSIONS or not asked:
        return own
    return [*own, Block(rows=[(q.label, content["answers"].get(q.code, "")) for q in asked])]


def _organisation(_expected: Expectations, content: Content) -> list[Block]:
    said = content["organisation"]
    registered = [(_("Numéro RNA"), said["rna"]), (_("Registre du tribunal"), said["registry"])]
    rows = [
        (_("Nom de la structure"), said["name"]),
        (_("Forme juridique"), _label(LegalForm, said["legal_form"])),
        (_("Numéro SIRET"), siret(said["siret"])),
        *(row for row in registered if row[1]),
        (_("Adresse"), f"{said['address']}\n{said['postcode']} {said['city']}".strip()),
        (_("Téléphone"), spaced_phone(said["phone"])),
        (_("Site internet"), said["website"]),
        *([(_("IBAN"), masked_iban(iban))] if (iban := said.get("iban")) else []),
        (_("Représentant légal"), said["representative_name"]),
        (_("Qualité du représentant légal"), said["representative_title"]),
        (_("Adresse électronique du représentant légal"), said["representative_email"]),
    ]
    return [Block(rows=rows)]


def _territories(expected: Expectations, content: Content) -> list[Block]:
    each = [q for q in expected.questions if q.scope == QuestionScope.TERRITORY]
    chosen = content["territories"]
    lines = [[f"{t['name']} ({t['code']})", number_fr(t["population"])] for t in chosen]
    names = Table([_("Territoire"), _("Habitants")], lines, numeric=1)
    reason = [(_("Pourquoi ce nombre de territoires"), content["territories_reason"])]
    return [
        Block(_("Les territoires choisis"), table=names),
        *([Block(rows=reason)] if content["territories_reason"] else []),
        *(Block(t["name"], [(q.label, t["answers"].get(q.code, "")) for q in each]) for t in chosen if each),
    ]


def _missions(expected: Expectations, content: Content) -> list[Block]:
    asked = [q for q in expected.questions if q.section == Section.MISSIONS]
    missions = {q.mission_id: q.mission for q in asked}
    return [
        Block(f"{mission.number}. {mission.title}" if mission else "", _answered(asked, mission_id, content))
        for mission_id, mission in missions.items()
    ]


def _answered(asked: Iterable[Question], mission_id: int | None, content: Content) -> list[tuple[str, str]]:
    return [(q.label, content["answers"].get(q.code, "")) for q in asked if q.mission_id == mission_id]


def _consortium(_expected: Expectations, content: Content) -> list[Block]:
    lines = [
        [
            partner["name"],
            _label(PartnerFamily, partner["family"]),
            siret(partner["siret"]),
            "\n".join(filter(None, [partner["contact_name"], partner["contact_email"]])),
            partner["role"],
        ]
        for partner in content["partners"]
    ]
    heads = [_("Partenaire"), _("Famille"), _("SIRET"), _("Contact"), _("Rôle")]
    return [Block(_("Les partenaires"), table=Table(heads, lines))]


def _budget(_expected: Expectations, content: Content) -> list[Block]:
    spent = [
        [_label(BudgetCategory, line["category"]), line["label"], euros(line["amount"])] for line in content["expenses"]
    ]
    funded = [
        [_label(FunderKind, line["kind"]), line["funder"], _label(FundingStatus, line["status"]), euros(line["amount"])]
        for line in content["resources"]
    ]
    spending = Table([_("Nature"), _("Dépense"), _("Montant")], spent, numeric=2)
    funding = Table([_("Origine"), _("Financeur"), _("État"), _("Montant")], funded, numeric=3)
    return [Block(_("Dépenses"), table=spending), Block(_("Ressources"), table=funding)]


def _calendar(_expected: Expectations, content: Content) -> list[Block]:
    steps = [[day(date.fromisoformat(row["due_on"])), row["label"], row["result"]] for row in content["milestones"]]
    told = [[row["label"], row["baseline"], row["target"], row["method"]] for row in content["indicators"]]
    calendar = Table([_("Échéance"), _("Étape"), _("Résultat attendu")], steps)
    indicators = Table([_("Indicateur"), _("Valeur de départ"), _("Cible"), _("Mesure")], told)
    return [Block(_("Étapes"), table=calendar), Block(_("Indicateurs"), table=indicators)]


def _statement(_expected: Expectations, content: Content) -> list[Block]:
    said = content["statement"]
    rows = [
        (_("Signataire"), said["signatory_name"]),
        (_("Qualité du signataire"), said["signatory_title"]),
        (_("Atteste l’exactitude du dossier"), _yes(given=said["accuracy"])),
        (_("Atteste être à jour de ses obligations"), _yes(given=said["obligations"])),
        (_("Résumé publiable"), said["public_summary"]),
        (_("Autorise la publication du résumé"), _yes(given=said["publication"])),
    ]
    return [Block(rows=rows)]


def _yes(*, given: bool) -> str:
    return _("oui") if given else _("non")


def _label(choices: type[LegalForm | PartnerFamily | BudgetCategory | FunderKind | FundingStatus], value: str) -> str:
    return str(choices(value).label) if value else ""


_BUILDERS: dict[str, Callable[[Expectations, Content], list[Block]]] = {
    Section.ORGANISATION: _organisation,
    Section.TERRITORIES: _territories,
    Section.MISSIONS: _missions,
    Section.CONSORTIUM: _consortium,
    Section.BUDGET: _budget,
    Section.CALENDAR: _calendar,
    Section.STATEMENT: _statement,
}
