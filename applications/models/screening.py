"""What the AAP team finds, asks and decides, candidacy by candidacy, between the closing and the jury."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import CheckVerdict, DocumentState, ExclusionStage
from applications.models.call import Criterion, Requirement
from applications.models.candidacy import Candidacy
from applications.models.dossier import UNUSABLE, Document, finding_of
from applications.models.submission import Submission
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Sentence


class ScreeningCheck(models.Model):
    """A line of the checklist, ticked: what was verified, with what result, by whom."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="checks")
    code = models.CharField(_("contrôle"), max_length=60)
    verdict = models.CharField(_("résultat"), max_length=5, choices=CheckVerdict.choices)
    comment = models.TextField(_("commentaire"), blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("par")
    )
    checked_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("contrôle")
        verbose_name_plural = _("contrôles")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "code"], name="check_ticked_once"),
            models.CheckConstraint(
                condition=~models.Q(verdict=CheckVerdict.NO) | ~models.Q(comment=""),
                name="negative_check_is_explained",
                violation_error_message=_("Expliquez ce qui ne va pas."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy_id} {self.code}"


class CompletionRequest(models.Model):
    """Missing documents, asked for with a time limit (CRPA, L114-5). The project itself may not change."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="completion_requests")
    message = models.TextField(_("message"), blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("demandée par")
    )
    asked_at = models.DateTimeField(_("demandée le"))
    due_at = models.DateTimeField(_("à fournir avant le"))
    # When a file that came in time could not be read, time was left to send another, once: the instant first given.
    first_due_at = models.DateTimeField(_("d’abord à fournir avant le"), null=True, blank=True)
    answered_at = models.DateTimeField(_("complétée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("demande de complément")
        verbose_name_plural = _("demandes de complément")
        ordering = ["asked_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(due_at__gt=models.F("asked_at")), name="completion_leaves_time"),
            models.UniqueConstraint(
                fields=["candidacy"],
                condition=models.Q(answered_at__isnull=True),
                name="one_open_completion_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.asked_at:%d/%m/%Y}"


# Nothing has come that may be read.
AWAITED = models.Q(stored__isnull=True) | models.Q(state__in=UNUSABLE)


class CompletionItemQuerySet(models.QuerySet["CompletionItem"]):
    """Documents asked for."""

    def awaited(self) -> Self:
        """Those for which nothing has come that may be read."""
        return self.filter(AWAITED)


class Awaited(models.Model):
    """A file asked for once the dossier is submitted, what came, and what opening it showed (`state` is then set)."""

    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    name = models.CharField(_("nom du fichier"), max_length=150, blank=True)
    received_at = models.DateTimeField(_("reçu le"), null=True, blank=True)
    received_from = models.CharField(_("de"), max_length=320, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=DocumentState.choices, blank=True)
    verdict = models.CharField(_("constat"), max_length=30, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_unusable(self) -> bool:
        """Whether what came cannot be read."""
        return self.state in UNUSABLE

    @property
    def is_awaited(self) -> bool:
        """Whether nothing has come that may be read; what nobody has opened yet counts as come."""
        return self.stored_id is None or self.is_unusable

    @property
    def is_being_read(self) -> bool:
        """Whether it is not known yet if what came can be opened."""
        return self.stored_id is not None and self.state == DocumentState.STORED

    @property
    def finding(self) -> Sentence:
        """What opening it showed, in a sentence that says what to do; empty when all is well."""
        return finding_of(self.state, self.verdict)


class CompletionItem(Awaited):
    """One document asked for, and what was received."""

    request = models.ForeignKey(CompletionRequest, on_delete=models.CASCADE, related_name="items")
    requirement = models.ForeignKey(Requirement, on_delete=models.RESTRICT, related_name="+")
    reason = models.TextField(_("ce qui manque"))

    objects = CompletionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce à compléter")
        verbose_name_plural = _("pièces à compléter")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "requirement"], name="completion_item_once"),
            models.CheckConstraint(
                condition=models.Q(stored__isnull=True, received_at__isnull=True)
                | models.Q(stored__isnull=False, received_at__isnull=False),
                name="completion_item_received_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement}"


class Replacement(Awaited):
    """A file of a submitted version that nobody can read: the portal asks for another, which is read beside it.

    What was submitted does not change, and the examination does not wait. `settled_by` is the version submitted since
    in which the file no longer is.
    """

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="replacements")
    document = models.OneToOneField(Document, on_delete=models.RESTRICT, related_name="replacement")
    submission = models.ForeignKey(Submission, on_delete=models.RESTRICT, related_name="+", verbose_name=_("version"))
    opened_at = models.DateTimeField(_("demandé le"))
    settled_by = models.ForeignKey(Submission, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("fichier à remplacer")
        verbose_name_plural = _("fichiers à remplacer")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stored__isnull=True, received_at__isnull=True, state="")
                | models.Q(stored__isnull=False, received_at__isnull=False) & ~models.Q(state=""),
                name="replacement_received_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}"

    @property
    def requirement(self) -> Requirement:
        """What the file was joined for."""
        return self.document.requirement


class Exclusion(models.Model):
    """A refusal on form or on substance: proposed with its rule by one officer, in force when a colleague confirms."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="exclusions")
    stage = models.CharField(_("étape"), max_length=15, choices=ExclusionStage.choices)
    rule = models.CharField(_("règle non respectée"), max_length=250)
    reason = models.TextField(_("motif"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("proposée par")
    )
    proposed_at = models.DateTimeField(_("proposée le"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmée par"),
    )
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("abandonnée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("exclusion")
        verbose_name_plural = _("exclusions")
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("proposed_by")),
                name="exclusion_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="exclusion_confirmation_whole",
            ),
            models.CheckConstraint(condition=~models.Q(reason="") & ~models.Q(rule=""), name="exclusion_is_reasoned"),
            models.UniqueConstraint(
                fields=["candidacy"],
                condition=models.Q(confirmed_at__isnull=True, dropped_at__isnull=True),
                name="one_pending_exclusion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} {self.get_stage_display()}"


class Assessment(models.Model):
    """The candidacy measured against the selection criteria by the team, before the jury: it decides who is heard."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="assessment")
    opinion = models.TextField(_("avis"), blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("par")
    )
    assessed_at = models.DateTimeField(_("le"))

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")

    def __str__(self) -> str:
        return f"{self.candidacy}"


class AssessmentScore(models.Model):
    """The mark of one criterion, from 0 to 5, half points allowed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.RESTRICT, related_name="+")
    value = models.DecimalField(
        _("note"),
        max_digits=2,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(5))],
    )

    class Meta:
        verbose_name = _("note d’une évaluation")
        verbose_name_plural = _("notes des évaluations")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "criterion"], name="assessment_score_once"),
            models.CheckConstraint(
                condition=models.Q(value__gte=0, value__lte=5), name="assessment_score_between_0_and_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id} {self.value}"
