"""Slots, hearings and who was there. Slots are rows: two hearings cannot take one, whatever the database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from juries.enums import HearingState
from juries.models.jury import Jury, Seat
from juries.models.panels import Panel


class Slot(models.Model):
    """A time and a place where a panel may hear a candidate; its lengths are the jury's, as they were then."""

    jury = models.ForeignKey(Jury, on_delete=models.RESTRICT, related_name="slots")
    panel = models.ForeignKey(Panel, on_delete=models.RESTRICT, related_name="slots", verbose_name=_("panel"))
    room = models.CharField(_("salle"), max_length=100, help_text=_("« Salle 2 », « Visioconférence A »"))
    place = models.CharField(_("adresse"), max_length=300, blank=True)
    link = models.URLField(_("lien de visioconférence"), max_length=500, blank=True)
    starts_at = models.DateTimeField(_("début"))
    presentation_minutes = models.PositiveSmallIntegerField(_("présentation, en minutes"))
    questions_minutes = models.PositiveSmallIntegerField(_("questions, en minutes"))
    exchange_minutes = models.PositiveSmallIntegerField(_("échange entre jurés, en minutes"))

    class Meta:
        verbose_name = _("créneau")
        verbose_name_plural = _("créneaux")
        ordering = ["starts_at", "room"]
        constraints = [
            models.UniqueConstraint(
                fields=["jury", "room", "starts_at"],
                name="one_slot_per_room_and_time",
                violation_error_message=_("Cette salle a déjà un créneau à cette heure."),
            ),
            models.UniqueConstraint(
                fields=["panel", "starts_at"],
                name="one_slot_per_panel_and_time",
                violation_error_message=_("Ce panel a déjà un créneau à cette heure."),
            ),
            models.CheckConstraint(
                condition=~models.Q(place="") | ~models.Q(link=""),
                name="slot_is_somewhere",
                violation_error_message=_("Indiquez une adresse ou un lien de visioconférence."),
            ),
            models.CheckConstraint(condition=~models.Q(room=""), name="slot_has_a_room"),
            models.CheckConstraint(
                condition=models.Q(presentation_minutes__gt=0) | models.Q(questions_minutes__gt=0),
                name="slot_hears_for_some_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.starts_at:%d/%m/%Y %H:%M}"

    @property
    def candidate_leaves_at(self) -> datetime:
        """When the candidate's part is over: presentation and questions."""
        lasts = timedelta(minutes=self.presentation_minutes + self.questions_minutes)
        # In universal time: on the clocks of a zone, a night is an hour longer, another shorter.
        return self.starts_at.astimezone(UTC) + lasts

    @property
    def ends_at(self) -> datetime:
        """When the panel is free again."""
        return self.candidate_leaves_at + timedelta(minutes=self.exchange_minutes)

    def overlaps(self, other: "Slot") -> bool:
        """Whether the two share a minute; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


class Hearing(models.Model):
    """A candidacy heard by its panel. One that is cancelled frees its slot and its candidacy."""

    slot = models.ForeignKey(Slot, on_delete=models.RESTRICT, related_name="hearings", verbose_name=_("créneau"))
    panel = models.ForeignKey(Panel, on_delete=models.RESTRICT, related_name="hearings", verbose_name=_("panel"))
    candidacy = models.ForeignKey(
        Candidacy, on_delete=models.RESTRICT, related_name="hearings", verbose_name=_("candidature")
    )
    state = models.CharField(_("état"), max_length=10, choices=HearingState.choices, default=HearingState.PROPOSED)
    proposed_at = models.DateTimeField(_("proposée le"))
    convened_at = models.DateTimeField(_("convoquée le"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    held_at = models.DateTimeField(_("tenue le"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    uid = models.UUIDField(_("identifiant de calendrier"), default=uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(_("révision de calendrier"), default=0)
    attended_by = models.TextField(_("personnes entendues"), blank=True)

    class Meta:
        verbose_name = _("audition")
        verbose_name_plural = _("auditions")
        ordering = ["slot__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"],
                condition=~models.Q(state=HearingState.CANCELLED),
                name="one_hearing_per_slot",
                violation_error_message=_("Ce créneau est déjà pris."),
            ),
            models.UniqueConstraint(
                fields=["candidacy"],
                condition=~models.Q(state=HearingState.CANCELLED),
                name="one_hearing_per_candidacy",
                violation_error_message=_("Cette candidature a déjà une audition."),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[HearingState.PROPOSED, HearingState.CANCELLED])
                | models.Q(convened_at__isnull=False),
                name="hearing_convened_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=HearingState.CONFIRMED) | models.Q(confirmed_at__isnull=False),
                name="hearing_confirmed_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=HearingState.HELD, held_at__isnull=False)
                | (~models.Q(state=HearingState.HELD) & models.Q(held_at__isnull=True)),
                name="hearing_held_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=HearingState.CANCELLED, cancelled_at__isnull=False)
                | (~models.Q(state=HearingState.CANCELLED) & models.Q(cancelled_at__isnull=True)),
                name="hearing_cancelled_at_an_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.slot}"

    @property
    def key(self) -> str:
        """How letters name this hearing."""
        return f"hearing:{self.pk}"


class HearingPresence(models.Model):
    """Whether a member of the panel was in the room: the attendance sheet."""

    hearing = models.ForeignKey(Hearing, on_delete=models.RESTRICT, related_name="presences")
    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="presences")
    present = models.BooleanField(_("présent"))

    class Meta:
        verbose_name = _("présence à une audition")
        verbose_name_plural = _("présences aux auditions")
        ordering = ["hearing", "seat"]
        constraints = [models.UniqueConstraint(fields=["hearing", "seat"], name="presence_noted_once")]

    def __str__(self) -> str:
        return f"{self.hearing_id} {self.seat_id}"
