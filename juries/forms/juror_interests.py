"""Declare ties: one small form for each candidacy, none of which is chosen beforehand."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import PlainForm, Prose
from juries.enums import Verdict

_CHOICES = [
    (Verdict.NONE.value, _("Aucun lien")),
    (Verdict.TO_EXAMINE.value, _("Lien à examiner")),
    (Verdict.RECUSED.value, _("Déport")),
]


class TieForm(PlainForm):
    """What a juror declares of one candidacy: empty is not an answer, and no answer is not yet an error."""

    verdict = forms.ChoiceField(
        label=_("Vos liens avec cette candidature"), choices=_CHOICES, required=False, widget=forms.RadioSelect
    )
    reason = Prose(
        label=_("Le lien, en une phrase"),
        help_text=_("Pour un lien à examiner ou un déport. Le motif d’un déport figure au procès-verbal."),
        lines=2,
        max_length=2000,
    )

    def clean(self) -> dict[str, Any]:
        """A tie is described."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("verdict") in (Verdict.TO_EXAMINE, Verdict.RECUSED) and not said.get("reason"):
            self.add_error("reason", _("Décrivez le lien en une phrase."))
        if said.get("reason") and not said.get("verdict") and "verdict" not in self.errors:
            self.add_error("verdict", _("Vous avez décrit un lien : choisissez « lien à examiner » ou « déport »."))
        return said

    @property
    def is_answered(self) -> bool:
        """Whether a choice was made."""
        return bool(self.cleaned_data.get("verdict"))


class LaterTieForm(TieForm):
    """A tie that shows itself later: it can be examined or keep out, not be taken back."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        choice = self.fields["verdict"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices, choice.required = _CHOICES[1:], True
        choice.error_messages["required"] = _("Choisissez « lien à examiner » ou « déport ».")


class ExaminationForm(PlainForm):
    """What the chair concludes of a declared tie."""

    reason = Prose(
        label=_("Ce que l’examen a conclu"),
        help_text=_("Une phrase : elle entre au journal du jury, et au procès-verbal pour un déport."),
        lines=2,
        max_length=2000,
    )
