"""What was submitted, for ever: the content, its fingerprint, its files, and the receipt that proves it."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import SubmissionOrigin
from applications.models.call import Call
from applications.models.candidacy import Candidacy
from applications.models.findings import Found
from applications.models.kit import Outdated
from hubs_portal.files import StoredFile
from hubs_portal.protection import AppendOnly

if TYPE_CHECKING:
    from applications.models.screening import Replacement
    from hubs_portal.accounts.models import User


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Submissions as each audience may read them."""

    def latest_of_each(self) -> Self:
        """The version that counts of each candidacy: the last."""
        newer = Submission.objects.filter(
            candidacy=models.OuterRef("candidacy"), version__gt=models.OuterRef("version")
        )
        return self.filter(~models.Exists(newer))

    def visible_to(self, user: "User", at: datetime) -> Self:
        """What the team of the call may read: nothing before the closing time, superuser or not."""
        return self.filter(candidacy__call__in=Call.objects.run_by(user), candidacy__call__closes_at__lte=at)


class Submission(AppendOnly):
    """A version of the dossier, as submitted: canonical JSON and its SHA-256."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.RESTRICT, related_name="submissions")
    version = models.PositiveSmallIntegerField(_("version"))
    revision = models.PositiveIntegerField(_("révision du dossier"))
    origin = models.CharField(
        _("origine"), max_length=15, choices=SubmissionOrigin.choices, default=SubmissionOrigin.ONLINE
    )
    arrived_at = models.DateTimeField(_("arrivée"))
    closes_at = models.DateTimeField(_("clôture appliquée"))
    content = models.TextField(_("contenu"))
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, null=True, related_name="+", verbose_name=_("compte")
    )
    account = models.CharField(_("déposée par"), max_length=320)
    signatory = models.CharField(_("signataire"), max_length=280)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version déposée")
        verbose_name_plural = _("versions déposées")
        ordering = ["candidacy", "version"]
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "revision"], name="one_submission_per_revision"),
            models.UniqueConstraint(fields=["candidacy", "version"], name="submission_version_once"),
            models.CheckConstraint(
                condition=models.Q(arrived_at__lt=models.F("closes_at")) | ~models.Q(origin=SubmissionOrigin.ONLINE),
                name="submission_arrived_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidacy} v{self.version}"

    @property
    def says(self) -> dict[str, Any]:
        """The content, parsed."""
        content: dict[str, Any] = json.loads(self.content)
        return content


class SubmissionFile(AppendOnly):
    """A file of a submission, frozen with it."""

    submission = models.ForeignKey(Submission, on_delete=models.RESTRICT, related_name="files")
    requirement_code = models.CharField(_("pièce"), max_length=40)
    requirement_label = models.CharField(_("intitulé"), max_length=200)
    name = models.CharField(_("nom du fichier"), max_length=150)
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="+")
    pages = models.PositiveIntegerField(_("pages"), null=True, blank=True)

    # Filled in by whoever reads the kit beside it (applications.selectors.kit).
    outdated: Outdated | None = None
    # What the machine found in it (applications.selectors.findings).
    found: Found | None = None
    # What was sent in its place and may be read (applications.selectors.replacing).
    instead: "Replacement | None" = None

    class Meta:
        verbose_name = _("fichier d’une version déposée")
        verbose_name_plural = _("fichiers des versions déposées")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Receipt(AppendOnly):
    """The proof of a submission: a manifest, signed, and the page that shows it (CRPA, articles L112-11, R112-11-1)."""

    submission = models.OneToOneField(Submission, on_delete=models.RESTRICT, related_name="receipt")
    number = models.CharField(_("numéro"), max_length=20, unique=True)
    issued_at = models.DateTimeField(_("délivré le"))
    manifest = models.TextField(_("manifeste"))
    signature = models.CharField(_("signature Ed25519"), max_length=120)

    class Meta:
        verbose_name = _("accusé de réception")
        verbose_name_plural = _("accusés de réception")

    def __str__(self) -> str:
        return self.number

    @property
    def says(self) -> dict[str, Any]:
        """The manifest, parsed."""
        manifest: dict[str, Any] = json.loads(self.manifest)
        return manifest


class ReceiptDocument(models.Model):
    """The PDF of a receipt, once rendered: by the worker, or by the first download if the worker is late."""

    receipt = models.OneToOneField(Receipt, on_delete=models.RESTRICT, related_name="document")
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="+")

    class Meta:
        verbose_name = _("PDF d’un accusé de réception")
        verbose_name_plural = _("PDF des accusés de réception")

    def __str__(self) -> str:
        return f"{self.receipt}"
