"""The versions of the kit's files that others have replaced: candidates still have them."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.models.call import Call, KitFile
from hubs_portal.bilingual import Bilingual
from hubs_portal.files import StoredFile
from hubs_portal.protection import AppendOnly


class FormerKitFile(AppendOnly):
    """A version of a file of the kit, as it was when another took its place. The code is that of the file."""

    call = models.ForeignKey(Call, on_delete=models.RESTRICT, related_name="former_kit")
    code = models.SlugField(_("code"), max_length=40)
    version = models.CharField(_("version"), max_length=20)
    changes_fr = models.TextField(_("ce que cette version changeait"), blank=True)
    changes_en = models.TextField(_("ce que cette version changeait, en anglais"), blank=True)
    changes = Bilingual()
    name = models.CharField(_("nom du fichier"), max_length=120)
    stored = models.ForeignKey(StoredFile, on_delete=models.RESTRICT, related_name="+", verbose_name=_("fichier"))
    replaced_at = models.DateTimeField(_("remplacée le"))

    class Meta:
        verbose_name = _("version passée d’un fichier du kit")
        verbose_name_plural = _("versions passées des fichiers du kit")
        ordering = ["replaced_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "code", "version"], name="former_kit_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.version})"


@dataclass(frozen=True)
class Outdated:
    """A document was made from a former version of a model: which one, the present one, and what changed since.

    `current` is absent when the model is no longer part of the kit; `changes` is empty when the call does not know the
    version used, or when nobody wrote what changed.
    """

    used: str
    current: KitFile | None
    changes: list[tuple[str, str]]
    is_known: bool

    @property
    def words(self) -> str:
        """Which version was used, and which is the present one, in a sentence."""
        if self.current is None:
            return gettext("Cette pièce est faite sur un modèle (version %(used)s) que le kit ne contient plus.") % {
                "used": self.used
            }
        return gettext(
            "Cette pièce est faite sur la version %(used)s du modèle ; la version actuelle est la %(current)s."
        ) % {"used": self.used, "current": self.current.version}
