"""Which column of a table pasted in a budget is which field, and which choice a word means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django import forms
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from applications.enums import BudgetCategory, FunderKind, FundingStatus
from applications.forms.fields import Amount
from applications.forms.rows import RowForm
from applications.forms.spreadsheet import WIDEST, folded
from hubs_portal.refusals import Sentence

AMOUNT = "amount"
TEXTS = {"category": "label", "kind": "funder"}
# What a head says beside the name of its column.
_NOISE = {"en", "de", "la", "le", "euro", "euros", "eur", "ttc", "ht", "prevu", "previsionnel", "previsionnelle"}
# A line whose first cell holds nothing else adds up others.
_TOTALS = {"total", "totaux", "sous", "subtotal", "general", "grand", "depenses", "ressources", "charges", "produits"}
_TOTALS |= {"des", "de", "du", "la", "budget", "projet", "ht", "ttc", "cout", "financement", "plan"}
# What the columns are is seen on the first lines.
_SAMPLE = 200
# Words that name a choice on their own, folded and without their plural.
_MEANT: dict[str, str] = {
    BudgetCategory.STAFF: "personnel salaire salarie remuneration staff",
    BudgetCategory.SERVICES: "prestation prestataire traitance service subcontracting",
    BudgetCategory.EQUIPMENT: "equipement logiciel materiel investissement equipment software",
    BudgetCategory.TRAVEL: "deplacement voyage transport travel",
    BudgetCategory.COMMUNICATION: "communication animation evenement",
    BudgetCategory.OVERHEAD: "generaux fonctionnement indirect overhead",
    BudgetCategory.OTHER: "autre divers other",
    FunderKind.REQUESTED: "present demandee requested",
    FunderKind.STATE: "etat prefecture ministere drac ars state",
    FunderKind.LOCAL: "collectivite region departement conseil commune metropole agglomeration local",
    FunderKind.EUROPEAN: "europeen europe feder fse leader european",
    FunderKind.PRIVATE: "prive mecenat mecene fondation private",
    FunderKind.OWN: "propre autofinancement own",
    FundingStatus.ASKED: "sollicite demande attente asked",
    FundingStatus.OBTAINED: "acquis obtenu notifie accorde obtained",
}
_HEADS: dict[str, str] = {
    "category": "nature|categorie|type|poste|poste depense|category|type of expense",
    "label": "depense|depenses|libelle|intitule|designation|description|objet|expense|item|label",
    "kind": "origine|nature|type|categorie|source|origin",
    "funder": "financeur|financeurs|nom|organisme|nom du financeur|nom financeur|ressource|ressources|funder|name",
    "status": "etat|statut|status|state",
    AMOUNT: "montant|montants|cout|couts|somme|total|prix|montant total|cout total|amount|cost|euros",
}


@dataclass
class Columns:
    """Which field each column fills, and the names of those that fill none."""

    of: dict[int, str]
    extra: list[str]


def head_of(table: list[list[str]], fields: Sequence[str], at_field: str) -> int:
    """The rank of the line of heads, among the first ones; -1 when there is none."""
    for rank, line in enumerate(table[:5]):
        typed = [cell for cell in line[:WIDEST] if cell]
        named = {_field_named(cell, fields) for cell in typed} - {""}
        # « État » alone may be who pays, rather than the head of a column.
        sure = len(named) > 1 or AMOUNT in named or (len(typed) == 1 and named == {at_field})
        if sure and not any(_is_amount(cell) for cell in typed):
            return rank
    return -1


def _field_named(cell: str, fields: Sequence[str]) -> str:
    words = " ".join(word for word in folded(cell.partition("(")[0]).split() if word not in _NOISE)
    return next((name for name in fields if words and words in _HEADS[name].split("|")), "")


def columns_of(
    row: type[RowForm], heads: list[str], body: list[list[str]], fields: list[str], at_field: str
) -> Columns:
    """What each column of `body` is: by its head where there is one, else by its place, else by what it holds."""
    width = max((len(line) for line in body), default=0)
    by_column = [
        [line[column] for line in body if column < len(line) and line[column]] for column in range(min(width, WIDEST))
    ]
    used = [column for column, typed in enumerate(by_column) if typed]
    of = {c: name for c in reversed(used) if c < len(heads) and (name := _field_named(heads[c], fields))}
    of = {column: name for column, name in of.items() if column == min(c for c in of if of[c] == name)}
    if not of:
        of = _in_place(used, by_column, fields, at_field) or {}
    remaining = {column: by_column[column] for column in used if column not in of}
    if fields_left := [name for name in fields if name not in of.values()]:
        of |= _by_content(row, remaining, fields_left, headed=bool(heads))
    extra = [_column_name(heads, column) for column in used if column not in of]
    extra += [_("colonne %(n)s") % {"n": n + 1} for n in range(WIDEST, width)]
    return Columns(dict(sorted(of.items())), extra)


def _column_name(heads: list[str], column: int) -> str:
    named = heads[column] if column < len(heads) else ""
    return quoted(named) if named else _("colonne %(n)s") % {"n": column + 1}


def _in_place(used: list[int], by_column: list[list[str]], fields: list[str], at_field: str) -> dict[int, str] | None:
    """Column after column from the cell pasted in, when the amounts then fall where amounts are typed."""
    first = fields.index(at_field) if at_field in fields else 0
    if len(used) == 1 and at_field in fields:
        return {used[0]: at_field}
    if not used or len(used) > len(fields) - first or (at_field not in fields and len(used) < len(fields)):
        return None
    of = dict(zip(used, fields[first:], strict=False))
    fit = all((name == AMOUNT) == _are_amounts(by_column[column]) for column, name in of.items())
    return of if fit else None


def _by_content(
    row: type[RowForm], columns: Mapping[int, list[str]], fields: list[str], *, headed: bool
) -> dict[int, str]:
    """Amounts in the last column of numbers, a choice where half of the cells name one, the text in what remains."""
    of: dict[int, str] = {}
    amounts = [column for column, typed in columns.items() if _are_amounts(typed)]
    if AMOUNT in fields and amounts:
        of[amounts[-1]] = AMOUNT
    for name in fields:
        control = row.base_fields[name]
        if isinstance(control, forms.ChoiceField):
            named = [column for column, typed in columns.items() if column not in of and _are_names(control, typed)]
            of |= dict.fromkeys(named[:1], name)
    texts = [column for column in columns if column not in of and column not in amounts]
    # Without heads, a column before the text says the kind in words of its own.
    if not headed and len(texts) > 1 and fields[0] in TEXTS and fields[0] not in of.values():
        of[texts.pop(0)] = fields[0]
    of |= dict(zip(texts, [name for name in fields if name in TEXTS.values()], strict=False))
    return of


def _are_amounts(typed: list[str]) -> bool:
    return bool(typed) and 2 * sum(map(_is_amount, typed[:_SAMPLE])) > len(typed[:_SAMPLE])


def _are_names(control: forms.ChoiceField, typed: list[str]) -> bool:
    sample = typed[:_SAMPLE]
    return 2 * sum(bool(meant(control, cell)) for cell in sample) >= len(sample)


def _is_amount(cell: str) -> bool:
    """Whether it is a number, even one that no budget takes, or the formula of one."""
    if re.fullmatch(r"=[A-Z0-9$.+*/();:,%!-]+", cell):
        return True
    try:
        return Amount(required=False).clean(cell) is not None
    except forms.ValidationError as refusal:
        return refusal.code != "number"


def is_total(line: list[str]) -> bool:
    """Whether the line adds up others."""
    words = next((folded(cell) for cell in line if cell), "").split()
    adds = bool(words) and words[0] in {"total", "totaux", "sous", "subtotal", "grand"}
    return adds and (words[:2] == ["sous", "total"] or set(words) <= _TOTALS)


def names_of(control: forms.ChoiceField) -> dict[str, set[str]]:
    """What each choice may be called, folded: its code, its label here and in French."""
    return _names(control, get_language() or "fr")


@lru_cache(maxsize=20)
def _names(control: forms.ChoiceField, _language: str) -> dict[str, set[str]]:
    choices = cast("list[tuple[str, Sentence]]", control.choices)
    with override("fr"):
        french = {key: folded(str(label)) for key, label in choices}
    return {key: {key, folded(str(label)), french[key]} for key, label in choices if key}


def meant(control: forms.ChoiceField, typed: str) -> str:
    """The choice a cell names, exactly or by a word that only one of them has; empty when none or several."""
    words = folded(typed)
    names = names_of(control)
    if exact := [key for key, called in names.items() if words in called]:
        return exact[0]
    stems = {word.removesuffix("s") for word in words.split()} | set(words.split())
    near = [key for key in names if stems & set(_MEANT[key].split())]
    return near[0] if len(near) == 1 else ""


def quoted(text: str) -> str:
    """A cell, short enough for a sentence."""
    return _("« %(text)s »") % {"text": text if len(text) <= 60 else text[:59] + "…"}
