"""The grid of an assessment: a mark by half points for each criterion, and an opinion."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Prose
from applications.forms.office import OfficeForm
from applications.models import Criterion
from applications.rules import grid

MARKS = [grid.HIGHEST * n / 10 for n in range(11)]


class GridForm(OfficeForm):
    """Every criterion is marked before anything is written."""

    opinion = Prose(
        label=_("Avis"),
        lines=5,
        max_length=5000,
        help_text=_("Pour l’équipe et pour qui décide des auditions ; il n’est pas envoyé au candidat."),
    )

    def __init__(self, criteria: Sequence[Criterion], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        choices = [(str(mark), number_format(mark, use_l10n=True)) for mark in MARKS]
        for criterion in criteria:
            self.fields[_mark(criterion)] = forms.TypedChoiceField(
                label=criterion.label,
                choices=choices,
                coerce=Decimal,
                widget=forms.RadioSelect,
                error_messages={"required": _("Donnez une note de 0 à 5.")},
            )

    def rows(self) -> list[tuple[Criterion, forms.BoundField]]:
        """A criterion and its marks."""
        return [(criterion, self[_mark(criterion)]) for criterion in self.criteria]

    def marks(self) -> dict[Criterion, Decimal]:
        """What was given, criteria without a mark left out."""
        given = self.cleaned_data
        return {c: given[_mark(c)] for c in self.criteria if given.get(_mark(c)) not in (None, "")}


def _mark(criterion: Criterion) -> str:
    return f"mark-{criterion.code}"
