"""How far a rehearsal has been played."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RehearsalProgress(models.Model):
    """The single row that says which act was played last. Its presence says that this database is a rehearsal's."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    act_at = models.DateTimeField(_("instant du dernier acte joué"), null=True)
    act_name = models.CharField(_("dernier acte joué"), max_length=120, blank=True)
    crossed_at = models.DateTimeField(_("dernier moment passé"), null=True)
    moment = models.CharField(_("moment demandé en dernier"), max_length=40, blank=True)
    reached_at = models.DateTimeField(_("atteint le (temps réel)"), null=True)

    class Meta:
        verbose_name = _("avancement de la répétition")
        verbose_name_plural = _("avancement de la répétition")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_rehearsal_progress")]

    def __str__(self) -> str:
        return f"{self.moment} {self.act_name}"
