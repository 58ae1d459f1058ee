"""Put off the closing time, for everybody: proposed by a manager, in force once another has signed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import internal_letters, letters
from applications.actions.steps import lock_call, record_on_call
from applications.enums import CallState, Role
from applications.models import Call, Extension
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def propose_extension(call: Call, *, new_closes_at: datetime, reason: str, by: User, at: datetime) -> Extension:
    """Propose a later closing time; nothing changes for candidates until another manager signs."""
    with transaction.atomic():
        locked = lock_call(call.pk)
        _refuse_unless_manager(locked, by)
        if new_closes_at <= locked.closes_at:
            raise Refusal(_("La nouvelle clôture doit être postérieure à l’actuelle."), code="not_later")
        if not reason.strip():
            raise Refusal(_("Écrivez le motif du report : il sera publié."), code="no_reason")
        extension = Extension.objects.create(
            call=locked,
            former_closes_at=locked.closes_at,
            new_closes_at=new_closes_at,
            reason=reason.strip(),
            proposed_by=by,
            proposed_at=at,
        )
        record_on_call("propose_extension", locked, by=Actor.person(by), at=at, note=reason, to=new_closes_at)
        internal_letters.extension_to_sign(extension, at=at)
    return extension


def sign_extension(extension: Extension, *, by: User, at: datetime) -> Extension:
    """Put the new closing time in force, at once and for all, and write to everyone registered.

    Raises `Refusal` when the signatory proposed it, when the list of submissions is already frozen (the call must
    then be reopened), or when the closing time changed since the proposal.
    """
    with transaction.atomic():
        call = lock_call(extension.call_id)
        extension = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
        _refuse_unless_manager(call, by)
        if extension.signed_by_id is not None:
            return extension
        if extension.proposed_by_id == by.pk:
            raise Refusal(_("Le report doit être signé par un autre responsable que son auteur."), code="same_manager")
        if call.state != CallState.PUBLISHED or call.frozen_at is not None:
            raise Refusal(_("La liste des dépôts est arrêtée : il faut rouvrir l’appel."), code="frozen")
        if call.closes_at != extension.former_closes_at:
            raise Refusal(_("La clôture a changé depuis cette proposition : faites-en une autre."), code="stale")
        extension.signed_by, extension.signed_at = by, at
        extension.save(update_fields=["signed_by", "signed_at"])
        call.closes_at = extension.new_closes_at
        call.save(update_fields=["closes_at"])
        record_on_call(
            "extend",
            call,
            by=Actor.person(by),
            at=at,
            note=extension.reason,
            before=extension.former_closes_at,
            after=extension.new_closes_at,
        )
        letters.call_extended(extension, at=at)
    return extension


def _refuse_unless_manager(call: Call, user: User) -> None:
    if not call.team.filter(user=user, role=Role.MANAGER).exists():
        raise Refusal(_("Seul un responsable de l’appel peut faire cela."), code="not_a_manager")
