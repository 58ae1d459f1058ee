"""Change how a jury works, while it binds nobody yet."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.rules.team import refuse_unless
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries.actions.constitution import refuse_homonym, refuse_incomplete
from juries.actions.steps import lock_jury, record
from juries.models import Hearing, Jury, Seat

_CHARTER = frozenset({"charter_fr", "charter_en"})
_BINDING = frozenset({"quorum", "ranking_stage", "presentation_minutes", "questions_minutes", "exchange_minutes"})
AMENDABLE = frozenset({"name", "scores_due_on"}) | _BINDING | _CHARTER


@locks.retried
def amend_jury(jury: Jury, changes: Mapping[str, Any], *, by: User, at: datetime) -> Jury:
    """Change the named fields of a jury. Managers only; slots already proposed keep their length.

    Raises `Refusal` for the charter once a member has signed it, and for what the first convocation bound: the
    quorum, the stage that ranks, the lengths. The name and the date scores are due on may always change.
    """
    with transaction.atomic():
        locked = lock_jury(jury.pk)
        refuse_unless(locked.call, by, Role.MANAGER)
        said = {name: value.strip() if isinstance(value, str) else value for name, value in changes.items()}
        before = {name: getattr(locked, name) for name in said if name in AMENDABLE}
        changed = {name for name in before if before[name] != said[name]}
        if not changed:
            return locked
        _refuse_bound(locked, changed)
        for name in changed:
            setattr(locked, name, said[name])
        refuse_incomplete(locked)
        refuse_homonym(locked)
        locked.save(update_fields=sorted(changed))
        _record(locked, {name: before[name] for name in changed}, by=Actor.person(by), at=at)
    return locked


def bound_fields(jury: Jury) -> frozenset[str]:
    """The fields that no longer change."""
    sworn = Seat.objects.filter(jury=jury).exclude(charter_digest="").exists()
    convened = Hearing.objects.filter(panel__jury=jury, convened_at__isnull=False).exists()
    return (_CHARTER if sworn else frozenset()) | (_BINDING if convened else frozenset())


def _refuse_bound(jury: Jury, changed: Collection[str]) -> None:
    bound = bound_fields(jury)
    if _CHARTER & bound & set(changed):
        raise Refusal(_("Des membres ont signé la charte : elle ne change plus."), code="charter_signed")
    if bound & set(changed):
        raise Refusal(
            _("Des auditions sont convoquées : le quorum, les notes qui classent et les durées ne changent plus."),
            code="hearings_convened",
        )


def _record(jury: Jury, before: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """The charter itself stays in the row; its fingerprint says that it changed."""
    told = {name: value for name, value in before.items() if name not in _CHARTER}
    after = {name: getattr(jury, name) for name in told}
    charter = {"charter": jury.charter_digest} if _CHARTER & set(before) else {}
    record("amend", jury, by=by, at=at, before=told, after=after, **charter)
