"""The application phase of the rehearsal: the 2018 call played by sixty invented structures and the team.

Their names, numbers and words belong to nobody; what they do, they do through the actions, at their instants.
"""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from applications.rehearsal import accounts, script
from hubs_portal.rehearsal.timeline import Moment, Part, register

_PARIS = ZoneInfo("Europe/Paris")

MOMENTS = (
    Moment("opening", _("Ouverture : jeudi 13 septembre, 9 h 00"), datetime(2018, 9, 13, 9, tzinfo=_PARIS)),
    Moment("start", _("J-2 : mercredi 28 novembre, 9 h 00"), datetime(2018, 11, 28, 9, tzinfo=_PARIS), is_start=True),
    Moment("eve", _("J-1 : jeudi 29 novembre, 17 h 00"), datetime(2018, 11, 29, 17, tzinfo=_PARIS)),
    Moment(
        "last_minutes", _("Dernier jour : vendredi 30 novembre, 16 h 55"), datetime(2018, 11, 30, 16, 55, tzinfo=_PARIS)
    ),
    Moment("closed", _("Appel clos : vendredi 30 novembre, 17 h 05"), datetime(2018, 11, 30, 17, 5, tzinfo=_PARIS)),
    Moment("examination", _("Instruction : lundi 10 décembre, 9 h 00"), datetime(2018, 12, 10, 9, tzinfo=_PARIS)),
)


def part(*, only: int | None = None) -> Part:
    """What the application phase brings; `only` keeps the first structures alone, for a shorter play."""
    return Part(
        moments=MOMENTS,
        acts=partial(script.acts, only=only),
        accounts=partial(accounts.everybody, only=only),
        is_used=Candidacy.objects.exists,
    )


def bring() -> None:
    """Add it to the timeline."""
    register("applications", part())
