"""The repeating lines of a dossier: partners, expenses, resources, milestones, indicators."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import BudgetCategory, FunderKind, FundingStatus, PartnerFamily
from applications.forms.fields import Amount, ChoiceControl, Day, Line, PlainForm, Prose, TickControl, siret_field
from applications.models import BudgetLine, CommitmentRequest, Document, FundingLine, Indicator, Milestone, Partner
from applications.models.dossier import DossierRow
from hubs_portal.refusals import Sentence

SPARE = 3
MOST = 500
_BLANK: list[tuple[str, Sentence]] = [("", "–")]


class RowForm(PlainForm):
    """One line; an empty one is no line at all."""

    model: ClassVar[type[DossierRow]]

    @staticmethod
    def kept(line: Mapping[str, Any]) -> dict[str, Any]:
        """A line of the dossier's content as the values of the fields."""
        return dict(line)


class PartnerRow(RowForm):
    """A structure associated in the hub."""

    model = Partner
    name = Line(label=_("Nom"), max_length=200, required=True, error_messages={"required": _("Indiquez le nom.")})
    family = forms.ChoiceField(
        widget=ChoiceControl,
        label=_("Famille"),
        choices=[*_BLANK, *PartnerFamily.choices],
        error_messages={"required": _("Dites s’il est public, privé ou associatif.")},
    )
    siret = siret_field(label=_("Numéro SIRET"), help_text=_("Si vous le connaissez."))
    contact_name = Line(label=_("Personne à contacter"), max_length=150)
    contact_email = forms.EmailField(
        label=_("Son adresse électronique"),
        required=False,
        max_length=254,
        error_messages={
            "invalid": _("Cette adresse électronique n’est pas complète. Écrivez-la ainsi : nom@structure.fr.")
        },
    )
    role = Prose(label=_("Son rôle dans le hub"), lines=3)
    # The last time its letter of commitment was asked for, if it was; filled in by the page.
    asked: CommitmentRequest | None = None
    # The letter the partner deposited by itself, if it stands.
    deposited: Document | None = None


class ExpenseRow(RowForm):
    """An expense."""

    model = BudgetLine
    category = forms.ChoiceField(
        widget=ChoiceControl,
        label=_("Nature"),
        choices=[*_BLANK, *BudgetCategory.choices],
        error_messages={"required": _("Choisissez la nature de la dépense.")},
    )
    label = Line(
        label=_("Dépense"), max_length=200, required=True, error_messages={"required": _("Nommez la dépense.")}
    )
    amount = Amount(label=_("Montant en euros"))

    @staticmethod
    def kept(line: Mapping[str, Any]) -> dict[str, Any]:
        """The same with its amount as a number."""
        return {**line, "amount": Decimal(line["amount"])}


class ResourceRow(RowForm):
    """A resource of the funding plan; a European fund is named."""

    model = FundingLine
    kind = forms.ChoiceField(
        widget=ChoiceControl,
        label=_("Origine"),
        choices=[*_BLANK, *FunderKind.choices],
        error_messages={"required": _("Choisissez l’origine de la ressource.")},
    )
    funder = Line(label=_("Financeur"), max_length=200)
    status = forms.ChoiceField(
        widget=ChoiceControl, label=_("État"), choices=FundingStatus.choices, initial=FundingStatus.ASKED
    )
    amount = Amount(label=_("Montant en euros"))
    kept = staticmethod(ExpenseRow.kept)

    def clean(self) -> dict[str, Any]:
        """Which fund of the Union: the answer decides what rules apply."""
        typed = self.cleaned_data
        if typed.get("kind") == FunderKind.EUROPEAN and not typed.get("funder"):
            self.add_error("funder", _("Nommez le fonds européen (FSE, FEDER, LEADER…)."))
        return typed


class MilestoneRow(RowForm):
    """A step of the calendar."""

    model = Milestone
    label = Line(label=_("Intitulé"), max_length=200, required=True, error_messages={"required": _("Nommez l’étape.")})
    due_on = Day(label=_("Échéance"))
    result = Prose(label=_("Résultat attendu"), lines=2)

    @staticmethod
    def kept(line: Mapping[str, Any]) -> dict[str, Any]:
        """The same with its date as a date."""
        return {**line, "due_on": date.fromisoformat(line["due_on"])}


class IndicatorRow(RowForm):
    """How the candidate will know, and whom it will tell."""

    model = Indicator
    label = Line(
        label=_("Intitulé"), max_length=200, required=True, error_messages={"required": _("Nommez l’indicateur.")}
    )
    baseline = Line(label=_("Valeur de départ"), max_length=80)
    target = Line(label=_("Cible"), max_length=80, required=True, error_messages={"required": _("Indiquez la cible.")})
    method = Line(label=_("Comment vous le mesurez"), max_length=200)


class Rows(forms.BaseFormSet[RowForm]):
    """Lines in their order. They are all rewritten at each save, so none has an identity to post back."""

    title: Sentence
    row_name: Sentence
    bare = False  # rows of a table, rather than blocks
    deletion_widget = TickControl

    @property
    def left_to_paste(self) -> str:
        """What was put in the box to paste in and not yet read: a page shown again gives it back."""
        return str(self.data.get(f"{self.prefix}-text", "")) if self.is_bound else ""

    def initial_form_count(self) -> int:
        """None is ever obligatory: a line emptied by hand is a line taken out."""
        return 0

    def numbered(self) -> Iterator[tuple[int, RowForm, bool]]:
        """Each row, its number, and whether it is one too many where a script can add some: one empty row is enough."""
        filled = [n for n, form in enumerate(self.forms, 1) if form.is_bound and form.has_changed()]
        last = max(filled, default=0) if self.is_bound else len(self.initial or [])
        for number, form in enumerate(self.forms, 1):
            yield number, form, number > last + 1

    def lines(self) -> list[dict[str, Any]]:
        """What was typed, once valid, without what was emptied or taken out."""
        return [{k: v for k, v in form.cleaned_data.items() if k != "DELETE"} for form in self._kept()]

    def place_of(self, row: int) -> int | None:
        """Where the row of that number, from 0, is among the lines once they are saved; `None` for none of them."""
        kept = self._kept()
        return kept.index(self.forms[row]) if row < len(self.forms) and self.forms[row] in kept else None

    def _kept(self) -> list[RowForm]:
        return [form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]

    def problems(self) -> Iterable[tuple[str, str]]:
        """Each sentence, with the line it is about, and the anchor of its field."""
        for number, form in enumerate(self.forms, 1):
            for field in form:
                for error in field.errors:
                    where = _("%(title)s, ligne %(n)s, %(field)s") % {
                        "title": self.title,
                        "n": number,
                        "field": field.label,
                    }
                    yield _("%(where)s : %(what)s") % {"where": where, "what": error}, f"#{field.auto_id}"
        for error in self.non_form_errors():
            yield str(error), "#main"


def rows_of(
    row: type[RowForm],
    prefix: str,
    stored: list[dict[str, Any]],
    data: Any,
    *,
    title: Sentence,
    row_name: Sentence,
    bare: bool = False,
) -> Rows:
    """The rows of `prefix`, as kept or as typed, with a few empty ones for whoever has no script."""
    kind = forms.formset_factory(
        row, formset=Rows, can_delete=True, extra=len(stored) + SPARE, max_num=MOST, absolute_max=MOST
    )
    initial = None if data is not None else [row.kept(line) for line in stored]
    rows = cast("Rows", kind(data, prefix=prefix, initial=initial))
    rows.title, rows.row_name, rows.bare = title, row_name, bare
    return rows
