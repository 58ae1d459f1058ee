"""Say that the grants of a call are published as open data, and where."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.actions.steps import lock_call, record_on_call
from applications.enums import Role
from applications.models import Call, OpenDataNotice, Publication
from applications.rules.team import refuse_unless
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from hubs_portal.templatetags.french import PARIS


def mark_open_data(call: Call, *, address: str, published_on: date, by: User, at: datetime) -> OpenDataNotice:
    """Write down where the open data are read and since when; the reminders stop. Said again, it is corrected.

    Nothing is published by this: it is a manager's word, kept with its author. Raises `Refusal` before the release, and
    for a day before it or still to come.
    """
    with transaction.atomic():
        locked = lock_call(call.pk)
        refuse_unless(locked, by, Role.MANAGER)
        release = Publication.objects.filter(call=locked, released_at__isnull=False).first()
        if release is None or release.released_at is None:
            raise Refusal(_("Les résultats ne sont pas publiés : il n’y a rien à ouvrir encore."), code="not_released")
        if not release.released_at.astimezone(PARIS).date() <= published_on <= at.astimezone(PARIS).date():
            raise Refusal(
                _("La date de publication des données suit celle des résultats, et n’est pas à venir."),
                code="wrong_day",
            )
        said = {"address": address, "published_on": published_on, "marked_by": by, "marked_at": at}
        notice, _created = OpenDataNotice.objects.update_or_create(call=locked, defaults=said)
        record_on_call(
            "mark_open_data", locked, by=Actor.person(by), at=at, url=address, published_on=published_on.isoformat()
        )
    return notice
