"""Before letters leave together: the addresses that let the last one fall, with whom to telephone instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Candidacy, Member
from applications.models.candidacy import candidates_drawer
from applications.selectors.release import Check
from hubs_portal.letters.health import TROUBLED
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Sentence

# To whom a batch goes: each address with the candidacy it is written to about.
Addresses = Mapping[str, Candidacy]


@dataclass(frozen=True)
class Lost:
    """An address whose last letter did not arrive, or perhaps not."""

    address: str
    candidacy: Candidacy
    phone: str

    def __str__(self) -> str:
        return " – ".join(filter(None, [self.candidacy.number, self.address, self.phone]))


def lost(call: Call, addresses: Addresses) -> list[Lost]:
    """Those, among these, whose last letter about this call did not arrive: two queries, one when all did."""
    rows = Letter.objects.filter(address__in=list(addresses), drawer=candidates_drawer(call.pk))
    last = dict(rows.order_by("written_at", "pk").values_list("address", "state"))
    fallen = [address for address in addresses if last.get(address) in TROUBLED]
    if not fallen:
        return []
    concerned = {addresses[address].pk for address in fallen}
    contacts = Member.objects.present().filter(candidacy__in=concerned, is_contact=True)
    phones = dict(contacts.values_list("candidacy", "phone"))
    return [Lost(address, addresses[address], phones.get(addresses[address].pk, "")) for address in fallen]


def delivered(call: Call, addresses: Addresses, what_to_do: Sentence) -> Check:
    """The same, as a line of what is checked before a batch."""
    fallen = lost(call, addresses)
    if not fallen:
        return Check(_("Aucune des adresses n’a refusé la dernière lettre."), blocks=False)
    said = _("La dernière lettre n’est pas arrivée à ces adresses : %(advice)s") % {"advice": what_to_do}
    return Check(said, is_met=False, items=tuple(str(row) for row in fallen), blocks=False)


def well_formed(addresses: Addresses) -> Check:
    """The addresses no mail server will take."""
    bad = [address for address in addresses if not _is_one(address)]
    if not bad:
        return Check(_("Chaque adresse a la forme d’une adresse."), blocks=False)
    items = tuple(f"{addresses[address].number} – {address}" for address in bad)
    return Check(_("Ces adresses n’en sont pas : aucune lettre n’y arrivera."), is_met=False, items=items, blocks=False)


def _is_one(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
