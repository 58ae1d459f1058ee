"""Ask a partner, by letter, for its letter of commitment."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record
from applications.enums import Rights
from applications.models import Candidacy, CommitmentRequest, Member, Partner
from applications.rules.commitment import AGAIN_AFTER, MOST
from applications.rules.deadline import refuse_if_late
from applications.selectors.commitment import project_title
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal import locks
from hubs_portal.refusals import Refusal


@locks.retried
def ask_commitment(member: Member, *, partner: str, address: str, at: datetime) -> CommitmentRequest:
    """Write to the contact of the partner of that name, at that address, as the page showed them.

    Asked again within a day, it is the same request. Raises `Refusal` when the dossier no longer names them so, for an
    address that is not one, past thirty requests of one dossier in a day, and once the draft is no longer changed.
    """
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.EDIT)
        refuse_if_late(candidacy.call, at)
        if candidacy.state not in WITH_A_LIVE_DRAFT:
            raise Refusal(_("Ce dossier n’est plus modifiable."), code="not_a_draft")
        named = _named(candidacy, partner, address)
        _refuse_no_address(named.contact_email)
        asked = candidacy.commitment_requests.filter(asked_at__gt=at - AGAIN_AFTER)
        known = asked.filter(partner=partner, address=address).last()
        if known:
            return known
        if asked.count() >= MOST:
            raise Refusal(
                _("Ce dossier a déjà demandé trente lettres en un jour. Attendez demain, ou écrivez-leur vous-même."),
                code="too_many",
            )
        letter = letters.partner_commitment(candidacy, named, by=author, title=project_title(candidacy), at=at)
        record("ask_commitment", candidacy, by=author.actor, at=at, partner=partner)
        return CommitmentRequest.objects.create(
            candidacy=candidacy,
            partner=partner,
            address=address,
            asked_by=author.actor.label,
            asked_at=at,
            letter=letter,
        )


def _named(candidacy: Candidacy, partner: str, address: str) -> Partner:
    found = candidacy.dossier.partners.filter(name=partner, contact_email=address).first()
    if found is None:
        raise Refusal(
            _("Ce partenaire, ou son adresse, a changé depuis l’affichage de la page. Relisez-le, puis demandez."),
            code="partner_changed",
        )
    return found


def _refuse_no_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Refusal(
            _("Indiquez d’abord l’adresse électronique de la personne à contacter, ainsi : nom@structure.fr."),
            code="no_address",
        ) from wrong
