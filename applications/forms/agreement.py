"""What is typed about an agreement: the one sent, its signature, the report it expected."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Prose
from applications.forms.office import OfficeForm
from applications.models import Agreement
from applications.rules.enclosures import TOO_LARGE
from hubs_portal.letters.compose import LARGEST

_LONGEST = 2000
_TIME_TO_SIGN = timedelta(days=30)
# Half when signed, then on the mid-term report, then the balance: the instalments this call announced.
_USUAL = _("50 % à la signature, 30 % à la remise du rapport intermédiaire, 20 % au solde.")


class Day(forms.DateField):
    """A day, from the browser's calendar or typed as « 30/06/2019 »."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)


class SendAgreementForm(OfficeForm):
    """The agreement, when its money comes, and until when it may be returned."""

    file = forms.FileField(label=_("Convention, en PDF"), max_length=255)
    schedule = Prose(
        label=_("Échéancier des versements"),
        lines=3,
        max_length=_LONGEST,
        required=True,
        help_text=_("Il est repris tel quel dans la lettre."),
        error_messages={"required": _("Écrivez l’échéancier des versements.")},
    )
    return_by = Day(label=_("À retourner signée avant le"))

    def __init__(self, known: Agreement | None, today: date, *args: Any, **kwargs: Any) -> None:
        given = {
            "schedule": known.schedule if known else _USUAL,
            "return_by": known.return_by if known else today + _TIME_TO_SIGN,
        }
        super().__init__(*args, initial=given, prefix="agreement", **kwargs)

    def clean_file(self) -> Any:
        """One that a mail server takes."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return file


class SignedForm(OfficeForm):
    """The day it was signed by everybody, and the day the financial report is due."""

    signed_on = Day(label=_("Signée par toutes les parties le"))
    report_due_on = Day(
        label=_("Compte rendu financier attendu le"),
        help_text=_("Au plus tard six mois après la fin de l’exercice : le 30 juin, pour une année civile."),
    )

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        given = {"signed_on": today, "report_due_on": date(today.year + 1, 6, 30)}
        super().__init__(*args, initial=given, prefix="signed", **kwargs)


class ReportForm(OfficeForm):
    """The day the financial report came."""

    received_on = Day(label=_("Compte rendu financier reçu le"))

    def __init__(self, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"received_on": today}, prefix="report", **kwargs)
