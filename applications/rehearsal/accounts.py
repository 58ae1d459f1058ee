"""The people one may play, and where each stands now."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Member
from applications.rehearsal.cast import chosen
from applications.rehearsal.setting import SLUG, TEAM
from hubs_portal.refusals import Sentence
from hubs_portal.rehearsal.timeline import Account

_CANDIDATES = _("Structures candidates")
_OFFICE = _("Équipe de l’appel à projets")
# Which structures are worth playing, and why.
_PARTS: dict[str, Sentence] = {
    "atelier-francilien": _("Le dossier est complet : il ne reste qu’à le déposer."),
    "pont-du-lac": _("Le dossier est à moitié rempli, rien n’est joint."),
    "ti-niverel": _("Le dossier est déposé ; il peut encore être modifié et déposé de nouveau."),
    "tisserands": _("Une première version est déposée, une seconde suivra le dernier jour."),
    "boucles-aure": _("La délibération suivra : le conseil se réunit après la clôture."),
    "caraibes": _("Outre-mer : la clôture se lit aussi en heure locale."),
    "derniere-minute": _("Le dépôt arrive trois secondes trop tard."),
    "startup-territoires": _("La candidature est signalée, rien n’est écrit."),
}
_COLLEAGUE = _("Peut modifier ce dossier, pas le déposer.")
_TEAM_PARTS = {
    Role.MANAGER: _("Publie l’appel, reporte la clôture à deux, suit les dépôts."),
    Role.OFFICER: _("Saisit les candidatures reçues par courriel, instruit les dossiers."),
}


def everybody(*, only: int | None = None) -> Iterator[Account]:
    """Candidates first, then the team: one query, whatever their number."""
    shown = [player for player in chosen(only) if player.slug in _PARTS]
    members = Member.objects.present().filter(candidacy__call__slug=SLUG).select_related("candidacy__organisation")
    states = {
        member.email: f"{member.candidacy.organisation.name}, {member.candidacy.get_state_display()}"
        for member in members
    }
    for player in sorted(shown, key=lambda player: list(_PARTS).index(player.slug)):
        yield Account(
            player.email, player.contact, _CANDIDATES, _PARTS[player.slug], states.get(player.email, player.name)
        )
        if player.colleague:
            name, email = player.colleague
            yield Account(email, name, _CANDIDATES, _COLLEAGUE, states.get(email, player.name))
    for name, email, role, capacity in TEAM:
        yield Account(email, name, _OFFICE, _TEAM_PARTS[role], capacity)
