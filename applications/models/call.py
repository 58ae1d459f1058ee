"""The call for projects: everything that makes one call different from another is data of this file."""

import unicodedata
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import (
    CallState,
    FulfilledBy,
    LegalForm,
    Level,
    QuestionScope,
    Role,
    Section,
    TerritoryKind,
    TerritoryMode,
)
from hubs_portal.bilingual import Bilingual
from hubs_portal.journal import JournalLine
from hubs_portal.protection import AppendOnly


class Territory(models.Model):
    """A département or an overseas collectivity. Its code is text: 01, 2A, 971."""

    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("nom"), max_length=60)
    article = models.CharField(_("avec « de »"), max_length=80, help_text=_("« de l’Ain », « de La Réunion »"))
    kind = models.CharField(_("nature"), max_length=5, choices=TerritoryKind.choices)
    region_code = models.CharField(_("code de la région"), max_length=3)
    region_name = models.CharField(_("région"), max_length=60)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    timezone = models.CharField(_("fuseau horaire"), max_length=40, default="Europe/Paris")

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ["region_name", "code"]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def rank(self) -> tuple[str, str]:
        """Where people look for it in a list: by region, « Île-de-France » among the I, whatever the database sorts."""
        return unicodedata.normalize("NFKD", self.region_name).encode("ascii", "ignore").decode(), self.code


class CallQuerySet(models.QuerySet["Call"]):
    """Calls as each audience sees them."""

    def public(self) -> Self:
        """Calls anyone may read about: from publication on."""
        return self.exclude(state=CallState.DRAFT)

    def open(self, at: datetime) -> Self:
        """Calls that take candidacies at this instant: time alone decides, no job has to run."""
        return self.filter(state=CallState.PUBLISHED, opens_at__lte=at, closes_at__gt=at)

    def run_by(self, user: models.Model, *roles: Role) -> Self:
        """Calls on whose team the person is, in one of the roles (any when none is given)."""
        members = TeamMember.objects.filter(user=user.pk, **({"role__in": roles} if roles else {}))
        return self.filter(pk__in=members.values("call"))


class Call(models.Model):
    """A call for projects."""

    slug = models.SlugField(_("adresse"), unique=True)
    prefix = models.CharField(_("préfixe des numéros"), max_length=4, help_text=_("en capitales, par exemple HFC"))
    state = models.CharField(_("état"), max_length=10, choices=CallState.choices, default=CallState.DRAFT)
    title_fr = models.CharField(_("titre"), max_length=200)
    title_en = models.CharField(_("titre en anglais"), max_length=200, blank=True)
    summary_fr = models.TextField(_("en un paragraphe"))
    summary_en = models.TextField(_("en un paragraphe, en anglais"), blank=True)
    presentation_fr = models.TextField(_("présentation"), help_text=_("Un paragraphe par ligne vide."))
    presentation_en = models.TextField(_("présentation en anglais"), blank=True)
    eligibility_fr = models.TextField(_("qui peut candidater"))
    eligibility_en = models.TextField(_("qui peut candidater, en anglais"), blank=True)
    title, summary, presentation, eligibility = Bilingual(), Bilingual(), Bilingual(), Bilingual()

    opens_at = models.DateTimeField(_("ouverture"))
    closes_at = models.DateTimeField(_("clôture"), help_text=_("Un dépôt arrivé à cette seconde même est hors délai."))
    hearings_from = models.DateField(_("auditions, à partir du"))
    hearings_until = models.DateField(_("auditions, jusqu’au"))
    results_planned_on = models.DateField(_("résultats prévus le"))
    frozen_at = models.DateTimeField(_("liste des dépôts arrêtée le"), null=True, blank=True, editable=False)

    envelope = models.DecimalField(_("enveloppe, en euros"), max_digits=12, decimal_places=2)
    expected_awards = models.PositiveSmallIntegerField(_("nombre de lauréats envisagé"))
    duration_months = models.PositiveSmallIntegerField(_("durée financée, en mois"), default=18)
    grant_ceiling = models.DecimalField(
        _("plafond de subvention, en euros"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    grant_rate_ceiling = models.DecimalField(
        _("taux maximal de subvention"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("0,8 pour 80 %. Dépassé, il donne un avertissement, jamais un refus."),
    )
    territories_min = models.PositiveSmallIntegerField(_("nombre minimal de territoires"), default=2)
    territories_max = models.PositiveSmallIntegerField(_("nombre maximal de territoires"), default=5)
    territories_mode = models.CharField(
        _("hors de ces nombres"), max_length=5, choices=TerritoryMode.choices, default=TerritoryMode.WARN
    )
    collectivities_accepted = models.BooleanField(_("collectivités d’outre-mer acceptées"), default=True)
    kit_is_public = models.BooleanField(_("kit téléchargeable sans se signaler"), default=False)
    max_file_mb = models.PositiveSmallIntegerField(_("taille maximale d’un fichier, en Mo"), default=25)
    max_dossier_mb = models.PositiveSmallIntegerField(_("taille maximale d’un dossier, en Mo"), default=200)

    service_name = models.CharField(_("service"), max_length=200, blank=True)
    service_address = models.TextField(_("adresse postale"), blank=True)
    service_phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    service_hours = models.CharField(_("heures de réponse"), max_length=120, blank=True)
    service_email = models.EmailField(_("adresse électronique"), blank=True)
    silence_fr = models.TextField(_("ce que vaut le silence"), blank=True, help_text=_("CRPA, article R. 112-11-1, 3°"))
    silence_en = models.TextField(_("ce que vaut le silence, en anglais"), blank=True)
    appeal_fr = models.TextField(_("voies et délais de recours"), blank=True)
    appeal_en = models.TextField(_("voies et délais de recours, en anglais"), blank=True)
    silence, appeal = Bilingual(), Bilingual()
    proposals = models.JSONField(
        _("propositions à confirmer"),
        default=list,
        blank=True,
        help_text=_("Ce que les textes de l’appel ne donnent pas et que l’équipe doit confirmer."),
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel à projets")
        verbose_name_plural = _("appels à projets")
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__lt=models.F("closes_at")),
                name="call_opens_before_it_closes",
                violation_error_message=_("La clôture doit suivre l’ouverture."),
            ),
            models.CheckConstraint(
                condition=models.Q(territories_min__lte=models.F("territories_max")),
                name="call_territories_in_order",
                violation_error_message=_("Le nombre minimal de territoires dépasse le nombre maximal."),
            ),
            models.CheckConstraint(
                condition=models.Q(envelope__gt=0),
                name="call_has_an_envelope",
                violation_error_message=_("L’enveloppe doit être supérieure à zéro."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[CallState.CLOSED, CallState.RELEASED, CallState.ARCHIVED])
                | models.Q(frozen_at__isnull=False),
                name="closed_call_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return self.title_fr

    def takes_candidacies(self, at: datetime) -> bool:
        """Whether signalling, drafting and submitting are possible at this instant."""
        return self.state == CallState.PUBLISHED and self.opens_at <= at < self.closes_at

    def is_closed(self, at: datetime) -> bool:
        """Whether the closing time is past, whatever has run since."""
        return at >= self.closes_at


class Mission(models.Model):
    """One of the missions the call expects of those it selects."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="missions")
    number = models.PositiveSmallIntegerField(_("numéro"))
    title_fr = models.CharField(_("intitulé"), max_length=200)
    title_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    text_fr = models.TextField(_("texte"))
    text_en = models.TextField(_("texte en anglais"), blank=True)
    title, text = Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("mission")
        verbose_name_plural = _("missions")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="mission_number_once")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title_fr}"


class Question(models.Model):
    """A question of the dossier, answered in free text."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="questions")
    section = models.CharField(_("rubrique"), max_length=20, choices=Section.choices)
    mission = models.ForeignKey(
        Mission, on_delete=models.CASCADE, null=True, blank=True, related_name="questions", verbose_name=_("mission")
    )
    scope = models.CharField(_("posée"), max_length=10, choices=QuestionScope.choices, default=QuestionScope.DOSSIER)
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    label_fr = models.CharField(_("question"), max_length=250)
    label_en = models.CharField(_("question en anglais"), max_length=250, blank=True)
    help_fr = models.TextField(_("aide"), blank=True)
    help_en = models.TextField(_("aide en anglais"), blank=True)
    label, help = Bilingual(), Bilingual()
    required = models.BooleanField(_("indispensable au dépôt"), default=True)
    single_line = models.BooleanField(_("réponse sur une ligne"), default=False)
    advised_length = models.PositiveIntegerField(_("longueur conseillée, en signes"), default=3000)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["section", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="question_code_once")]

    def __str__(self) -> str:
        return self.label_fr


class Requirement(models.Model):
    """A document or statement the call asks for."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="requirements")
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    label_fr = models.CharField(_("pièce"), max_length=200)
    label_en = models.CharField(_("pièce, en anglais"), max_length=200, blank=True)
    why_fr = models.TextField(_("pourquoi elle est demandée"), blank=True)
    why_en = models.TextField(_("pourquoi elle est demandée, en anglais"), blank=True)
    label, why = Bilingual(), Bilingual()
    fulfilled_by = models.CharField(_("fournie par"), max_length=10, choices=FulfilledBy.choices)
    section = models.CharField(_("rubrique"), max_length=20, choices=Section.choices, blank=True)
    several = models.BooleanField(_("plusieurs fichiers possibles"), default=False)
    asks_iban = models.BooleanField(
        _("demande aussi l’IBAN"),
        default=False,
        help_text=_("Pour un RIB : le numéro se saisit alors dans la rubrique de la structure, où il est vérifié."),
    )
    per_partner = models.BooleanField(_("une par partenaire"), default=False)
    extensions = models.CharField(
        _("formats acceptés"), max_length=120, default="pdf,docx,odt,xlsx,ods,png,jpg,jpeg", blank=True
    )
    rule = models.CharField(_("règle"), max_length=250, blank=True, help_text=_("texte sur lequel la demande s’appuie"))
    valid_from = models.DateField(_("demandée à partir du"), null=True, blank=True)

    class Meta:
        verbose_name = _("pièce demandée")
        verbose_name_plural = _("pièces demandées")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="requirement_code_once"),
            models.CheckConstraint(
                condition=~models.Q(fulfilled_by=FulfilledBy.SECTION) | ~models.Q(section=""),
                name="requirement_by_section_names_it",
                violation_error_message=_("Indiquez la rubrique qui fournit cette pièce."),
            ),
        ]

    def __str__(self) -> str:
        return self.label_fr

    @property
    def accepted(self) -> list[str]:
        """Accepted extensions, lower case, without the dot."""
        return [part.strip().lower() for part in self.extensions.split(",") if part.strip()]


class RequirementRule(models.Model):
    """How much a requirement binds one legal form; no row: not asked of it."""

    requirement = models.ForeignKey(Requirement, on_delete=models.CASCADE, related_name="rules")
    legal_form = models.CharField(_("forme juridique"), max_length=20, choices=LegalForm.choices)
    level = models.CharField(_("degré"), max_length=15, choices=Level.choices)
    condition_fr = models.CharField(_("condition"), max_length=250, blank=True)
    condition_en = models.CharField(_("condition, en anglais"), max_length=250, blank=True)
    condition = Bilingual()

    class Meta:
        verbose_name = _("degré par forme juridique")
        verbose_name_plural = _("degrés par forme juridique")
        ordering = ["requirement", "legal_form"]
        constraints = [
            models.UniqueConstraint(fields=["requirement", "legal_form"], name="one_level_per_legal_form"),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} – {self.get_legal_form_display()}"


class Criterion(models.Model):
    """A line of the scoring grid, published with the call and locked from then on."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    label_fr = models.CharField(_("critère"), max_length=250)
    label_en = models.CharField(_("critère, en anglais"), max_length=250, blank=True)
    weight = models.PositiveSmallIntegerField(_("poids"))
    threshold = models.PositiveSmallIntegerField(_("seuil"), null=True, blank=True)
    anchor_0_fr = models.TextField(_("0 : absent"), blank=True)
    anchor_0_en = models.TextField(_("0 : absent, en anglais"), blank=True)
    anchor_3_fr = models.TextField(_("3 : satisfaisant"), blank=True)
    anchor_3_en = models.TextField(_("3 : satisfaisant, en anglais"), blank=True)
    anchor_5_fr = models.TextField(_("5 : excellent"), blank=True)
    anchor_5_en = models.TextField(_("5 : excellent, en anglais"), blank=True)
    label, anchor_0, anchor_3, anchor_5 = Bilingual(), Bilingual(), Bilingual(), Bilingual()

    class Meta:
        verbose_name = _("critère")
        verbose_name_plural = _("critères")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="criterion_code_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="criterion_weighs"),
        ]

    def __str__(self) -> str:
        return self.label_fr


class KitFile(models.Model):
    """A file of the kit sent to those who signal themselves: rules, models to fill in."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="kit")
    requirement = models.ForeignKey(
        Requirement, on_delete=models.SET_NULL, null=True, blank=True, related_name="models", verbose_name=_("pièce")
    )
    position = models.PositiveSmallIntegerField(_("rang"), default=0)
    label_fr = models.CharField(_("intitulé"), max_length=200)
    label_en = models.CharField(_("intitulé en anglais"), max_length=200, blank=True)
    label = Bilingual()
    code = models.SlugField(_("code"), max_length=40, blank=True, editable=False)
    version = models.CharField(_("version"), max_length=20)
    changes_fr = models.TextField(
        _("ce que cette version change"),
        blank=True,
        help_text=_("En une ou deux phrases : c’est dit à qui joint une pièce faite sur une version d’avant."),
    )
    changes_en = models.TextField(_("ce que cette version change, en anglais"), blank=True)
    changes = Bilingual()
    name = models.CharField(_("nom du fichier"), max_length=120)
    stored = models.ForeignKey("hubs_portal.StoredFile", on_delete=models.RESTRICT, verbose_name=_("fichier"))

    class Meta:
        verbose_name = _("fichier du kit")
        verbose_name_plural = _("fichiers du kit")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "code"], condition=~models.Q(code=""), name="kit_file_code_once_per_call"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label_fr} ({self.version})"


class TeamMember(models.Model):
    """A person of the AAP team, for one call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="team")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="team_memberships", verbose_name=_("compte")
    )
    role = models.CharField(_("rôle"), max_length=10, choices=Role.choices)
    capacity = models.CharField(_("qualité"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("membre de l’équipe")
        verbose_name_plural = _("équipe")
        ordering = ["role", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "user"], name="one_role_per_call")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Extension(models.Model):
    """A later closing time for everybody: proposed by one manager, in force when another has signed it."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="extensions")
    former_closes_at = models.DateTimeField(_("clôture d’avant"))
    new_closes_at = models.DateTimeField(_("nouvelle clôture"))
    reason = models.TextField(_("motif"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("proposée par")
    )
    proposed_at = models.DateTimeField(_("proposée le"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signée par"),
    )
    signed_at = models.DateTimeField(_("signée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("report de la clôture")
        verbose_name_plural = _("reports de la clôture")
        ordering = ["proposed_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(new_closes_at__gt=models.F("former_closes_at")), name="extension_is_later"
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True) | ~models.Q(signed_by=models.F("proposed_by")),
                name="extension_signed_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True, signed_at__isnull=True)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="extension_signature_whole",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="extension_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.call} : {self.new_closes_at:%d/%m/%Y %H:%M}"


class ClosingList(AppendOnly):
    """The list of what was submitted when the call was frozen, and its fingerprint. A reopened call has several."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="closing_lists")
    occurrence = models.PositiveSmallIntegerField(_("rang"))
    frozen_at = models.DateTimeField(_("arrêtée le"))
    content = models.TextField(_("contenu"))
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)

    class Meta:
        verbose_name = _("liste de clôture")
        verbose_name_plural = _("listes de clôture")
        constraints = [models.UniqueConstraint(fields=["call", "occurrence"], name="closing_list_once")]

    def __str__(self) -> str:
        return f"{self.call} – {self.occurrence}"


class CallLine(AppendOnly, JournalLine):
    """A line of the journal of a call."""

    subject = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="journal")

    class Meta(JournalLine.Meta):
        abstract = False
        verbose_name = _("ligne du journal d’un appel")
        verbose_name_plural = _("journal des appels")
        constraints = [models.UniqueConstraint(fields=["subject", "sequence"], name="call_line_once")]
