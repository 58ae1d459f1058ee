"""Who runs a jury: the managers of its call, its officers for what is practical, and its chair."""

from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Candidacy
from hubs_portal.accounts.models import User
from hubs_portal.refusals import Refusal
from juries.enums import SeatRole, Verdict
from juries.models import InterestDeclaration, Jury, Recusal, Seat


def manages(jury: Jury, user: User) -> bool:
    """Whether the person is a manager of the jury's call."""
    return jury.call.team.filter(user=user, role=Role.MANAGER).exists()


def presides(jury: Jury, user: User) -> bool:
    """Whether the person chairs the jury, charter signed."""
    return Seat.objects.presiding().filter(jury=jury, user=user).exists()


def is_recused(user: User, candidacy: Candidacy) -> bool:
    """Whether the person stays out of this candidacy, in whatever jury it was said."""
    return Recusal.objects.filter(seat__user=user, candidacy=candidacy).exists()


def refuse_unless_leading(jury: Jury, user: User) -> None:
    """Raise unless the person manages the call or chairs the jury."""
    if not manages(jury, user) and not presides(jury, user):
        raise Refusal(_("Ce geste revient à la présidence du jury ou à un responsable de l’appel."), code="not_leading")


def refuse_unless_organising(jury: Jury, user: User) -> None:
    """Raise unless the person examines candidacies of the call, manages it, or chairs the jury."""
    on_the_team = jury.call.team.filter(user=user, role__in=[Role.OFFICER, Role.MANAGER]).exists()
    if not on_the_team and not presides(jury, user):
        raise Refusal(_("Ce geste revient à l’équipe de l’appel ou à la présidence du jury."), code="not_organising")


def refuse_if_recused(user: User, candidacy: Candidacy) -> None:
    """Raise when the person stays out of this candidacy: nothing they do may touch it, whatever their role."""
    if is_recused(user, candidacy):
        raise Refusal(_("Vous êtes en déport pour cette candidature."), code="recused")


def refuse_while_tied(user: User, candidacy: Candidacy) -> None:
    """Raise while a tie the person declared with this candidacy is still examined: it may keep them out."""
    if InterestDeclaration.objects.filter(seat__user=user, candidacy=candidacy, verdict=Verdict.TO_EXAMINE).exists():
        raise Refusal(
            _("Le lien que vous avez déclaré est à l’examen : une autre personne inscrit cette décision."), code="tied"
        )


def capacity_of(jury: Jury, user: User) -> str:
    """In what capacity the person signs, in words; empty when in none."""
    if presides(jury, user):
        return str(SeatRole.CHAIR.label)
    return str(Role.MANAGER.label) if manages(jury, user) else ""
