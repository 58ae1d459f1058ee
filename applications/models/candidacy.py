"""A candidacy, the structure it comes from, and the people who work on it."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from applications.enums import CandidacyState, LegalForm, Provenance, Rights, Role
from applications.models.call import Call, Territory
from hubs_portal.actors import Actor
from hubs_portal.journal import JournalLine
from hubs_portal.letters.compose import Addressee
from hubs_portal.letters.models import Letter
from hubs_portal.protection import AppendOnly

if TYPE_CHECKING:
    from hubs_portal.accounts.models import User


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    """Candidacies as each audience may see them."""

    def of_team(self, user: "User") -> Self:
        """Candidacies of the calls whose team the person belongs to. Being superuser opens nothing."""
        return self.filter(call__in=Call.objects.run_by(user))

    def instructed_by(self, user: "User") -> Self:
        """Candidacies the person may act upon: officers and managers, not observers."""
        return self.filter(call__in=Call.objects.run_by(user, Role.OFFICER, Role.MANAGER))


class Candidacy(models.Model):
    """A structure's answer to a call, from its signalling to the end."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="candidacies", verbose_name=_("appel"))
    number = models.CharField(_("numéro"), max_length=20, unique=True)
    state = models.CharField(_("état"), max_length=20, choices=CandidacyState.choices, default=CandidacyState.SIGNALLED)
    notified_state = models.CharField(
        _("dernier état notifié"), max_length=20, choices=CandidacyState.choices, default=CandidacyState.SIGNALLED
    )
    provenance = models.CharField(_("signalée"), max_length=10, choices=Provenance.choices, default=Provenance.ONLINE)
    signalled_at = models.DateTimeField(_("signalée le"))
    language = models.CharField(_("langue"), max_length=2, default="fr")
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="+", verbose_name=_("territoires envisagés")
    )

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        ordering = ["signalled_at", "pk"]
        indexes = [models.Index(fields=["call", "state"], name="candidacies_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def key(self) -> str:
        """How letters and jobs name this candidacy."""
        return f"candidacy:{self.pk}"


class Organisation(models.Model):
    """The structure, as its candidacy describes it. A SIRET is not unique: nobody can learn that a rival exists."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="organisation")
    name = models.CharField(_("nom de la structure"), max_length=200)
    legal_form = models.CharField(_("forme juridique"), max_length=20, choices=LegalForm.choices)
    siret = models.CharField(_("numéro SIRET"), max_length=14)
    rna = models.CharField(_("numéro RNA"), max_length=10, blank=True)
    registry = models.CharField(_("registre du tribunal"), max_length=120, blank=True)
    address = models.CharField(_("adresse"), max_length=250, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    city = models.CharField(_("commune"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    website = models.CharField(_("site internet"), max_length=200, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    representative_name = models.CharField(_("représentant légal"), max_length=150, blank=True)
    representative_title = models.CharField(_("qualité du représentant légal"), max_length=120, blank=True)
    representative_email = models.EmailField(_("adresse du représentant légal"), blank=True)

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        indexes = [models.Index(fields=["siret"], name="organisations_by_siret")]

    def __str__(self) -> str:
        return self.name


_RANK = {Rights.VIEW: 0, Rights.EDIT: 1, Rights.SUBMIT: 2}


class MemberQuerySet(models.QuerySet["Member"]):
    """People working on dossiers."""

    def present(self) -> Self:
        """Members who were not removed."""
        return self.filter(removed_at__isnull=True)

    def of(self, user_id: int | None, opened: list[int]) -> Self:
        """The present memberships of somebody: those of their account, and those this session opened."""
        mine = models.Q(pk__in=opened, user__isnull=True)
        return self.present().filter(models.Q(user=user_id) | mine if user_id else mine)


class Member(models.Model):
    """A person on a dossier. Without `user`, the address is not confirmed: only the session that opened it acts."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="dossier_memberships",
        verbose_name=_("compte"),
    )
    email = models.EmailField(_("adresse électronique"))
    name = models.CharField(_("nom"), max_length=150)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    rights = models.CharField(_("droits"), max_length=10, choices=Rights.choices)
    is_contact = models.BooleanField(_("contact du dossier"), default=False)
    invited_at = models.DateTimeField(_("invité le"))
    joined_at = models.DateTimeField(_("compte rattaché le"), null=True, blank=True)
    removed_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre du dossier")
        verbose_name_plural = _("membres du dossier")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy", "email"],
                condition=models.Q(removed_at__isnull=True),
                name="one_member_per_address",
                violation_error_message=_("Cette personne travaille déjà sur le dossier."),
            ),
            models.UniqueConstraint(
                fields=["candidacy"],
                condition=models.Q(is_contact=True, removed_at__isnull=True),
                name="one_contact_per_candidacy",
            ),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="member_email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"

    def may(self, right: str) -> bool:
        """Whether this person's rights include `right`."""
        return _RANK[Rights(self.rights)] >= _RANK[Rights(right)]

    @property
    def actor(self) -> Actor:
        """This person, as the author of an act."""
        if self.user:
            return Actor.person(self.user)
        return Actor(None, _("%(who)s (adresse non confirmée)") % {"who": self})

    @property
    def addressee(self) -> Addressee:
        """This person, as somebody to write to."""
        return Addressee(self.email, self.name, self.language, self.user)


class CandidacyLetter(models.Model):
    """Which candidacy a letter is about: what fills « messages reçus »."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="letters")
    letter = models.OneToOneField(Letter, on_delete=models.RESTRICT, related_name="of_candidacy")

    class Meta:
        verbose_name = _("lettre d’une candidature")
        verbose_name_plural = _("lettres des candidatures")

    def __str__(self) -> str:
        return f"{self.candidacy_id} {self.letter_id}"


def candidates_drawer(call_id: int) -> str:
    """Where the letters to the candidates of a call are filed."""
    return f"call:{call_id}"


class CandidacyLine(AppendOnly, JournalLine):
    """A line of the journal of a candidacy."""

    subject = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="journal")

    class Meta(JournalLine.Meta):
        abstract = False
        verbose_name = _("ligne du journal d’une candidature")
        verbose_name_plural = _("journal des candidatures")
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="candidacy_line_once")]


class LateAttempt(AppendOnly):
    """Somebody pressed « Déposer » too late: nothing moved, and this is what the platform saw."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="late_attempts")
    arrived_at = models.DateTimeField(_("arrivée"))
    closes_at = models.DateTimeField(_("clôture appliquée"))
    revision = models.PositiveIntegerField(_("état du dossier"))
    author = models.CharField(_("auteur"), max_length=320)
    origin = models.CharField(_("origine"), max_length=200, blank=True)
    code = models.CharField(_("refus"), max_length=30)

    class Meta:
        verbose_name = _("tentative tardive")
        verbose_name_plural = _("tentatives tardives")
        ordering = ["arrived_at"]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.arrived_at:%H:%M:%S}"

    @property
    def lateness(self) -> float:
        """Seconds after the closing time."""
        delay: datetime = self.arrived_at
        return (delay - self.closes_at).total_seconds()
