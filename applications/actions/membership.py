"""People on a dossier: invited, joined to an account, given other rights, entrusted with it, removed at once.

Somebody who may submit is always left. The candidacy's lock decides between two people who do this to each other.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications import letters
from applications.actions.steps import lock_candidacy, record
from applications.enums import Rights
from applications.models import Candidacy, Member
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def still(member: Member, right: Rights) -> Member:
    """The member as they are now, with the candidacy's lock held; raises `Refusal` when the right is gone.

    Of somebody who is no more on the dossier, `Member.DoesNotExist`: no sentence, and no page of it, is theirs to read.
    """
    present = Member.objects.present().select_related("user").get(pk=member.pk)
    if not present.may(right):
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


@locks.retried
def change_rights(changer: Member, member: Member, rights: Rights, *, at: datetime) -> Member:
    """Let a person do more or less from their next request on, and write to them; the same rights change nothing."""
    with transaction.atomic():
        candidacy = lock_candidacy(changer.candidacy_id)
        author = still(changer, Rights.SUBMIT)
        changed = candidacy.members.present().select_related("user").get(pk=member.pk)
        before = Rights(changed.rights)
        if before == rights:
            return changed
        if rights != Rights.SUBMIT:
            _refuse_leaving(changed, author)
        changed.rights = rights
        changed.save(update_fields=["rights"])
        record(
            "change_rights", candidacy, by=author.actor, at=at, member=changed.email, before=before, after=rights.value
        )
        if changed.pk != author.pk and changed.user_id:
            letters.rights_changed(changed, by=author, at=at)
    return changed


@locks.retried
def entrust(giver: Member, member: Member, *, at: datetime) -> Member:
    """Make a colleague the contact of the dossier, with the right to submit; both contacts have a letter.

    The former one keeps their rights. Raises `Refusal` for somebody who has no account on it yet: the service would
    write to an address nobody has confirmed.
    """
    with transaction.atomic():
        candidacy = lock_candidacy(giver.candidacy_id)
        author = still(giver, Rights.SUBMIT)
        people = candidacy.members.present().select_related("user")
        contact, former = people.get(pk=member.pk), people.get(is_contact=True)
        if contact.pk == former.pk:
            return contact
        if contact.user_id is None:
            raise Refusal(
                _("%(who)s n’a pas encore suivi le lien de son invitation : le dossier ne peut pas lui être confié.")
                % {"who": contact.name},
                code="not_joined",
            )
        former.is_contact = False
        former.save(update_fields=["is_contact"])
        contact.is_contact, contact.rights = True, Rights.SUBMIT
        contact.save(update_fields=["is_contact", "rights"])
        record("entrust", candidacy, by=author.actor, at=at, member=contact.email, before=former.email)
        letters.dossier_entrusted(contact, former, by=author, at=at)
    return contact


@locks.retried
def remove(remover: Member, member: Member, *, at: datetime) -> None:
    """Take a person off the dossier: their pages and links stop working with their next request.

    Whoever worked on it is told by letter, not whoever goes away, nor somebody who never followed the invitation.
    """
    with transaction.atomic():
        candidacy: Candidacy = lock_candidacy(remover.candidacy_id)
        author = still(remover, Rights.SUBMIT)
        member = candidacy.members.present().select_related("user").get(pk=member.pk)
        _refuse_leaving(member, author)
        member.removed_at = at
        member.save(update_fields=["removed_at"])
        record("remove_member", candidacy, by=author.actor, at=at, member=member.email)
        if member.pk != author.pk and member.user_id:
            letters.member_removed(member, by=author, at=at)


def _refuse_leaving(member: Member, author: Member) -> None:
    """Raise when nobody would be left to submit: a right without an account submits nothing yet."""
    if member.is_contact:
        raise Refusal(
            _("%(who)s est le contact du dossier : confiez d’abord ce rôle à quelqu’un d’autre.")
            % {"who": member.name},
            code="contact",
        )
    others = member.candidacy.members.present().filter(rights=Rights.SUBMIT).exclude(pk=member.pk)
    if not others.filter(Q(user__isnull=False) | Q(pk=author.pk)).exists():
        raise Refusal(
            _("Plus personne ne pourrait déposer ce dossier : donnez d’abord ce droit à quelqu’un d’autre."),
            code="last_to_submit",
        )
