"""Signal a candidacy: three minutes, a number at once, and the kit by letter."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.steps import record
from applications.enums import Provenance, Rights
from applications.identifiers import new_number
from applications.models import Call, Candidacy, Dossier, Member, Organisation, Territory
from applications.rules.deadline import refuse_if_late
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


@dataclass(frozen=True)
class Signal:
    """What a structure says when it signals itself. `siret`, `rna` and phones are already cleaned."""

    name: str
    legal_form: str
    siret: str
    contact_name: str
    contact_email: str
    contact_phone: str = ""
    rna: str = ""
    registry: str = ""
    territories: Iterable[Territory] = field(default_factory=tuple)
    language: str = "fr"


def signal(
    call: Call,
    said: Signal,
    *,
    at: datetime,
    by: Actor | None = None,
    user: User | None = None,
    provenance: Provenance = Provenance.ONLINE,
) -> Member:
    """Open a candidacy and its empty dossier, and send the kit; returns the contact, who may submit.

    `user` is the account of whoever signals, when signed in: the dossier is then theirs at once. Otherwise the contact
    acts from the session that signalled, and the letter lets them attach an account. Never says whether the address or
    the SIRET is known. Raises `Refusal` outside the opening of the call.
    """
    refuse_if_late(call, at)
    with transaction.atomic():
        candidacy = Candidacy.objects.create(
            call=call, number=_free_number(call), signalled_at=at, language=said.language, provenance=provenance
        )
        candidacy.territories.set(said.territories)
        Organisation.objects.create(
            candidacy=candidacy,
            name=said.name,
            legal_form=said.legal_form,
            siret=said.siret,
            rna=said.rna,
            registry=said.registry,
            phone=said.contact_phone,
        )
        Dossier.objects.create(candidacy=candidacy)
        contact = Member.objects.create(
            candidacy=candidacy,
            user=user,
            email=(user.email if user else said.contact_email).strip().lower(),
            name=said.contact_name,
            phone=said.contact_phone,
            language=said.language,
            rights=Rights.SUBMIT,
            is_contact=True,
            invited_at=at,
            joined_at=at if user else None,
        )
        record("signal", candidacy, by=by or contact.actor, at=at, provenance=provenance, structure=said.name)
        letters.signalling(contact, at=at)
    return contact


def _free_number(call: Call) -> str:
    for _attempt in range(20):
        number = new_number(call.prefix)
        if not Candidacy.objects.filter(number=number).exists():
            return number
    raise Refusal(_("Aucun numéro n’a pu être attribué. Réessayez."), code="no_number")
