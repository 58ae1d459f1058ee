"""The journal of a jury, in words. What the jury decides stays under embargo: it says that it did, not what."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from hubs_portal.accounts.models import User
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import paris_short
from juries.models import Jury, Recusal

_ACTS: dict[str, Sentence] = {
    "constitute": _("jury constitué"),
    "amend": _("jury modifié"),
    "invite": _("personne invitée"),
    "invite_again": _("invitation renvoyée"),
    "accept": _("invitation suivie"),
    "decline": _("invitation déclinée"),
    "sign_charter": _("charte signée"),
    "remove": _("mandat retiré"),
    "create_panel": _("panel créé"),
    "assign_to_panel": _("juré placé dans un panel"),
    "assign": _("candidatures attribuées"),
    "declare": _("lien déclaré"),
    "clear_interest": _("lien levé"),
    "recuse": _("déport"),
    "propose_slots": _("créneaux proposés"),
    "withdraw_slot": _("créneau retiré"),
    "book": _("audition placée"),
    "convene": _("candidat convoqué"),
    "confirm": _("venue confirmée"),
    "move": _("audition déplacée"),
    "cancel": _("audition annulée"),
    "hold": _("audition tenue"),
    "correct_attendance": _("feuille de présence corrigée"),
    "reopen_after_hearing": _("feuilles rouvertes après l’audition"),
    "lock_sheet": _("feuille verrouillée"),
    "sign_sheet": _("feuille signée"),
    "open_deliberation": _("délibération ouverte"),
    "decide": _("décision inscrite"),
    "settle": _("délibération arrêtée"),
    "resume": _("délibération reprise"),
    "sign_deliberation": _("délibération signée"),
    "produce_minutes": _("procès-verbal établi"),
    "resend_letter": _("lettre renvoyée"),
    "tell_by_telephone": _("lettre dite par téléphone"),
}
_SEALED = frozenset({"decide", "settle", "resume", "sign_deliberation", "produce_minutes"})
# What a line tells, in this order; anything else stays in the row.
_TOLD = ("panel", "juror", "candidacy", "candidacies", "room", "starts_at", "address")


@dataclass(frozen=True)
class Event:
    """A line of the journal."""

    at: datetime
    label: str
    author: str
    note: str
    about: list[str]


def events(jury: Jury, user: User) -> list[Event]:
    """Everything that was done, the last first; without the reasons about a candidacy the reader stays out of."""
    mine = Recusal.objects.filter(seat__user=user)
    kept_out = set(mine.values_list("candidacy__number", flat=True))
    return [
        Event(
            line.at,
            str(_ACTS.get(line.act, line.act)),
            line.actor_label,
            "" if line.act in _SEALED or line.details.get("candidacy") in kept_out else line.note,
            [] if line.act in _SEALED else [_said(line.details[name]) for name in _TOLD if line.details.get(name)],
        )
        for line in jury.journal.order_by("-sequence")
    ]


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    return paris_short(text) if len(text) > 18 and text[4:5] == "-" and text[10:11] in {"T", " "} else text
