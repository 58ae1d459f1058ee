"""Where a structure makes itself known, and what it writes to another."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import PlainForm, Prose
from applications.models import Territory
from applications.rules.neighbours import LONGEST


class MakeKnownForm(PlainForm):
    """The territories, among those of the candidacy."""

    territories = forms.MultipleChoiceField(
        label=_("Dans quels territoires"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Un des territoires choisis n’est pas de votre candidature.")},
    )

    def __init__(
        self, offered: list[Territory], chosen: list[Territory], data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial={"territories": [territory.pk for territory in chosen or offered]})
        self.offered = {territory.pk: territory for territory in offered}
        boxes: Any = self.fields["territories"]
        boxes.choices = [(territory.pk, str(territory)) for territory in offered]

    def rows(self) -> list[tuple[Territory, bool]]:
        """The territories, each with whether it is ticked."""
        ticked = set(self["territories"].value() or [])
        return [(territory, pk in ticked) for pk, territory in self.offered.items()]

    def chosen(self) -> list[Territory]:
        """Those ticked, once valid."""
        return [self.offered[pk] for pk in self.cleaned_data["territories"]]


class NeighbourMessageForm(PlainForm):
    """The message."""

    text = Prose(
        label=_("Votre message"),
        lines=8,
        advised=LONGEST,
        required=True,
        help_text=_(
            "Présentez-vous, et dites ce que vous proposez. Si vous donnez vos coordonnées, elles seront lues."
        ),
        error_messages={"required": _("Écrivez votre message.")},
    )
