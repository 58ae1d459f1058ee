"""The letters the members of a dossier may read again."""

import re

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from applications.models import Candidacy, Member
from hubs_portal.letters.models import Letter

_TOKEN = "token"  # noqa: S105 - a place in an address


def letters_of(candidacy: Candidacy) -> QuerySet[Letter]:
    """The letters about this candidacy sent to those who work, or worked, on it; the latest first."""
    addresses = Member.objects.filter(candidacy=candidacy).values("email")
    letters = Letter.objects.filter(of_candidacy__candidacy=candidacy, address__in=addresses)
    return letters.order_by("-written_at", "-pk")


def listed(letters: QuerySet[Letter]) -> QuerySet[Letter]:
    """The same without what they say, and with how many files each carries."""
    return letters.defer("text", "html").annotate(enclosed=Count("attachments"))


def readable(letter: Letter) -> str:
    """The text of a letter without what is its addressee's alone: a personal link gives somebody else's rights."""
    if letter.secret:
        return ""
    before, after = reverse("join", args=[_TOKEN]).split(_TOKEN)
    link = re.compile(rf"\S*{re.escape(before)}\S+?{re.escape(after)}(?=\s|$)")
    return link.sub(_("[lien personnel, lisible dans le seul message reçu par son destinataire]"), letter.text)
