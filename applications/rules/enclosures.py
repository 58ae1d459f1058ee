"""What may be joined to letters: sizes are refused where a file enters, never when its letter leaves."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from hubs_portal.files import StoredFile
from hubs_portal.letters.compose import LARGEST
from hubs_portal.refusals import Sentence

TOO_LARGE = _("Ce fichier dépasse 8 Mo : il ne partirait pas par courriel. Réduisez-le, puis envoyez-le de nouveau.")


def too_large_together(files: Iterable[StoredFile]) -> Sentence:
    """Why these files cannot leave with one letter; empty when they can."""
    size = sum(file.size for file in files)
    if size <= LARGEST:
        return ""
    return _(
        "Le kit pèse %(size)s Mo : au-delà de 8 Mo, il ne part pas par courriel. Réduisez ou retirez un fichier."
    ) % {"size": number_format(size / 2**20, 1)}
