"""Ask a partner, by letter, for its letter of commitment, and take back the link that letter carries."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record
from applications.enums import Rights
from applications.models import Candidacy, CommitmentRequest, Member, Partner
from applications.rules.commitment import AGAIN_AFTER, MOST
from applications.rules.deadline import refuse_if_late
from applications.selectors.commitment import asked_of_partners, project_title
from applications.workflow import WITH_A_LIVE_DRAFT
from hubs_portal import locks
from hubs_portal.accounts import links
from hubs_portal.refusals import Refusal


@locks.retried
def ask_commitment(member: Member, *, partner: str, address: str, at: datetime) -> CommitmentRequest:
    """Write to the contact of the partner of that name, at that address, as the page showed them.

    The letter carries a personal link to deposit it, where the call asks for that document: the row keeps nothing but
    the link's fingerprint. Asked again within a day, it is the same request, unless its link was taken back. Raises
    `Refusal` when the dossier no longer names them so, for an address that is not one, past thirty requests of one
    dossier in a day, and once the draft is no longer changed.
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
        known = asked.filter(partner=partner, address=address, revoked_at__isnull=True).last()
        if known:
            return known
        if asked.count() >= MOST:
            raise Refusal(
                _("Ce dossier a déjà demandé trente lettres en un jour. Attendez demain, ou écrivez-leur vous-même."),
                code="too_many",
            )
        token = links.draw() if asked_of_partners(candidacy.call) else ""
        letter = letters.partner_commitment(
            candidacy, named, by=author, title=project_title(candidacy), link=_address(token), at=at
        )
        record("ask_commitment", candidacy, by=author.actor, at=at, partner=partner)
        return CommitmentRequest.objects.create(
            candidacy=candidacy,
            partner=partner,
            address=address,
            asked_by=author.actor.label,
            asked_at=at,
            letter=letter,
            link_digest=links.digest(token) if token else "",
        )


def revoke_commitment(member: Member, *, partner: str, address: str, at: datetime) -> int:
    """Take back every link sent to that partner at that address: they open nothing from the next request on.

    What was deposited stays in the dossier, where it can be taken out. Returns how many links that closed.
    """
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.EDIT)
        asked = candidacy.commitment_requests.filter(partner=partner, address=address, revoked_at__isnull=True)
        closed = asked.exclude(link_digest="").update(revoked_at=at)
        if closed:
            record("revoke_commitment", candidacy, by=author.actor, at=at, partner=partner)
    return closed


def _address(token: str) -> str:
    return settings.PUBLIC_URL + reverse("deposit", args=[token]) if token else ""


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
