"""The jury phase of the rehearsal: an invented jury reads, hears and deliberates, then results are published."""

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from hubs_portal.rehearsal.timeline import Moment, Part, register
from juries.models import Jury
from juries.rehearsal import accounts, script

_PARIS = ZoneInfo("Europe/Paris")

MOMENTS = (
    Moment("hearings", _("Auditions : mardi 18 décembre, 8 h 45"), datetime(2018, 12, 18, 8, 45, tzinfo=_PARIS)),
    Moment("deliberation", _("Délibération : vendredi 18 janvier, 9 h 00"), datetime(2019, 1, 18, 9, tzinfo=_PARIS)),
    Moment(
        "release_eve",
        _("Veille de la publication : mercredi 30 janvier, 17 h 00"),
        datetime(2019, 1, 30, 17, tzinfo=_PARIS),
    ),
    Moment("released", _("Résultats publiés : jeudi 31 janvier, 10 h 05"), datetime(2019, 1, 31, 10, 5, tzinfo=_PARIS)),
)


def part(*, only: int | None = None) -> Part:
    """What the jury phase brings; `only` keeps the hearings of the first structures alone, for a shorter play."""
    return Part(
        moments=MOMENTS, acts=partial(script.acts, only=only), accounts=accounts.everybody, is_used=Jury.objects.exists
    )


def bring() -> None:
    """Add it to the timeline."""
    register("juries", part())
