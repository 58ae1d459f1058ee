"""What was told by telephone because a letter did not arrive, or perhaps not."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hubs_portal.letters.models import Letter
from hubs_portal.protection import AppendOnly


class LetterCall(AppendOnly):
    """Somebody of the team telephoned about a letter: it waits for nobody, until it is sent again and fails again.

    `at` is business time; `made_at` is real time, like everything that happens to a letter.
    """

    letter = models.ForeignKey(Letter, on_delete=models.RESTRICT, related_name="calls", verbose_name=_("lettre"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.RESTRICT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"))
    made_at = models.DateTimeField(_("à"), db_default=Now())

    class Meta:
        verbose_name = _("lettre dite par téléphone")
        verbose_name_plural = _("lettres dites par téléphone")
        ordering = ["made_at", "pk"]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.at:%Y-%m-%d}"
