"""What jurors declare of their ties, and who stays out of which candidacy (loi n° 2013-907, article 2)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal.protection import AppendOnly
from juries.enums import RecusalOrigin, Verdict
from juries.models.jury import Seat


class InterestDeclaration(models.Model):
    """What a juror declares of one candidacy, before its dossier opens."""

    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="declarations")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="interest_declarations")
    verdict = models.CharField(_("déclaration"), max_length=10, choices=Verdict.choices)
    reason = models.TextField(_("lien déclaré"), blank=True)
    declared_at = models.DateTimeField(_("déclarée le"))
    examined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("examinée par"),
    )
    examined_at = models.DateTimeField(_("examinée le"), null=True, blank=True)
    examination = models.TextField(_("ce que l’examen a conclu"), blank=True)

    class Meta:
        verbose_name = _("déclaration d’intérêts")
        verbose_name_plural = _("déclarations d’intérêts")
        ordering = ["declared_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "candidacy"], name="one_declaration_per_seat_and_candidacy"),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.NONE) | ~models.Q(reason=""),
                name="declared_tie_is_described",
                violation_error_message=_("Décrivez le lien en une phrase."),
            ),
            models.CheckConstraint(
                condition=models.Q(examined_by__isnull=True, examined_at__isnull=True, examination="")
                | (models.Q(examined_by__isnull=False, examined_at__isnull=False) & ~models.Q(examination="")),
                name="examination_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.candidacy_id} {self.get_verdict_display()}"


class Recusal(AppendOnly):
    """A juror stays out of a candidacy, from this instant and for good; it is printed in the minutes."""

    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="recusals")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="recusals")
    origin = models.CharField(_("décidé"), max_length=15, choices=RecusalOrigin.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("par")
    )
    reason = models.TextField(_("motif"))
    recused_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("déport")
        verbose_name_plural = _("déports")
        ordering = ["recused_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "candidacy"], name="one_recusal_per_seat_and_candidacy"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="recusal_is_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.candidacy_id}"
