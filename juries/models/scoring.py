"""Score sheets: what each juror thinks of each candidacy, before and after its hearing."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy, Criterion
from juries.enums import SheetState, Stage
from juries.models.jury import Seat
from juries.workflow import COUNTED, WRITABLE

MARKS = tuple(Decimal(halves) / 2 for halves in range(11))


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    """Sheets by what they are worth; none of a juror who stays out of the candidacy."""

    def live(self) -> Self:
        """Those that were not annulled, by a recusal or by an absence."""
        recused = Seat.objects.filter(
            recusals__candidacy=models.OuterRef("candidacy"), user=models.OuterRef("seat__user")
        )
        return self.filter(~models.Exists(recused), annulled_at__isnull=True)

    def counted(self) -> Self:
        """Those that count: locked or signed."""
        return self.live().filter(state__in=COUNTED)

    def writable(self) -> Self:
        """Those their author still writes."""
        return self.live().filter(state__in=WRITABLE)


class ScoreSheet(models.Model):
    """The scores of one juror for one candidacy, at one stage."""

    seat = models.ForeignKey(Seat, on_delete=models.RESTRICT, related_name="sheets", verbose_name=_("juré"))
    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="sheets")
    stage = models.CharField(_("étape"), max_length=6, choices=Stage.choices)
    state = models.CharField(_("état"), max_length=10, choices=SheetState.choices, default=SheetState.OPEN)
    opinion = models.TextField(_("avis général"), blank=True)
    opened_at = models.DateTimeField(_("ouverte le"))
    saved_at = models.DateTimeField(_("enregistrée le"))
    locked_at = models.DateTimeField(_("verrouillée le"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signée le"), null=True, blank=True)
    annulled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("feuille de notes")
        verbose_name_plural = _("feuilles de notes")
        ordering = ["candidacy", "stage", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["seat", "candidacy", "stage"], name="one_sheet_per_seat_and_stage"),
            models.CheckConstraint(
                condition=models.Q(stage=Stage.BEFORE, state__in=[SheetState.OPEN, SheetState.LOCKED])
                | models.Q(stage=Stage.AFTER, state__in=[SheetState.REOPENED, SheetState.SIGNED]),
                name="sheet_state_is_of_its_stage",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SheetState.LOCKED, locked_at__isnull=False)
                | (~models.Q(state=SheetState.LOCKED) & models.Q(locked_at__isnull=True)),
                name="sheet_locked_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state=SheetState.SIGNED, signed_at__isnull=False)
                | (~models.Q(state=SheetState.SIGNED) & models.Q(signed_at__isnull=True)),
                name="sheet_signed_at_an_instant",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(WRITABLE)) | ~models.Q(opinion=""),
                name="finished_sheet_has_an_opinion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.candidacy_id} {self.stage}"

    @property
    def is_writable(self) -> bool:
        """Whether its author may still change it."""
        return self.state in WRITABLE and self.annulled_at is None


class Score(models.Model):
    """The mark of one criterion, from 0 to 5 by half points; empty while its author has only commented."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.RESTRICT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.RESTRICT, related_name="+")
    value = models.DecimalField(_("note"), max_digits=2, decimal_places=1, null=True, blank=True)
    comment = models.TextField(_("commentaire"), blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "criterion"], name="score_once_per_criterion"),
            models.CheckConstraint(
                condition=models.Q(value__isnull=True) | models.Q(value__in=list(MARKS)),
                name="score_by_half_points_from_0_to_5",
                violation_error_message=_("Notez de 0 à 5, par demi-points."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.value}"
