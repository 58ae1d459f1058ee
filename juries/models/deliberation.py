"""The deliberation: what was decided, who signed, and the minutes that keep it."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Outcome
from applications.models import Candidacy
from hubs_portal.protection import AppendOnly
from juries.enums import DeliberationState
from juries.models.jury import Jury


class Deliberation(models.Model):
    """A session of a jury that decides on the candidacies it heard."""

    jury = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="deliberations", verbose_name=_("jury"))
    state = models.CharField(
        _("état"), max_length=10, choices=DeliberationState.choices, default=DeliberationState.OPEN
    )
    opened_at = models.DateTimeField(_("ouverte le"))
    settled_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    envelope_reason = models.TextField(_("pourquoi l’enveloppe est dépassée"), blank=True)
    signed_at = models.DateTimeField(_("signée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("délibération")
        verbose_name_plural = _("délibérations")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jury"],
                condition=~models.Q(state=DeliberationState.SIGNED),
                name="one_deliberation_at_a_time",
                violation_error_message=_("Une délibération de ce jury est déjà en cours."),
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeliberationState.OPEN, settled_at__isnull=True)
                | (~models.Q(state=DeliberationState.OPEN) & models.Q(settled_at__isnull=False)),
                name="deliberation_settled_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DeliberationState.SIGNED, signed_at__isnull=False)
                | (~models.Q(state=DeliberationState.SIGNED) & models.Q(signed_at__isnull=True)),
                name="deliberation_signed_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jury} {self.opened_at:%d/%m/%Y}"


class DeliberationSignature(AppendOnly):
    """A signature under a deliberation: two, of two different people."""

    deliberation = models.ForeignKey(Deliberation, on_delete=models.RESTRICT, related_name="signatures")
    rank = models.PositiveSmallIntegerField(_("rang"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("signataire")
    )
    capacity = models.CharField(_("qualité"), max_length=150)
    signed_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("signature d’une délibération")
        verbose_name_plural = _("signatures des délibérations")
        ordering = ["deliberation", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["deliberation", "rank"], name="deliberation_signed_once_per_rank"),
            models.UniqueConstraint(
                fields=["deliberation", "user"],
                name="deliberation_signed_by_two_people",
                violation_error_message=_("Une autre personne doit signer."),
            ),
            models.CheckConstraint(condition=models.Q(rank__in=[1, 2]), name="deliberation_has_two_signatures"),
        ]

    def __str__(self) -> str:
        return f"{self.deliberation_id} {self.rank}"


class Decision(models.Model):
    """What the jury decided of a candidacy, with the reasons it agreed on."""

    deliberation = models.ForeignKey(Deliberation, on_delete=models.RESTRICT, related_name="decisions")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="decisions")
    outcome = models.CharField(_("issue"), max_length=15, choices=Outcome.choices)
    amount = models.DecimalField(_("subvention, en euros"), max_digits=12, decimal_places=2, null=True, blank=True)
    reasons = models.TextField(_("motifs"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("inscrite par")
    )
    decided_at = models.DateTimeField(_("inscrite le"))

    class Meta:
        verbose_name = _("décision")
        verbose_name_plural = _("décisions")
        ordering = ["deliberation", "candidacy__number"]
        constraints = [
            models.UniqueConstraint(fields=["deliberation", "candidacy"], name="one_decision_per_candidacy"),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.AWARDED, amount__isnull=False, amount__gt=0)
                | (~models.Q(outcome=Outcome.AWARDED) & models.Q(amount__isnull=True)),
                name="only_awarded_decisions_have_an_amount",
                violation_error_message=_("Une candidature lauréate a un montant, les autres n’en ont pas."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reasons=""),
                name="decision_is_reasoned",
                violation_error_message=_("Écrivez les motifs dont le jury est convenu."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.get_outcome_display()}"


class Minutes(AppendOnly):
    """The minutes, produced from the record at the second signature, and their fingerprint."""

    deliberation = models.OneToOneField(Deliberation, on_delete=models.RESTRICT, related_name="minutes")
    produced_at = models.DateTimeField(_("établi le"))
    content = models.TextField(_("contenu"))
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("procès-verbal")
        verbose_name_plural = _("procès-verbaux")

    def __str__(self) -> str:
        return f"{self.deliberation}"

    @property
    def says(self) -> dict[str, Any]:
        """The content, parsed."""
        content: dict[str, Any] = json.loads(self.content)
        return content
