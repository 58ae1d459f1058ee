"""The agreement that follows an award: sent, signed, and the financial report it expects."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import AgreementState
from applications.models.candidacy import Candidacy
from hubs_portal.files import StoredFile

# Décret n° 2017-779 : the grant is published as open data within three months of the signature.
_MONTHS_TO_PUBLISH = 3


class Agreement(models.Model):
    """The agreement of an awarded candidacy; its amount is the award's. One that goes again, corrected, is the same."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="agreement")
    state = models.CharField(
        _("état"), max_length=10, choices=AgreementState.choices, default=AgreementState.SENT, editable=False
    )
    amount = models.DecimalField(_("subvention, en euros"), max_digits=12, decimal_places=2)
    schedule = models.TextField(_("échéancier des versements"))
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="+", verbose_name=_("convention"))
    name = models.CharField(_("nom du fichier"), max_length=150)
    return_by = models.DateField(_("à retourner signée avant le"))
    sendings = models.PositiveSmallIntegerField(_("envois"), default=1)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("envoyée par")
    )
    sent_at = models.DateTimeField(_("envoyée le"))
    signed_on = models.DateField(_("signée le"), null=True, blank=True)
    report_due_on = models.DateField(_("compte rendu financier attendu le"), null=True, blank=True)
    report_received_on = models.DateField(_("compte rendu financier reçu le"), null=True, blank=True)

    class Meta:
        verbose_name = _("convention")
        verbose_name_plural = _("conventions")
        ordering = ["sent_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="agreement_grants_something"),
            models.CheckConstraint(
                condition=~models.Q(schedule=""),
                name="agreement_says_when_it_pays",
                violation_error_message=_("Écrivez l’échéancier des versements."),
            ),
            models.CheckConstraint(
                condition=models.Q(state=AgreementState.SENT, signed_on__isnull=True, report_due_on__isnull=True)
                | (
                    ~models.Q(state=AgreementState.SENT)
                    & models.Q(signed_on__isnull=False, report_due_on__isnull=False)
                    & models.Q(report_due_on__gt=models.F("signed_on"))
                ),
                name="signed_agreement_expects_a_report",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(state=AgreementState.REPORTED, report_received_on__isnull=False)
                    & models.Q(report_received_on__gte=models.F("signed_on"))
                )
                | (~models.Q(state=AgreementState.REPORTED) & models.Q(report_received_on__isnull=True)),
                name="report_received_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.get_state_display()}"

    @property
    def published_by(self) -> date | None:
        """The last day to publish the grant as open data."""
        return months_after(self.signed_on, _MONTHS_TO_PUBLISH) if self.signed_on else None


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(day.year + years, month + 1, number)
        except ValueError:
            continue
    return date(day.year + years, month + 1, min(day.day, 28))
