"""Lines of a budget pasted from a spreadsheet: what is understood fills them, what is not is said and kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.forms.columns import AMOUNT, TEXTS, Columns, columns_of, head_of, is_total, meant, names_of, quoted
from applications.forms.fields import Amount
from applications.forms.rows import MOST, RowForm
from applications.forms.spreadsheet import LONGEST, cells, folded, tidy
from hubs_portal.templatetags.french import euros, number_fr

_EXAMPLES = 5


@dataclass
class Pasted:
    """Lines as the fields of a form take them, and what to say of them."""

    lines: list[dict[str, str]] = field(default_factory=list)
    understood: str = ""
    problems: list[str] = field(default_factory=list)
    # What did not fit, to be pasted elsewhere.
    left: str = ""


def understand(row: type[RowForm], text: str, *, start: int = 0, at_field: str = "") -> Pasted:
    """Read a table for the lines of `row`, the first of which will be the line `start`, from 0.

    `at_field` is the field of the cell it was pasted in, where it was; nothing is refused but what is too long.
    """
    if len(text) > LONGEST:
        too_long = _(
            "Ce que vous avez collé est trop long (%(n)s caractères) pour être un budget : copiez le tableau seulement."
        )
        return Pasted(problems=[too_long % {"n": number_fr(len(text))}])
    table = [[tidy(cell) if cell else "" for cell in line] for line in cells(text)]
    table = [line for line in table if any(line)]
    fields = [name for name in row.base_fields if name != "DELETE"]
    head = head_of(table, fields, at_field)
    body = table[head + 1 :]
    columns = columns_of(row, table[head] if head >= 0 else [], body, fields, at_field)
    return _Reading(row, columns, start).of(body, table[: max(head, 0)])


class _Reading:
    """One reading, and what it finds to say on the way."""

    def __init__(self, row: type[RowForm], columns: Columns, start: int) -> None:
        self.row, self.columns, self.start = row, columns, start
        self.unknown: dict[str, list[tuple[int, str]]] = {}
        self.amounts: dict[str, list[tuple[int, str]]] = {}
        self.totals: list[str] = []
        self.sum = Decimal(0)

    def of(self, body: list[list[str]], above: list[list[str]]) -> Pasted:
        """What the lines under the heads say; those above them are a title."""
        found = Pasted()
        room = max(MOST - self.start, 0)
        for line in body:
            if is_total(line):
                self.totals.append(" ".join(filter(None, line)))
            elif len(found.lines) < room:
                found.lines.append(self._line(line, self.start + len(found.lines) + 1))
            else:
                found.left += "\t".join(line) + "\n"
        found.understood = self._understood(len(found.lines))
        found.problems = [*self._problems(), *self._aside(above, found.left)]
        return found

    def _line(self, line: list[str], number: int) -> dict[str, str]:
        read: dict[str, str] = {}
        for column, name in self.columns.of.items():
            typed = line[column] if column < len(line) else ""
            control = self.row.base_fields[name]
            if isinstance(control, Amount):
                read[name] = self._amount(control, typed, number)
            elif isinstance(control, forms.ChoiceField):
                read[name] = self._choice(name, control, typed, number)
            else:
                read[name] = typed
        self._name(read, line)
        return read

    def _amount(self, control: Amount, typed: str, number: int) -> str:
        if typed.strip("-−–€ ") == "":  # how spreadsheets write a zero in their accounts
            return ""
        try:
            amount = control.clean(typed)
        except forms.ValidationError as refusal:
            formula = _("Collez le résultat plutôt que la formule.") if typed.startswith("=") else ""
            self.amounts.setdefault(formula or " ".join(refusal.messages), []).append((number, quoted(typed)))
            return typed
        self.sum += amount
        return str(control.prepare_value(amount))

    def _choice(self, name: str, control: forms.ChoiceField, typed: str, number: int) -> str:
        chosen = meant(control, typed)
        if typed and not chosen:
            self.unknown.setdefault(name, []).append((number, quoted(typed)))
        # A state that is not told is the one a new line has.
        return chosen or str(control.initial or "")

    def _name(self, read: dict[str, str], line: list[str]) -> None:
        """« FEDER » alone says both where the money comes from and the name of the fund: nothing of it is lost."""
        column = next((column for column, name in self.columns.of.items() if name in TEXTS), None)
        told = TEXTS[self.columns.of[column]] if column is not None else ""
        # A column pasted alone leaves the others as they are.
        if column is None or told in read or AMOUNT not in read or column >= len(line):
            return
        chosen = read[self.columns.of[column]]
        control = cast("forms.ChoiceField", self.row.base_fields[self.columns.of[column]])
        said = any(folded(line[column]) in called for called in names_of(control).get(chosen, ()))
        # The name of an expense is wanted in any case.
        read[told] = "" if said and not self.row.base_fields[told].required else line[column]

    def _understood(self, number: int) -> str:
        if not number:
            return _("Aucune ligne n’a été comprise dans ce que vous avez collé.")
        where = ", ".join(
            _("%(field)s (colonne %(n)s)") % {"field": self.row.base_fields[name].label, "n": column + 1}
            for column, name in sorted(self.columns.of.items())
        )
        lines = ngettext("%(n)s ligne lue", "%(n)s lignes lues", number) % {"n": number}
        total = _(", pour %(sum)s en tout") % {"sum": euros(self.sum)} if self.sum else ""
        return _("%(lines)s%(total)s. Colonnes reconnues : %(where)s.") % {
            "lines": lines,
            "total": total,
            "where": where,
        }

    def _problems(self) -> Iterator[str]:
        for name, places in self.unknown.items():
            label = str(self.row.base_fields[name].label)
            yield _("%(field)s à choisir, le mot n’étant pas reconnu : %(where)s.") % {
                "field": label,
                "where": _listed(places),
            }
        for why, places in self.amounts.items():
            yield _("Montant à corriger : %(where)s. %(why)s") % {"where": _listed(places), "why": why}
        if self.totals:
            yield ngettext(
                "Une ligne de total n’a pas été reprise, les totaux sont calculés : %(which)s.",
                "%(n)s lignes de total n’ont pas été reprises, les totaux sont calculés : %(which)s.",
                len(self.totals),
            ) % {"n": len(self.totals), "which": _some([quoted(total) for total in self.totals])}

    def _aside(self, above: list[list[str]], left: str) -> Iterator[str]:
        if extra := self.columns.extra:
            yield ngettext(
                "Une colonne de trop n’a pas été reprise : %(which)s.",
                "%(n)s colonnes de trop n’ont pas été reprises : %(which)s.",
                len(extra),
            ) % {"n": len(extra), "which": _some(extra)}
        if above:
            titles = [quoted(" ".join(filter(None, line))) for line in above]
            yield _("Laissé de côté, au-dessus du tableau : %(which)s.") % {"which": _some(titles)}
        if left:
            number = left.count("\n")
            yield ngettext(
                "Une ligne n’a pas trouvé de place : le tableau en tient %(most)s. Elle est gardée dans le cadre"
                " « Coller depuis un tableur ».",
                "%(n)s lignes n’ont pas trouvé de place : le tableau en tient %(most)s. Elles sont gardées dans le"
                " cadre « Coller depuis un tableur ».",
                number,
            ) % {"n": number_fr(number), "most": MOST}


def _listed(places: list[tuple[int, str]]) -> str:
    return _some([_("ligne %(n)s (%(what)s)") % {"n": number, "what": what} for number, what in places])


def _some(named: list[str]) -> str:
    """The first few, and how many more."""
    shown, more = ", ".join(named[:_EXAMPLES]), len(named) - _EXAMPLES
    if more <= 0:
        return shown
    return ngettext("%(shown)s et une autre", "%(shown)s et %(n)s autres", more) % {
        "shown": shown,
        "n": number_fr(more),
    }
