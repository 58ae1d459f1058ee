"""What a call says in its letters in place of their own subject and first sentences."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call

LANGUAGES = [("fr", _("français")), ("en", _("anglais"))]


class LetterWording(models.Model):
    """The subject and the opening of one letter of a call, in one language; an empty one is the letter's own.

    Both are plain text with placeholders in braces; letters already written keep what they say.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="wordings", verbose_name=_("appel"))
    kind = models.CharField(_("lettre"), max_length=60)
    language = models.CharField(_("langue"), max_length=2, choices=LANGUAGES)
    subject = models.CharField(_("objet"), max_length=150, blank=True)
    body = models.TextField(_("texte"), blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("auteur")
    )
    changed_at = models.DateTimeField(_("changé le"))

    class Meta:
        verbose_name = _("texte d’une lettre")
        verbose_name_plural = _("textes des lettres")
        ordering = ["kind", "language"]
        constraints = [
            models.UniqueConstraint(fields=["call", "kind", "language"], name="one_wording_per_letter_and_language"),
            models.CheckConstraint(condition=~models.Q(subject="", body=""), name="wording_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
