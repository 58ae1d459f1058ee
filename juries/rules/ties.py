"""What may tie a juror to a candidacy: remarks that help to declare, and that decide nothing."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from applications.content import Content
from hubs_portal.refusals import Sentence
from juries.models import Seat

# Addresses everybody may have: the same domain says nothing.
_FOR_EVERYBODY = frozenset(
    {"bbox.fr", "free.fr", "gmail.com", "gmx.fr", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.fr"}
    | {"numericable.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me", "protonmail.com", "sfr.fr"}
    | {"wanadoo.fr", "yahoo.com", "yahoo.fr"}
)
_NAMES_NOBODY = (".invalid", ".test", ".example")  # reserved by RFC 2606


def remarks(seat: Seat, says: Content) -> list[Sentence]:
    """What strikes the eye between a juror and a submitted version, one sentence each; `seat.user` is at hand."""
    found: list[Sentence] = []
    domain = seat.user.email.rpartition("@")[2]
    if domain not in _FOR_EVERYBODY and not domain.endswith(_NAMES_NOBODY) and domain in _domains(says):
        found.append(_("Une adresse de ce dossier a le même domaine que la vôtre : %(domain)s.") % {"domain": domain})
    capacity = f" {_plain(seat.capacity)} "
    found += [
        _("Votre qualité, « %(capacity)s », cite « %(name)s ».") % {"capacity": seat.capacity, "name": name}
        for name in _names(says)
        if len(_plain(name)) > 2 and f" {_plain(name)} " in capacity
    ]
    return found


def sirens(says: Content) -> set[str]:
    """The legal entities of a submitted version: the lead and its partners."""
    numbers = [says["organisation"]["siret"], *(partner["siret"] for partner in says["partners"])]
    return {number[:9] for number in numbers if len(number) == 14}


def _domains(says: Content) -> set[str]:
    addresses = [says["organisation"]["representative_email"], *(p["contact_email"] for p in says["partners"])]
    site = re.sub(r"^(?:https?://)?(?:www\.)?", "", says["organisation"]["website"].strip().lower())
    return {address.strip().lower().rpartition("@")[2] for address in addresses} | {site.partition("/")[0]}


def _names(says: Content) -> Iterable[str]:
    yield says["organisation"]["name"]
    yield from (partner["name"] for partner in says["partners"])
    yield from (territory["name"] for territory in says["territories"])


def _plain(name: str) -> str:
    """Without accents, capitals or signs, so that « L’Ardèche » and « Ardeche » are compared by their words."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("’", " ")).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", letters))
