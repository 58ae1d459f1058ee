"""Problems a candidate reports, and what the team answers."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from applications.enums import Failure, IncidentState
from applications.models.candidacy import Candidacy, Member
from hubs_portal.protection import AppendOnly
from hubs_portal.refusals import Sentence


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Reports as the team looks for them."""

    def open(self) -> Self:
        """Those nobody has answered or closed."""
        return self.filter(state=IncidentState.OPEN)

    def in_time(self) -> Self:
        """Those that arrived before the closing time that applied then: 17:00:00.000000 is after."""
        return self.filter(reported_at__lt=F("closes_at"))

    def after_closing(self) -> Self:
        """The others."""
        return self.filter(reported_at__gte=F("closes_at"))


class Incident(models.Model):
    """What a candidate says happened, and when they said so; the closing time that applied then is kept beside it.

    `page` is where they were, and `failures` what their browser had seen fail, each `{"at", "what", "where", "status"}`
    (rules/failures.py): what the browser says, bounded, proof of nothing by itself.
    """

    candidacy = models.ForeignKey(
        Candidacy, on_delete=models.RESTRICT, related_name="incidents", verbose_name=_("candidature")
    )
    rank = models.PositiveSmallIntegerField(_("rang"))
    reporter = models.ForeignKey(
        Member, on_delete=models.RESTRICT, related_name="+", verbose_name=_("membre du dossier")
    )
    author = models.CharField(_("auteur"), max_length=320)
    happened = models.TextField(_("ce qui arrive"))
    doing = models.TextField(_("ce que la personne faisait"), blank=True)
    page = models.CharField(_("page"), max_length=300, blank=True)
    failures = models.JSONField(_("échecs constatés par le navigateur"), default=list, blank=True)
    reported_at = models.DateTimeField(_("signalé le"))
    closes_at = models.DateTimeField(_("clôture appliquée"))
    origin = models.CharField(_("origine"), max_length=200, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=IncidentState.choices, default=IncidentState.OPEN, editable=False
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("problème signalé")
        verbose_name_plural = _("problèmes signalés")
        ordering = ["reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "rank"], name="incident_rank_once"),
            models.CheckConstraint(condition=~models.Q(happened=""), name="incident_says_what_happens"),
        ]
        indexes = [models.Index(fields=["state", "reported_at"], name="incidents_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How people name it: the number of the candidacy, then its rank there."""
        return f"{self.candidacy.number}-{self.rank}"

    @property
    def seen_failing(self) -> list[tuple[datetime, Sentence, str, int]]:
        """When, what, where, and the status answered (0: none), for whoever reads."""
        return [
            (datetime.fromisoformat(said["at"]), Failure(said["what"]).label, said["where"], said["status"])
            for said in self.failures
        ]

    @property
    def is_in_time(self) -> bool:
        """Whether it arrived before the closing time that applied then."""
        return bool(self.reported_at < self.closes_at)


class IncidentAnswer(AppendOnly):
    """What the team answered, as it left."""

    incident = models.ForeignKey(Incident, on_delete=models.RESTRICT, related_name="answers")
    rank = models.PositiveSmallIntegerField(_("rang"))
    text = models.TextField(_("réponse"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("répondu par")
    )
    answered_at = models.DateTimeField(_("répondu le"))

    class Meta:
        verbose_name = _("réponse à un problème")
        verbose_name_plural = _("réponses aux problèmes")
        ordering = ["incident", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "rank"], name="incident_answer_rank_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="incident_answer_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.rank}"
