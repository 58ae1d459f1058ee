"""Ask somebody to work on a dossier."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import Rights
from hubs_portal.oneline import OneLineForm


class InvitationForm(OneLineForm, forms.Form):
    """Whom to write to, and what they may do."""

    name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        error_messages={"required": _("Indiquez le nom de la personne.")},
    )
    email = forms.EmailField(
        label=_("Adresse électronique"),
        max_length=254,
        help_text=_("Un lien personnel y est envoyé."),
        error_messages={
            "required": _("Indiquez l’adresse électronique de la personne."),
            "invalid": _("Cette adresse électronique n’est pas complète. Écrivez-la ainsi : nom@structure.fr."),
        },
    )
    rights = forms.ChoiceField(
        label=_("Cette personne pourra"),
        choices=Rights.choices,
        initial=Rights.EDIT,
        widget=forms.RadioSelect,
        help_text=_("Donnez le droit de déposer à deux personnes au moins : l’une peut être empêchée le dernier jour."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, label_suffix="")
