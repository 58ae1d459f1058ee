"""The letters of the jury phase whose subject and first sentences a call may adapt."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Candidacy
from applications.selectors.placeholders import Variables, declare
from applications.selectors.specimens import marked
from applications.selectors.wording import Kind, adaptable
from hubs_portal.templatetags.french import paris, paris_short
from juries.enums import HearingState, SeatRole
from juries.models import Hearing, Jury, Seat, Slot
from juries.selectors.waiting import Waits

_DESK = "/jury/"


def bring() -> None:
    """Add them to the table of the application phase, once."""
    declare("jury", _("le nom du jury"), lambda v: v["jury"].name)
    declare("role", _("le rôle de la personne invitée : juré, présidence"), lambda v: v["seat"].get_role_display())
    declare("dossiers", _("combien de dossiers : « 1 dossier », « 3 dossiers »"), _count)
    declare("date_audition", _("la date et l’heure de l’audition, à Paris"), lambda v: paris(v["slot"].starts_at))
    declare("date_courte", _("la même, en abrégé"), lambda v: paris_short(v["slot"].starts_at))
    declare("lieu", _("la salle, et son adresse ou le lien de visioconférence"), _place, in_subject=False)
    declare("date_precedente", _("la date et l’heure prévues jusqu’ici"), lambda v: paris(v["former"].starts_at))
    # The table, as in applications/selectors/wording.py: one line a letter.
    adaptable(
        _seat("jury_invitation", _("quand une personne est invitée au jury"), "lien_personnel jury role"),
        _seat("jury_invitation_reminder", _("quand une invitation reste sans réponse"), "lien_personnel jury role"),
        _seat("dossiers_to_read", _("quand des dossiers sont confiés à un juré"), "dossiers jury"),
        _seat("juror_reminder", _("le matin, quand quelque chose attend un juré"), "jury"),
        *_hearing("hearing_invitation", _("quand l’audition est convoquée"), "date_audition date_courte lieu"),
        *_hearing(
            "hearing_moved", _("quand l’audition est déplacée"), "date_audition date_courte lieu date_precedente motif"
        ),
        Kind("hearing_reminder", _("deux jours avant l’audition"), "date_audition date_courte lieu", _to_candidate),
        *_hearing("hearing_cancelled", _("quand l’audition est annulée"), "date_audition date_courte lieu motif"),
    )


def _seat(code: str, leaves: Any, names: str) -> Kind:
    return Kind(code, leaves, names, _a_seat, about_candidacy=False, to_jury=True)


def _hearing(code: str, leaves: Any, names: str) -> tuple[Kind, Kind]:
    """To the candidate, and to the panel, who are not told the same thing."""
    return (
        Kind(code, leaves, names, _to_candidate),
        Kind(f"{code}_juror", leaves, names, _to_juror, to_jury=True, letter=code),
    )


def _count(variables: Variables) -> str:
    count = variables["count"]
    return ngettext("%(n)s dossier", "%(n)s dossiers", count) % {"n": count}


def _place(variables: Variables) -> str:
    slot = variables["slot"]
    return ", ".join(" ".join(part.split()) for part in (slot.room, slot.place, slot.link) if part)


# --- examples


def _a_seat(call: Call, _candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    jury = Jury(call=call, name=marked(gettext("Jury national")), scores_due_on=call.hearings_from)
    return {
        "jury": jury,
        "seat": Seat(jury=jury, role=SeatRole.JUROR, invited_at=at),
        "count": 3,
        "waits": Waits(undeclared=0, unread=3, days=[]),
        "is_late": False,
        "desk": settings.PUBLIC_URL + _DESK,
        "link": f"{settings.PUBLIC_URL}{_DESK}invitation/exemple/",
    }


def _to_candidate(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    return {**_about_hearing(call, candidacy, at), "seat": None}


def _to_juror(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    seat = Seat(role=SeatRole.JUROR)
    desk = settings.PUBLIC_URL + _DESK
    return {**_about_hearing(call, candidacy, at), "seat": seat, "desk": desk, "local_times": []}


def _about_hearing(call: Call, candidacy: Candidacy | None, at: datetime) -> dict[str, Any]:
    """The hearing the candidate was told of, if there is one; why it would move is an example, always."""
    real = _told(candidacy) if candidacy else None
    start = datetime.combine(call.hearings_from, at.timetz())
    example = Slot(
        room=marked(gettext("Salle 2")),
        place=marked(gettext("12, rue de l’Exemple, Paris")),
        starts_at=start,
        presentation_minutes=15,
        questions_minutes=20,
        exchange_minutes=10,
    )
    slot = real.slot if real else example
    former = SimpleNamespace(starts_at=slot.starts_at - timedelta(days=1), room=marked(gettext("Salle 1")))
    return {
        "hearing": real or Hearing(slot=slot, state=HearingState.CONVENED),
        "slot": slot,
        "former": former,
        "reason": marked(gettext("Un juré est empêché.")),
    }


def _told(candidacy: Candidacy) -> Hearing | None:
    told = Hearing.objects.filter(candidacy=candidacy, convened_at__isnull=False)
    return told.exclude(state=HearingState.CANCELLED).select_related("slot").first()
