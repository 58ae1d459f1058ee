"""A jury, the people who sit in it, and its journal."""

import hashlib
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Candidacy
from hubs_portal.actors import Actor
from hubs_portal.bilingual import Bilingual
from hubs_portal.journal import JournalLine
from hubs_portal.letters.compose import Addressee
from hubs_portal.letters.models import Letter
from hubs_portal.protection import AppendOnly
from juries.enums import SeatRole, Stage

if TYPE_CHECKING:
    from hubs_portal.accounts.models import User


class Jury(models.Model):
    """The jury of a call: what its members promise, how many must vote, how long a hearing lasts."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="juries", verbose_name=_("appel"))
    name = models.CharField(_("nom"), max_length=150)
    charter_fr = models.TextField(_("charte"))
    charter_en = models.TextField(_("charte en anglais"), blank=True)
    charter = Bilingual()
    quorum = models.PositiveSmallIntegerField(_("quorum"), help_text=_("Votants nécessaires pour chaque candidature."))
    ranking_stage = models.CharField(_("notes qui classent"), max_length=6, choices=Stage.choices, default=Stage.AFTER)
    scores_due_on = models.DateField(_("notes attendues le"), null=True, blank=True)
    presentation_minutes = models.PositiveSmallIntegerField(_("présentation, en minutes"), default=15)
    questions_minutes = models.PositiveSmallIntegerField(_("questions, en minutes"), default=20)
    exchange_minutes = models.PositiveSmallIntegerField(_("échange entre jurés, en minutes"), default=10)

    class Meta:
        verbose_name = _("jury")
        verbose_name_plural = _("jurys")
        ordering = ["call", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "name"],
                name="jury_name_once_per_call",
                violation_error_message=_("Un jury de cet appel porte déjà ce nom."),
            ),
            models.CheckConstraint(
                condition=models.Q(quorum__gte=1),
                name="jury_has_a_quorum",
                violation_error_message=_("Le quorum est d’au moins un votant."),
            ),
            models.CheckConstraint(condition=~models.Q(charter_fr=""), name="jury_has_a_charter"),
            models.CheckConstraint(
                condition=models.Q(presentation_minutes__gt=0) | models.Q(questions_minutes__gt=0),
                name="jury_hears_for_some_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How letters and jobs name this jury."""
        return f"jury:{self.pk}"

    @property
    def charter_digest(self) -> str:
        """The fingerprint of the charter, in both languages, as it stands."""
        return hashlib.sha256(f"{self.charter_fr}\n\n{self.charter_en}".encode()).hexdigest()


class SeatQuerySet(models.QuerySet["Seat"]):
    """Seats by what their holders may do."""

    def present(self) -> Self:
        """Those nobody took back."""
        return self.filter(removed_at__isnull=True)

    def sworn(self) -> Self:
        """Those whose holder signed the charter: nothing can be read before."""
        return self.present().filter(charter_signed_at__isnull=False)

    def of(self, user: "User") -> Self:
        """The seats somebody holds now, charter signed or not."""
        return self.present().filter(user=user.pk)

    def presiding(self) -> Self:
        """The chairs who signed the charter."""
        return self.sworn().filter(role=SeatRole.CHAIR)


class Seat(models.Model):
    """A person in a jury, from their invitation on."""

    jury = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="seats", verbose_name=_("jury"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="seats", verbose_name=_("compte")
    )
    role = models.CharField(_("rôle"), max_length=10, choices=SeatRole.choices, default=SeatRole.JUROR)
    capacity = models.CharField(_("qualité"), max_length=150, blank=True)
    invited_at = models.DateTimeField(_("invité le"))
    accepted_at = models.DateTimeField(_("invitation suivie le"), null=True, blank=True)
    charter_signed_at = models.DateTimeField(_("charte signée le"), null=True, blank=True)
    charter_digest = models.CharField(_("empreinte de la charte signée"), max_length=64, blank=True)
    removed_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandat de juré")
        verbose_name_plural = _("mandats de juré")
        ordering = ["jury", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jury", "user"],
                name="one_seat_per_person",
                violation_error_message=_("Cette personne a déjà un mandat dans ce jury."),
            ),
            models.UniqueConstraint(
                fields=["jury"],
                condition=models.Q(role=SeatRole.CHAIR, removed_at__isnull=True),
                name="one_chair_per_jury",
                violation_error_message=_("Ce jury a déjà une présidence."),
            ),
            models.CheckConstraint(
                condition=models.Q(charter_signed_at__isnull=True, charter_digest="")
                | (models.Q(charter_signed_at__isnull=False, accepted_at__isnull=False) & ~models.Q(charter_digest="")),
                name="signed_charter_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"

    @property
    def key(self) -> str:
        """How letters name this seat."""
        return f"seat:{self.pk}"

    @property
    def actor(self) -> Actor:
        """Its holder, as the author of an act."""
        return Actor.person(self.user)

    @property
    def addressee(self) -> Addressee:
        """Its holder, as somebody to write to."""
        return Addressee(self.user.email, self.user.name, self.user.language, self.user)


class JuryLetter(models.Model):
    """Which jury a letter is about, whose seat it was written to, and the candidacy it names, if it names one."""

    jury = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="letters")
    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="letters")
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, null=True, related_name="+")
    letter = models.OneToOneField(Letter, on_delete=models.RESTRICT, related_name="of_jury")

    class Meta:
        verbose_name = _("lettre d’un jury")
        verbose_name_plural = _("lettres des jurys")

    def __str__(self) -> str:
        return f"{self.jury_id} {self.letter_id}"


def jurors_drawer(call_id: int) -> str:
    """Where the letters to the jurors of a call are filed."""
    return f"call:{call_id}:jury"


class JuryLine(AppendOnly, JournalLine):
    """A line of the journal of a jury."""

    subject = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="journal")

    class Meta(JournalLine.Meta):
        abstract = False
        verbose_name = _("ligne du journal d’un jury")
        verbose_name_plural = _("journal des jurys")
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="jury_line_once")]
