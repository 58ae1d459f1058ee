"""Change a call: freely while it is a draft; once published, with a reason, and written down before and after."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.kit import remember, save_kit_file
from applications.actions.steps import lock_call, record_on_call
from applications.enums import Role
from applications.models import Call, KitFile, TeamMember
from applications.rules.amendment import is_locked, refuse_if_locked, refuse_without_reason, why_not_on_the_team
from hubs_portal.accounts.invitations import open_account
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal


def amend_call(call: Call, fields: Collection[str], *, by: User, at: datetime, reason: str = "") -> Call:
    """Save the named fields of `call` as they stand on it, and no others.

    Raises `Refusal` for somebody who does not run the call, and, once it is published, for a field locked by the
    publication or without a reason.
    """
    with transaction.atomic():
        stored = lock_call(call.pk)
        refuse_unless_in_charge(stored, by)
        changed = {
            name: (getattr(stored, name), getattr(call, name))
            for name in fields
            if getattr(stored, name) != getattr(call, name)
        }
        refuse_if_locked(stored, fields=changed)
        if not changed:
            return stored
        refuse_without_reason(stored, reason)
        for name, (_before, after) in changed.items():
            setattr(stored, name, after)
        stored.save(update_fields=list(changed))
        if is_locked(stored):
            before = {name: _said(values[0]) for name, values in changed.items()}
            after = {name: _said(values[1]) for name, values in changed.items()}
            record_on_call("amend", stored, by=Actor.person(by), at=at, note=reason, before=before, after=after)
    return stored


def amend_part(
    call: Call,
    rows: Sequence[models.Model],
    gone: Sequence[models.Model],
    *,
    by: User,
    at: datetime,
    reason: str = "",
) -> None:
    """Save and delete rows that belong to the call (missions, questions, kit, team…). Raises as `amend_call` does."""
    if not rows and not gone:
        return
    with transaction.atomic():
        stored = lock_call(call.pk)
        refuse_unless_in_charge(stored, by)
        refuse_if_locked(stored, parts={type(row) for row in [*rows, *gone]})
        refuse_without_reason(stored, reason)
        before = [_described(row) for row in _as_stored([*rows, *gone])]
        for row in gone:
            if isinstance(row, KitFile):
                remember(row, at=at)
            row.delete()
        for row in rows:
            _save_part(stored, row, at)
        if is_locked(stored):
            after = [_described(row) for row in rows]
            record_on_call("amend", stored, by=Actor.person(by), at=at, note=reason, before=before, after=after)


def _save_part(call: Call, row: models.Model, at: datetime) -> None:
    if isinstance(row, KitFile):
        save_kit_file(row, at=at)
        return
    if isinstance(row, TeamMember):
        _let_into_the_office(call, row)
    row.save()


def refuse_unless_in_charge(call: Call, user: User) -> None:
    """Raise unless the person runs the call, or looks after the installation."""
    if not user.is_superuser and not call.team.filter(user=user, role=Role.MANAGER).exists():
        raise Refusal(_("Seul un responsable de l’appel peut faire cela."), code="not_a_manager")


def team_account(email: str, *, at: datetime) -> User:
    """The account of a future colleague; opened, with a letter that says how to enter, when there is none."""
    known = User.objects.filter(email=email.strip().lower()).first()
    return known or open_account(email, at=at, is_staff=True)


def _let_into_the_office(call: Call, colleague: TeamMember) -> None:
    user = colleague.user
    if colleague._state.adding and (sentence := why_not_on_the_team(call.pk, user.email)):
        raise Refusal(sentence, code="not_on_the_team")
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])


def _as_stored(rows: Iterable[models.Model]) -> list[models.Model]:
    found = (type(row)._default_manager.filter(pk=row.pk).first() for row in rows if row.pk)
    return [row for row in found if row is not None]


def _described(row: models.Model) -> dict[str, Any]:
    values = {f.name: _said(getattr(row, f.attname)) for f in row._meta.concrete_fields if f.name not in {"id", "call"}}
    return {"part": row._meta.model_name, "row": str(row), **{name: value for name, value in values.items() if value}}


def _said(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)
