"""The score sheet as a form: a mark and a comment for each criterion, a general opinion; a draft may be incomplete."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import PlainForm, Prose
from applications.models import Criterion
from applications.rules.grid import is_a_mark
from juries.actions.scoring import Written
from juries.models import Score, ScoreSheet
from juries.models.scoring import MARKS
from juries.selectors.grids import scores_of

_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,3})?", re.ASCII)


def shown(mark: Decimal | None) -> str:
    """« 3,5 », « 4 »; empty for no mark."""
    if mark is None:
        return ""
    return str(localize(mark.to_integral_value() if mark == mark.to_integral_value() else mark))


class MarkField(forms.CharField):
    """A mark from 0 to 5 by half points, or none."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> Any:
        """The mark; what is not one is repeated in the sentence that refuses it."""
        typed = str(super().clean(value))
        if not typed:
            return None
        mark = Decimal(typed.replace(",", ".")) if _NUMBER.fullmatch(typed) else None
        if mark is None or not is_a_mark(mark):
            raise forms.ValidationError(
                _("« %(typed)s » n’est pas une note : choisissez de 0 à 5, par demi-points.") % {"typed": typed[:20]}
            )
        return mark


@dataclass(frozen=True)
class Choice:
    """One mark one can choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Line:
    """A criterion of the grid as the page shows it."""

    criterion: Criterion
    mark: forms.BoundField
    comment: forms.BoundField
    choices: list[Choice]
    score: Score | None  # what is saved
    recorded: Score | None  # the same, where another page saved it and it differs from what was typed
    before: Score | None  # what was thought before the hearing

    @property
    def wholes(self) -> list[Choice]:
        """0, 1, 2, 3, 4, 5."""
        return self.choices[::2]

    @property
    def halves(self) -> list[Choice]:
        """0,5 to 4,5."""
        return self.choices[1::2]


class SheetForm(PlainForm):
    """The whole grid. `compare` puts beside what was typed what another page saved."""

    def __init__(
        self, criteria: Iterable[Criterion], sheet: ScoreSheet | None, data: Mapping[str, Any] | None = None
    ) -> None:
        self.criteria = list(criteria)
        self.known = scores_of(sheet)
        super().__init__(data, initial=_initial(self.criteria, sheet))
        for criterion in self.criteria:
            self.fields[f"mark-{criterion.code}"] = MarkField()
            self.fields[f"comment-{criterion.code}"] = Prose(label=_("Commentaire"), lines=2, max_length=5000)
        self.fields["opinion"] = Prose(
            label=_("Avis général"),
            help_text=_("Forces, faiblesses, ce qu’il faudrait demander à l’audition."),
            lines=5,
            max_length=10_000,
        )
        self.compared = False
        self.recorded_opinion = ""

    def compare(self, sheet: ScoreSheet) -> None:
        """Show beside each thing typed what is saved, where the two differ; what was left empty takes what is saved."""
        self.compared = True
        self.known = scores_of(sheet)
        self.recorded_opinion = sheet.opinion
        saved = {name: text for name, text in _initial(self.criteria, sheet).items() if text}
        empty = [name for name in saved if self.cleaned_data.get(name) in (None, "")]
        self.data = {**{name: self.data.get(name) for name in self.data}, **{name: saved[name] for name in empty}}
        self.full_clean()

    def lines(self, before: ScoreSheet | None) -> list[Line]:
        """The grid, in order; `before` is the sheet of before the hearing."""
        former = scores_of(before)
        return [self._line(criterion, former.get(criterion.pk)) for criterion in self.criteria]

    def _line(self, criterion: Criterion, before: Score | None) -> Line:
        mark, comment = self[f"mark-{criterion.code}"], self[f"comment-{criterion.code}"]
        held = str(mark.value() or "").replace(",", ".")
        typed = self.cleaned_data.get(mark.name, held) if self.is_bound and hasattr(self, "cleaned_data") else held
        chosen = typed if isinstance(typed, Decimal) else _decimal(held)
        choices = [Choice(str(value), shown(value), value == chosen) for value in MARKS]
        return Line(criterion, mark, comment, choices, self.known.get(criterion.pk), self._recorded(criterion), before)

    def _recorded(self, criterion: Criterion) -> Score | None:
        if not self.compared:
            return None
        saved, said = self.known.get(criterion.pk) or Score(), self.written().get(criterion)
        differs = said is not None and (saved.value, saved.comment) != (said.value, said.comment)
        return saved if differs and (saved.value is not None or saved.comment) else None

    @property
    def opinion_elsewhere(self) -> str | None:
        """The opinion another page saved, where it differs from the one typed."""
        if not self.compared or self.recorded_opinion in ("", self.cleaned_data.get("opinion", "").strip()):
            return None
        return self.recorded_opinion

    def written(self) -> dict[Criterion, Written]:
        """What was typed, criterion by criterion, once valid."""
        said = self.cleaned_data
        return {
            c: Written(said.get(f"mark-{c.code}"), said.get(f"comment-{c.code}", "").strip()) for c in self.criteria
        }

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong, with where it is on the page."""
        return [
            {"label": f"{criterion.label} – {error}", "url": f"#criterion-{criterion.code}"}
            for criterion in self.criteria
            for name in ("mark", "comment")
            for error in self.errors.get(f"{name}-{criterion.code}", [])
        ] + [{"label": str(error), "url": "#id_opinion"} for error in self.errors.get("opinion", [])]


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _initial(criteria: Iterable[Criterion], sheet: ScoreSheet | None) -> dict[str, str]:
    if sheet is None:
        return {}
    known = scores_of(sheet)
    values = {"opinion": sheet.opinion}
    for criterion in criteria:
        if score := known.get(criterion.pk):
            values[f"mark-{criterion.code}"] = "" if score.value is None else str(score.value)
            values[f"comment-{criterion.code}"] = score.comment
    return values
