"""The dossier: the one draft a candidacy has, and everything written in it."""

from decimal import Decimal
from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import (
    BudgetCategory,
    DocumentState,
    FunderKind,
    FundingStatus,
    PartnerFamily,
    Section,
)
from applications.models.call import Question, Requirement, Territory
from applications.models.candidacy import Candidacy
from applications.models.kit import Outdated
from hubs_portal import inspection
from hubs_portal.files import INFECTED_SENTENCE, StoredFile
from hubs_portal.refusals import Sentence

# What nobody can read, or may.
UNUSABLE = (DocumentState.UNREADABLE, DocumentState.QUARANTINED)


def finding_of(state: str, verdict: str) -> Sentence:
    """What is wrong with a file, and what to do; empty when nothing is."""
    return INFECTED_SENTENCE if state == DocumentState.QUARANTINED else inspection.SENTENCES[verdict]


class Dossier(models.Model):
    """The draft. Each saved change raises its revision; a submission names the revision it was made from."""

    candidacy = models.OneToOneField(Candidacy, on_delete=models.RESTRICT, related_name="dossier")
    revision = models.PositiveIntegerField(_("révision"), default=0)
    edited_at = models.DateTimeField(_("modifié le"), null=True, blank=True)
    edited_by = models.CharField(_("modifié par"), max_length=320, blank=True)
    territories_reason = models.TextField(_("justification du nombre de territoires"), blank=True)
    signatory_name = models.CharField(_("nom du signataire"), max_length=150, blank=True)
    signatory_title = models.CharField(_("qualité du signataire"), max_length=120, blank=True)
    states_accuracy = models.BooleanField(_("exactitude attestée"), default=False)
    states_obligations = models.BooleanField(_("obligations attestées"), default=False)
    publication_consent = models.BooleanField(_("publication autorisée"), default=False)
    public_summary = models.TextField(_("résumé publiable"), blank=True)

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def __str__(self) -> str:
        return f"{self.candidacy} r{self.revision}"


class DossierRevision(models.Model):
    """The dossier as it stood after a save: what a page showed is what that page submits, whatever came since."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="revisions")
    revision = models.PositiveIntegerField(_("révision"))
    content = models.TextField(_("contenu"))
    saved_at = models.DateTimeField(_("enregistrée le"))
    saved_by = models.CharField(_("par"), max_length=320)
    section = models.CharField(_("rubrique"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("état du dossier")
        verbose_name_plural = _("états du dossier")
        ordering = ["revision"]
        constraints = [models.UniqueConstraint(fields=["dossier", "revision"], name="dossier_revision_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id} r{self.revision}"


class SectionEdit(models.Model):
    """Who last saved a section, and which save it was: nobody overwrites somebody else unawares."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="sections")
    section = models.CharField(_("rubrique"), max_length=20, choices=Section.choices)
    revision = models.PositiveIntegerField(_("révision"), default=0)
    edited_at = models.DateTimeField(_("modifiée le"))
    edited_by = models.CharField(_("modifiée par"), max_length=320)

    class Meta:
        verbose_name = _("rubrique du dossier")
        verbose_name_plural = _("rubriques du dossier")
        constraints = [models.UniqueConstraint(fields=["dossier", "section"], name="section_once")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.section} r{self.revision}"


class Answer(models.Model):
    """The answer to a question, for the dossier or for one of its territories."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.RESTRICT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, null=True, blank=True, related_name="+")
    text = models.TextField(_("réponse"), blank=True)

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "question"], condition=models.Q(territory__isnull=True), name="answer_once"
            ),
            models.UniqueConstraint(
                fields=["dossier", "question", "territory"],
                condition=models.Q(territory__isnull=False),
                name="answer_once_per_territory",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.territory_id or ''}"


class DossierTerritory(models.Model):
    """A territory the hub would work on."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="territories")
    territory = models.ForeignKey(Territory, on_delete=models.RESTRICT, related_name="+", verbose_name=_("territoire"))

    class Meta:
        verbose_name = _("territoire du dossier")
        verbose_name_plural = _("territoires du dossier")
        ordering = ["territory__code"]
        constraints = [models.UniqueConstraint(fields=["dossier", "territory"], name="territory_once_per_dossier")]

    def __str__(self) -> str:
        return f"{self.territory_id}"


class DossierRow(models.Model):
    """A repeating line of the dossier, kept in the order it was typed."""

    position = models.PositiveSmallIntegerField(_("rang"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class Partner(DossierRow):
    """A structure associated with the candidate in the hub."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="partners")
    name = models.CharField(_("nom"), max_length=200)
    family = models.CharField(_("famille"), max_length=12, choices=PartnerFamily.choices)
    siret = models.CharField(_("numéro SIRET"), max_length=14, blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_email = models.EmailField(_("adresse du contact"), blank=True)
    role = models.TextField(_("rôle dans le hub"), blank=True)

    class Meta(DossierRow.Meta):
        verbose_name = _("partenaire")
        verbose_name_plural = _("partenaires")

    def __str__(self) -> str:
        return self.name


class BudgetLine(DossierRow):
    """An expense, in euros."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="budget_lines")
    category = models.CharField(_("nature"), max_length=15, choices=BudgetCategory.choices)
    label = models.CharField(_("dépense"), max_length=200)
    amount = models.DecimalField(
        _("montant"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )

    class Meta(DossierRow.Meta):
        verbose_name = _("dépense")
        verbose_name_plural = _("dépenses")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="expense_is_positive")]

    def __str__(self) -> str:
        return self.label


class FundingLine(DossierRow):
    """A resource, in euros; a European fund is named."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="funding_lines")
    kind = models.CharField(_("origine"), max_length=12, choices=FunderKind.choices)
    funder = models.CharField(_("financeur"), max_length=200, blank=True)
    status = models.CharField(_("état"), max_length=10, choices=FundingStatus.choices, default=FundingStatus.ASKED)
    amount = models.DecimalField(
        _("montant"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )

    class Meta(DossierRow.Meta):
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="resource_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(kind=FunderKind.EUROPEAN) | ~models.Q(funder=""),
                name="european_fund_is_named",
                violation_error_message=_("Nommez le fonds européen (FSE, FEDER, LEADER…)."),
            ),
        ]

    def __str__(self) -> str:
        return self.funder or self.get_kind_display()


class Milestone(DossierRow):
    """A step of the project's calendar."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="milestones")
    label = models.CharField(_("jalon"), max_length=200)
    due_on = models.DateField(_("échéance"))
    result = models.TextField(_("résultat attendu"), blank=True)

    class Meta(DossierRow.Meta):
        verbose_name = _("jalon")
        verbose_name_plural = _("jalons")

    def __str__(self) -> str:
        return self.label


class Indicator(DossierRow):
    """How the candidate will know the hub works, and whom it will tell."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="indicators")
    label = models.CharField(_("indicateur"), max_length=200)
    baseline = models.CharField(_("valeur de départ"), max_length=80, blank=True)
    target = models.CharField(_("cible"), max_length=80)
    method = models.CharField(_("mesure"), max_length=200, blank=True)

    class Meta(DossierRow.Meta):
        verbose_name = _("indicateur")
        verbose_name_plural = _("indicateurs")

    def __str__(self) -> str:
        return self.label


class DocumentQuerySet(models.QuerySet["Document"]):
    """Documents of dossiers."""

    def current(self) -> Self:
        """Files that stand, not those replaced or taken out."""
        return self.filter(removed_at__isnull=True)


class Document(models.Model):
    """A file the candidate joined for a requirement. Former ones stay, as `removed`."""

    dossier = models.ForeignKey(Dossier, on_delete=models.RESTRICT, related_name="documents")
    requirement = models.ForeignKey(Requirement, on_delete=models.RESTRICT, related_name="+")
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="+")
    name = models.CharField(_("nom du fichier"), max_length=150)
    state = models.CharField(_("état"), max_length=12, choices=DocumentState.choices, default=DocumentState.STORED)
    verdict = models.CharField(_("constat"), max_length=30, blank=True)
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)
    remarks = models.JSONField(_("remarques"), default=list, blank=True)
    picture = models.ForeignKey(
        StoredFile, on_delete=models.RESTRICT, related_name="+", null=True, blank=True, verbose_name=_("aperçu")
    )
    uploaded_at = models.DateTimeField(_("reçu le"))
    uploaded_by = models.CharField(_("par"), max_length=320)
    removed_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    # When the partner itself deposited it, by the link of this request.
    commitment = models.ForeignKey(
        "applications.CommitmentRequest",
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="deposits",
        verbose_name=_("demande au partenaire"),
    )
    model_code = models.CharField(_("modèle du kit"), max_length=40, blank=True)
    model_version = models.CharField(_("version du modèle"), max_length=20, blank=True)

    # Filled in by whoever reads the kit beside the document (applications.selectors.kit).
    outdated: Outdated | None = None
    # Whether its line of the page asks by itself what was found (applications.selectors.documents).
    watched = False

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def finding(self) -> Sentence:
        """What opening the file showed, in a sentence that says what to do; empty when all is well."""
        return finding_of(self.state, self.verdict)

    @property
    def remarked(self) -> list[Sentence]:
        """What one reads all the same, and had better know."""
        return [inspection.REMARKS[code] for code in self.remarks]


class FollowUp(models.Model):
    """What the candidate says of a document that is not joined: it will follow, or the service may obtain it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="follow_ups")
    requirement = models.ForeignKey(Requirement, on_delete=models.RESTRICT, related_name="+")
    reason = models.TextField(_("motif"))
    promised_on = models.DateField(_("promise pour le"))

    class Meta:
        verbose_name = _("pièce qui suivra")
        verbose_name_plural = _("pièces qui suivront")
        constraints = [
            models.UniqueConstraint(fields=["dossier", "requirement"], name="one_promise_per_requirement"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="promise_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement_id} {self.promised_on}"
