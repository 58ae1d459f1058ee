"""What is typed about a release."""

from django.utils.translation import gettext_lazy as _

from applications.forms.fields import PlainForm, Prose


class DropForm(PlainForm):
    """Why a release that was asked for is given up."""

    reason = Prose(
        label=_("Pourquoi abandonner cette demande"),
        lines=2,
        required=True,
        help_text=_("Ce motif entre au journal de l’appel."),
        error_messages={"required": _("Écrivez pourquoi la publication est abandonnée.")},
    )
