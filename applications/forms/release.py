"""What is typed about a release, and about what follows it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Day, PlainForm, Prose


class DropForm(PlainForm):
    """Why a release that was asked for is given up."""

    reason = Prose(
        label=_("Pourquoi abandonner cette demande"),
        lines=2,
        required=True,
        help_text=_("Ce motif entre au journal de l’appel."),
        error_messages={"required": _("Écrivez pourquoi la publication est abandonnée.")},
    )


class OpenDataForm(PlainForm):
    """Where the open data of the grants are read, and since when."""

    address = forms.URLField(
        label=_("Adresse où on lit les données"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Par exemple https://www.data.gouv.fr/fr/datasets/…"),
        error_messages={
            "required": _("Indiquez l’adresse où on lit les données."),
            "invalid": _("Cette adresse n’est pas complète. Elle commence par https://."),
        },
    )
    published_on = Day(
        label=_("Publiées le"), required=True, error_messages={"required": _("Indiquez le jour de leur publication.")}
    )
