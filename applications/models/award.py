"""How candidacies end, kept under embargo until one act publishes everything."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Outcome
from applications.models.call import Call
from applications.models.candidacy import Candidacy


class Award(models.Model):
    """The outcome of a candidacy that was heard. Nobody outside the team and the jury reads it before the release."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="award")
    outcome = models.CharField(_("issue"), max_length=15, choices=Outcome.choices)
    amount = models.DecimalField(_("subvention, en euros"), max_digits=12, decimal_places=2, null=True, blank=True)
    reasons = models.TextField(_("motifs"))
    decided_at = models.DateTimeField(_("décidée le"))

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.AWARDED, amount__isnull=False, amount__gt=0)
                | (~models.Q(outcome=Outcome.AWARDED) & models.Q(amount__isnull=True)),
                name="only_awards_have_an_amount",
            ),
            models.CheckConstraint(condition=~models.Q(reasons=""), name="outcome_is_reasoned"),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.get_outcome_display()}"


class Publication(models.Model):
    """The release of a call's results: asked for by one manager, done by the signature of another."""

    call = models.OneToOneField(Call, on_delete=models.RESTRICT, related_name="publication")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("demandée par")
    )
    requested_at = models.DateTimeField(_("demandée le"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signée par"),
    )
    released_at = models.DateTimeField(_("publiée le"), null=True, blank=True)
    content = models.TextField(_("contenu publié"), blank=True)
    digest = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("publication des résultats")
        verbose_name_plural = _("publications des résultats")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("requested_by")),
                name="release_signed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True, released_at__isnull=True, content="")
                | (models.Q(signed_by__isnull=False, released_at__isnull=False) & ~models.Q(content="")),
                name="release_is_whole_or_not_at_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call}"


class OpenDataNotice(models.Model):
    """The grants of a call were published as open data, somewhere one can read them: said by a person of the team."""

    call = models.OneToOneField(Call, on_delete=models.RESTRICT, related_name="open_data")
    address = models.URLField(_("adresse des données"), max_length=500)
    published_on = models.DateField(_("publiées le"))
    marked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("indiqué par")
    )
    marked_at = models.DateTimeField(_("indiqué le"))

    class Meta:
        verbose_name = _("publication en données ouvertes")
        verbose_name_plural = _("publications en données ouvertes")

    def __str__(self) -> str:
        return f"{self.call}"
