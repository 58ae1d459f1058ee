"""Background work as rows: what is to be done survives a killed worker and a flushed queue."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """Where a piece of work is."""

    WAITING = "waiting", _("en attente")
    RUNNING = "running", _("en cours")
    DONE = "done", _("fait")
    FAILED = "failed", _("en échec")


class Job(models.Model):
    """One piece of work, named by its kind and what it is about; asking for it twice makes one row."""

    kind = models.CharField(_("nature"), max_length=40)
    subject_key = models.CharField(_("sujet"), max_length=80)
    state = models.CharField(_("état"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    due_at = models.DateTimeField(_("à faire à partir du"), db_default=Now())
    leased_until = models.DateTimeField(_("pris jusqu’au"), null=True, blank=True)
    asked_at = models.DateTimeField(_("demandé le"), db_default=Now())
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)
    error = models.TextField(_("erreur"), blank=True)

    class Meta:
        verbose_name = _("travail")
        verbose_name_plural = _("travaux")
        constraints = [models.UniqueConstraint(fields=["kind", "subject_key"], name="one_job_per_subject")]
        indexes = [models.Index(fields=["state", "due_at"], name="jobs_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_key}"
