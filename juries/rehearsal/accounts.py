"""The jurors one may play, and where each stands now."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from hubs_portal.refusals import Sentence
from hubs_portal.rehearsal.timeline import Account
from juries.models import Seat
from juries.rehearsal.cast import jurors, told

_JURY = _("Membres du jury")
# What each is worth playing.
_PARTS: dict[str, Sentence] = {
    "vasseur": _("Préside : examine les liens déclarés, siège, ouvre la délibération et la signe."),
    "delattre": _("En déport sur une candidature : rien d’elle ne doit lui apparaître."),
    "lindqvist": _("Lit en anglais ; a déclaré un lien que la présidence examine."),
    "lebihan": _("Lit et note les dossiers de son panel, siège aux auditions."),
    "carpentier": _("A des feuilles commencées : une avant une audition, une après."),
    "marchetti": _("Quitte le jury le 14 décembre : ses pages se ferment, ses notes signées comptent."),
    "fontanel": _("Siège dans deux panels, en déport sur une candidature."),
    "belkacem": _("Lit et note ; le 18 décembre, une feuille est à moitié écrite."),
    "vitry": _("Le 18 décembre, a encore des liens à déclarer avant de pouvoir lire."),
    "roussel": _("Arrive le 17 décembre : la charte est à signer, tout est à déclarer."),
    "villon": _("Invité ; décline le lendemain."),
}


def everybody() -> Iterator[Account]:
    """Those who were invited by now: one query."""
    seats = Seat.objects.filter(jury__name=told()["name"]).select_related("user")
    known = {seat.user.email: seat for seat in seats}
    for juror in jurors():
        if seat := known.get(juror.email):
            yield Account(juror.email, juror.name, _JURY, _PARTS[juror.key], _state(seat))


def _state(seat: Seat) -> Sentence:
    state = _("charte à signer")
    if seat.removed_at and not seat.accepted_at:
        state = _("invitation déclinée")
    elif seat.removed_at:
        state = _("a quitté le jury")
    elif seat.charter_signed_at:
        state = _("charte signée")
    return f"{seat.capacity}, {seat.get_role_display()}, {state}"
