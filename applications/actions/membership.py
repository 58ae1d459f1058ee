"""People on a dossier: invited, joined to an account, removed at once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.steps import lock_candidacy, record
from applications.enums import Rights
from applications.models import Candidacy, Member
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def still(member: Member, right: Rights) -> Member:
    """The member as they are now, with the candidacy's lock held; raises `Refusal` when the right is gone."""
    present = Member.objects.present().select_related("user").filter(pk=member.pk).first()
    if present is None or not present.may(right):
        raise Refusal(
            _("Vous n’avez plus le droit de faire cela sur ce dossier. Adressez-vous à son contact."), code="no_right"
        )
    return present


def invite(inviter: Member, *, email: str, name: str, rights: Rights, at: datetime) -> Member:
    """Add a person to the dossier and write to them; asking again for somebody present changes nothing and says so."""
    with transaction.atomic():
        candidacy = lock_candidacy(inviter.candidacy_id)
        still(inviter, Rights.SUBMIT)
        email = email.strip().lower()
        if candidacy.members.present().filter(email=email).exists():
            raise Refusal(_("Cette personne travaille déjà sur le dossier."), code="already_member")
        member = Member.objects.create(
            candidacy=candidacy, email=email, name=name, rights=rights, language=candidacy.language, invited_at=at
        )
        record("invite", candidacy, by=inviter.actor, at=at, member=email, rights=rights)
        letters.member_invited(member, inviter=inviter, at=at)
    return member


def join(member: Member, user: User, *, at: datetime) -> Member:
    """Attach an account to a membership whose letter its holder has received: the address is confirmed from here on."""
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        member = candidacy.members.select_for_update(of=("self",)).get(pk=member.pk)
        if member.removed_at is not None:
            raise Refusal(_("Cette invitation n’est plus valable."), code="removed")
        if member.user_id not in (None, user.pk):
            raise Refusal(_("Cette invitation a déjà servi pour un autre compte."), code="already_joined")
        if member.user_id is None:
            member.user, member.joined_at = user, at
            member.save(update_fields=["user", "joined_at"])
            record("join", candidacy, by=Actor.person(user), at=at, member=member.email)
    return member


def join_anew(member: Member, *, name: str, password: str, at: datetime) -> Member:
    """Open an account for the address a letter reached, and attach it. Raises `Refusal` when there is one already."""
    with transaction.atomic():
        lock_candidacy(member.candidacy_id)
        if User.objects.filter(email=member.email).exists():
            raise Refusal(_("Un compte existe déjà pour cette adresse : connectez-vous."), code="account_exists")
        user = User.objects.create_user(member.email, password, name=name, language=member.language)
        return join(member, user, at=at)


def remove(remover: Member, member: Member, *, at: datetime) -> None:
    """Take a person off the dossier: their pages and links stop working with their next request."""
    with transaction.atomic():
        candidacy: Candidacy = lock_candidacy(remover.candidacy_id)
        still(remover, Rights.SUBMIT)
        member = candidacy.members.present().get(pk=member.pk)
        if member.is_contact:
            raise Refusal(_("Le contact du dossier ne peut pas être retiré."), code="contact")
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record("remove_member", candidacy, by=remover.actor, at=at, member=member.email)
