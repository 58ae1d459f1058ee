"""What is typed during a deliberation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import Outcome
from applications.forms.fields import Amount, PlainForm, Prose
from juries.selectors.wall import Line


class DecisionForm(PlainForm):
    """What the jury decides of a candidacy, with the reasons it agreed on."""

    outcome = forms.ChoiceField(
        label=_("Décision"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez l’issue de cette candidature.")},
    )
    amount = Amount(label=_("Subvention, en euros"), required=False, help_text=_("Pour une lauréate seulement."))
    reasons = Prose(
        label=_("Motifs dont le jury est convenu"),
        lines=4,
        required=True,
        help_text=_("Ils sont écrits dans la lettre au candidat : aucun nom de juré, aucune note individuelle."),
        error_messages={"required": _("Écrivez les motifs dont le jury est convenu.")},
    )

    @classmethod
    def about(cls, line: Line) -> "DecisionForm":
        """The form, with what is decided already, or the amount it asks."""
        decided = line.decision
        if decided:
            said = {"outcome": decided.outcome, "amount": decided.amount, "reasons": decided.reasons}
            return cls(initial=said)
        return cls()

    def clean(self) -> dict[str, Any]:
        """An award has an amount, the others have none."""
        given = super().clean() or self.cleaned_data
        if self.errors.keys() & {"outcome", "amount"}:
            return given
        if given["outcome"] == Outcome.AWARDED and given.get("amount") is None:
            self.add_error("amount", _("Indiquez le montant de la subvention."))
        if given["outcome"] != Outcome.AWARDED and given.get("amount") is not None:
            self.add_error(
                "amount", _("Seule une lauréate a un montant : videz cette case, ou choisissez « lauréate ».")
            )
        return given

    def said(self) -> dict[str, Any]:
        """What the act is given."""
        return {**self.cleaned_data, "outcome": Outcome(self.cleaned_data["outcome"])}


class EnvelopeReasonForm(PlainForm):
    """Why the envelope is exceeded, when it is."""

    envelope_reason = Prose(label=_("Pourquoi l’enveloppe est dépassée"), lines=2)


class ReasonForm(PlainForm):
    """Why a settled deliberation is taken up again."""

    reason = Prose(
        label=_("Pourquoi la délibération reprend"),
        lines=2,
        required=True,
        help_text=_("Ce motif entre au journal du jury."),
        error_messages={"required": _("Écrivez pourquoi la délibération reprend.")},
    )
