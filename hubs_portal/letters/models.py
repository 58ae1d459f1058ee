"""The ledger of letters: each is a row, written in the transaction of the act that causes it."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hubs_portal.files import StoredFile


def new_message_id() -> str:
    """An identifier no other message bears, in the domain letters leave from (RFC 5322, 3.6.4)."""
    return f"<{uuid4()}@{settings.MAIL_FROM.rpartition('@')[2]}>"


class LetterState(models.TextChoices):
    """What became of a letter."""

    QUEUED = "queued", _("à envoyer")
    SENDING = "sending", _("envoi en cours")
    SENT = "sent", _("envoyée")
    RETRYING = "retrying", _("nouvel essai prévu")
    FAILED = "failed", _("non distribuée")
    UNCERTAIN = "uncertain", _("envoi incertain")


class Letter(models.Model):
    """A letter as it was sent, for ever; unique per kind, address, subject and occurrence: no act sends it twice.

    `written_at` is business time, every other instant real time. `queued_at` is since when it waits. `handed_at` says
    that the server was being told the message when the row was last touched: whoever takes over a dead worker's letter
    then knows whether it may have left. `drawer` is where the ledger finds it: joining link tables to ask whose
    each of a hundred thousand letters is takes longer than a page may. The letters of accounts have none.
    """

    kind = models.CharField(_("nature"), max_length=40)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="letters",
        verbose_name=_("compte"),
    )
    address = models.EmailField(_("adresse"))
    name = models.CharField(_("nom"), max_length=200, blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    subject_key = models.CharField(_("sujet"), max_length=80)
    occurrence = models.CharField(_("occurrence"), max_length=80, blank=True)
    subject = models.CharField(_("objet"), max_length=250)
    text = models.TextField(_("texte"))
    html = models.TextField(_("page"))
    reply_to = models.EmailField(_("réponse à"), blank=True)
    message_id = models.CharField(_("identifiant du message"), max_length=200, unique=True)
    secret = models.BooleanField(_("contient un lien personnel"), default=False)
    written_at = models.DateTimeField(_("écrite le"))
    state = models.CharField(_("état"), max_length=10, choices=LetterState.choices, default=LetterState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    queued_at = models.DateTimeField(_("en attente depuis"), db_default=Now())
    due_at = models.DateTimeField(_("à envoyer à partir du"), db_default=Now())
    claimed_at = models.DateTimeField(_("prise le"), null=True, blank=True)
    handed_at = models.DateTimeField(_("remise au serveur à partir du"), null=True, blank=True)
    doubts = models.PositiveSmallIntegerField(_("envois dont la fin est inconnue"), default=0)
    sent_at = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    error = models.TextField(_("réponse du serveur"), blank=True)
    drawer = models.CharField(_("rangée sous"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("lettre")
        verbose_name_plural = _("lettres")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "address", "subject_key", "occurrence"], name="letter_written_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="sent_letter_has_its_instant"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_at"], name="letters_due"),
            # The ledger: whoever reads it starts from the drawers open to them, and reads the latest first.
            models.Index(fields=["drawer", "-written_at", "-id"], name="letters_of_drawer"),
            models.Index(fields=["drawer", "state", "-written_at", "-id"], name="letters_of_drawer_by_state"),
            models.Index(fields=["drawer", "kind", "-written_at", "-id"], name="letters_of_drawer_by_kind"),
            models.Index(fields=["address", "-written_at"], name="letters_to_address"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.address}"


class Attachment(models.Model):
    """A file that leaves with a letter: stored already, or to be rendered by the worker before sending."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(_("nom"), max_length=150)
    media_type = models.CharField(_("type"), max_length=100)
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, null=True, blank=True, verbose_name=_("fichier"))
    renderer = models.CharField(_("à produire par"), max_length=40, blank=True)
    renderer_key = models.CharField(_("à propos de"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("pièce d’une lettre")
        verbose_name_plural = _("pièces des lettres")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stored__isnull=False) | ~models.Q(renderer=""),
                name="attachment_is_stored_or_has_a_renderer",
            ),
        ]

    def __str__(self) -> str:
        return self.name
