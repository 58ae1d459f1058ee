"""An upload under way: what was announced, and by whom."""

import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

# The smallest part S3 takes, but for the last: the least to send again after a cut.
PART = 5 * 1024 * 1024


def new_key() -> str:
    """A name nobody guesses, for what arrives."""
    return secrets.token_hex(20)


class Upload(models.Model):
    """A file announced, of which some bytes may have arrived. Times are real ones."""

    key = models.CharField(_("clé"), max_length=40, unique=True, default=new_key, editable=False)
    bound_to = models.CharField(_("réservé à"), max_length=100, db_index=True)
    name = models.CharField(_("nom annoncé"), max_length=255)
    size = models.PositiveBigIntegerField(_("taille annoncée"))
    digest = models.CharField(_("empreinte annoncée"), max_length=64)
    media_type = models.CharField(_("type annoncé"), max_length=100, blank=True)
    # What the bucket calls the whole of the parts; empty: so small that it comes in one piece.
    multipart_id = models.CharField(_("envoi en parties"), max_length=500, blank=True)
    opened_at = models.DateTimeField(_("annoncé le"), db_default=Now())
    # What was made of it, once it was received: asked again, the same is answered.
    outcome = models.CharField(_("devenu"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("envoi en cours")
        verbose_name_plural = _("envois en cours")
        constraints = [
            models.CheckConstraint(condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="upload_digest"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="upload_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"

    @property
    def in_parts(self) -> bool:
        """Whether it is sent in several parts."""
        return self.size > PART

    @property
    def parts(self) -> range:
        """The numbers of its parts."""
        return range(1, -(-self.size // PART) + 1)

    def size_of(self, part: int) -> int:
        """The bytes this part has: all have as many, but the last."""
        return min(PART, self.size - (part - 1) * PART)
