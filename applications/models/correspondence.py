"""Letters that are about a call rather than about what a candidate receives."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call
from applications.models.candidacy import Candidacy
from hubs_portal.letters.models import Letter
from hubs_portal.protection import AppendOnly


class CallLetter(models.Model):
    """A letter to the team of a call, and the candidacy it names, if it names one: no candidate ever finds it."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="team_letters")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, null=True, related_name="+")
    letter = models.OneToOneField(Letter, on_delete=models.RESTRICT, related_name="of_call")

    class Meta:
        verbose_name = _("lettre à l’équipe d’un appel")
        verbose_name_plural = _("lettres aux équipes des appels")

    def __str__(self) -> str:
        return f"{self.call_id} {self.letter_id}"


class CommitmentRequest(models.Model):
    """A partner was asked for its letter of commitment: by name and address, lines of a draft having no identity.

    Its letter carries a personal link, of which only the fingerprint is kept. `revoked_at`: the candidate took it back.
    """

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="commitment_requests")
    partner = models.CharField(_("partenaire"), max_length=200)
    address = models.EmailField(_("adresse"))
    asked_by = models.CharField(_("demandée par"), max_length=320)
    asked_at = models.DateTimeField(_("demandée le"))
    letter = models.OneToOneField(Letter, on_delete=models.RESTRICT, related_name="of_commitment_request")
    link_digest = models.CharField(_("empreinte du lien personnel"), max_length=64, blank=True)
    revoked_at = models.DateTimeField(_("lien retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("demande de lettre d’engagement")
        verbose_name_plural = _("demandes de lettres d’engagement")
        ordering = ["asked_at", "pk"]
        indexes = [models.Index(fields=["candidacy", "asked_at"], name="commitment_requests_by_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["link_digest"], condition=~models.Q(link_digest=""), name="one_commitment_request_per_link"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy_id} {self.address}"


def team_drawer(call_id: int) -> str:
    """Where the letters to the team of a call are filed."""
    return f"call:{call_id}:team"


def partners_drawer(call_id: int) -> str:
    """Where the letters to the partners of its candidates are filed."""
    return f"call:{call_id}:partners"


class EveningRun(AppendOnly):
    """The digest of an evening was written for a call, even when it had nothing to say to anybody: never twice."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="evenings")
    on = models.DateField(_("soir du"))
    run_at = models.DateTimeField(_("fait le"))

    class Meta:
        verbose_name = _("point du soir")
        verbose_name_plural = _("points du soir")
        constraints = [models.UniqueConstraint(fields=["call", "on"], name="one_digest_an_evening")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.on}"
