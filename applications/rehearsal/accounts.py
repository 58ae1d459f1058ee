"""The people one may play, and where each stands now."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Call, Member
from applications.rehearsal.cast import chosen
from applications.rehearsal.setting import SLUG, TEAM
from hubs_portal.refusals import Sentence
from hubs_portal.rehearsal.timeline import Account

_CANDIDATES = _("Structures candidates")
_OFFICE = _("Équipe de l’appel à projets")
# Which structures are worth playing before the closing, and why.
_BEFORE: dict[str, Sentence] = {
    "atelier-francilien": _("Le dossier est complet : il ne reste qu’à le déposer."),
    "pont-du-lac": _("Le dossier est à moitié rempli, rien n’est joint."),
    "ti-niverel": _("Le dossier est déposé ; il peut encore être modifié et déposé de nouveau."),
    "tisserands": _("Une première version est déposée, une seconde suivra le dernier jour."),
    "boucles-aure": _("La délibération suivra : le conseil se réunit après la clôture."),
    "caraibes": _("Outre-mer : la clôture se lit aussi en heure locale."),
    "derniere-minute": _("Le dépôt arrive trois secondes trop tard."),
    "startup-territoires": _("La candidature est signalée, rien n’est écrit."),
}
# And after it.
_AFTER: dict[str, Sentence] = {
    "tisserands": _("Présélectionnée le 12 décembre, auditionnée le 18."),
    "volcans": _("Convoquée pour le 21 décembre ; le 18, sa venue est à confirmer."),
    "pacifique": _("Une pièce est demandée ; le 18 décembre, elle est encore à envoyer."),
    "lorraine-itinerante": _("La pièce demandée est envoyée : le service doit la voir."),
    "coop-adour": _("Une audition annulée, puis une autre date."),
    "confluences": _("Une audition déplacée ; elle est entendue le 11 décembre."),
    "cordees": _("N’est pas appelée à l’audition : la lettre dit pourquoi et donne les recours."),
    "trois-clochers": _("Déclarée inéligible : la lettre cite la règle et donne les recours."),
    "amis-souris": _("Les pièces demandées ne sont jamais venues."),
    "derniere-minute": _("Trois secondes de retard : rien n’est déposé."),
}
_COLLEAGUE = _("Peut modifier ce dossier, pas le déposer.")
_TEAM_BEFORE = {
    Role.MANAGER: _("Publie l’appel, reporte la clôture à deux, suit les dépôts."),
    Role.OFFICER: _("Saisit les candidatures reçues par courriel, suit les brouillons."),
}
_TEAM_AFTER = {
    Role.MANAGER: _("Présélectionne, constitue le jury, mène la délibération, publie les résultats à deux."),
    Role.OFFICER: _(
        "Contrôle les dossiers, demande des pièces, confirme une exclusion, évalue, organise les auditions."
    ),
}


def everybody(*, only: int | None = None) -> Iterator[Account]:
    """Candidates first, then the team: two queries, whatever their number."""
    is_frozen = Call.objects.filter(slug=SLUG, frozen_at__isnull=False).exists()
    parts = _AFTER if is_frozen else _BEFORE
    shown = [player for player in chosen(only) if player.slug in parts]
    members = Member.objects.present().filter(candidacy__call__slug=SLUG).select_related("candidacy__organisation")
    states = {
        member.email: f"{member.candidacy.organisation.name}, {member.candidacy.get_state_display()}"
        for member in members
    }
    for player in sorted(shown, key=lambda player: list(parts).index(player.slug)):
        yield Account(
            player.email, player.contact, _CANDIDATES, parts[player.slug], states.get(player.email, player.name)
        )
        if player.colleague and not is_frozen:
            name, email = player.colleague
            yield Account(email, name, _CANDIDATES, _COLLEAGUE, states.get(email, player.name))
    for name, email, role, capacity in TEAM:
        yield Account(email, name, _OFFICE, (_TEAM_AFTER if is_frozen else _TEAM_BEFORE)[role], capacity)
