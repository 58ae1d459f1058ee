"""The safety net: the consent to have the draft submitted at the closing, if it is complete then."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from applications.models.candidacy import Candidacy, Member


class SafetyNetConsentQuerySet(models.QuerySet["SafetyNetConsent"]):
    """Consents given."""

    def standing(self) -> Self:
        """Those nobody took back."""
        return self.filter(revoked_at__isnull=True)


class SafetyNetConsent(models.Model):
    """What somebody who may submit agreed to, in the words the page showed, and until when it stood.

    Taken back, the row stays; given again, it is another row.
    """

    candidacy = models.ForeignKey(
        Candidacy, on_delete=models.RESTRICT, related_name="safety_nets", verbose_name=_("candidature")
    )
    given_by = models.ForeignKey(
        Member, on_delete=models.RESTRICT, related_name="+", verbose_name=_("membre du dossier")
    )
    account = models.CharField(_("donné par"), max_length=320)
    signatory = models.CharField(_("signataire"), max_length=280)
    text = models.TextField(_("texte accepté"))
    given_at = models.DateTimeField(_("donné le"))
    closes_at = models.DateTimeField(_("clôture annoncée alors"))
    revoked_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    revoked_by = models.CharField(_("retiré par"), max_length=320, blank=True)

    objects = SafetyNetConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord pour le filet de sécurité")
        verbose_name_plural = _("accords pour le filet de sécurité")
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy"], condition=Q(revoked_at__isnull=True), name="one_standing_safety_net"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(signatory=""), name="safety_net_says_what_and_who"),
            models.CheckConstraint(condition=Q(given_at__lt=F("closes_at")), name="safety_net_given_before_closing"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by="") | (Q(revoked_at__isnull=False) & ~Q(revoked_by="")),
                name="safety_net_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy_id} {self.given_at}"
