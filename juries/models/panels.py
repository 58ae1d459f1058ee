"""Panels: who reads and hears which candidacies."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from juries.models.jury import Jury, Seat


class Panel(models.Model):
    """Some members of a jury, who read, hear and score the candidacies given to them."""

    jury = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="panels", verbose_name=_("jury"))
    name = models.CharField(_("nom"), max_length=100)
    members: models.ManyToManyField[Seat, "PanelMember"] = models.ManyToManyField(
        Seat, through="PanelMember", related_name="panels", verbose_name=_("membres")
    )

    class Meta:
        verbose_name = _("panel")
        verbose_name_plural = _("panels")
        ordering = ["jury", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["jury", "name"],
                name="panel_name_once_per_jury",
                violation_error_message=_("Un panel de ce jury porte déjà ce nom."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PanelMember(models.Model):
    """A juror in a panel; a reader scores the dossiers before the hearing, everybody present scores after it."""

    panel = models.ForeignKey(Panel, on_delete=models.RESTRICT, related_name="memberships")
    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="memberships")
    reader = models.BooleanField(_("rapporteur"), default=True)
    joined_at = models.DateTimeField(_("depuis le"))

    class Meta:
        verbose_name = _("membre d’un panel")
        verbose_name_plural = _("membres des panels")
        ordering = ["panel", "pk"]
        constraints = [models.UniqueConstraint(fields=["panel", "seat"], name="panel_member_once")]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.seat_id}"


class PanelCandidacy(models.Model):
    """A candidacy given to a panel, and to no other: a candidacy has one call."""

    panel = models.ForeignKey(Panel, on_delete=models.RESTRICT, related_name="assignments", verbose_name=_("panel"))
    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="assignment")
    assigned_at = models.DateTimeField(_("attribuée le"))

    class Meta:
        verbose_name = _("candidature d’un panel")
        verbose_name_plural = _("candidatures des panels")
        ordering = ["panel", "pk"]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.candidacy_id}"
