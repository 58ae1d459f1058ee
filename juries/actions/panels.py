"""Panels: who sits in them, and which candidacies they receive."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Candidacy
from applications.rules.team import refuse_unless
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries import letters
from juries.actions import convocations
from juries.actions.steps import lock_jury, record
from juries.models import Jury, Panel, PanelCandidacy, PanelMember, Seat
from juries.rules.docket import docket
from juries.workflow import ASSIGNABLE


def create_panel(jury: Jury, *, name: str, by: User, at: datetime) -> Panel:
    """Add a panel to a jury. Officers and managers."""
    with transaction.atomic():
        locked = lock_jury(jury.pk)
        refuse_unless(locked.call, by, Role.OFFICER, Role.MANAGER)
        if not name.strip() or locked.panels.filter(name=name.strip()).exists():
            raise Refusal(_("Donnez au panel un nom qu’aucun autre ne porte."), code="name_taken")
        panel = Panel.objects.create(jury=locked, name=name.strip())
        record("create_panel", locked, by=Actor.person(by), at=at, panel=panel.name)
    return panel


@locks.retried
def assign_to_panel(panel: Panel, seat: Seat, *, by: User, at: datetime, reader: bool = True) -> PanelMember:
    """Put a juror in a panel, as a reader or not; done again, it only changes that.

    They have a letter when the panel already has dossiers for them, and a convocation to each hearing to come.
    """
    with transaction.atomic():
        jury = lock_jury(panel.jury_id)
        refuse_unless(jury.call, by, Role.OFFICER, Role.MANAGER)
        if not jury.seats.present().filter(pk=seat.pk).exists():
            raise Refusal(_("Cette personne ne siège pas dans ce jury."), code="not_seated")
        member, joined = PanelMember.objects.update_or_create(
            panel=panel, seat=seat, defaults={"reader": reader}, create_defaults={"reader": reader, "joined_at": at}
        )
        record(
            "assign_to_panel", jury, by=Actor.person(by), at=at, panel=panel.name, juror=seat.user.email, reader=reader
        )
        if joined:
            _tell([seat], panel.assignments.values_list("candidacy", flat=True), at=at)
            convocations.retell_of(seat, at=at)
    return member


@locks.retried
def assign(panel: Panel, candidacies: Iterable[Candidacy], *, by: User, at: datetime) -> list[PanelCandidacy]:
    """Give candidacies to a panel, all or none, and write to its members: how many, never which.

    Raises `Refusal` naming those that are not eligible, not of this call, or another panel's already.
    """
    wanted = {candidacy.pk for candidacy in candidacies}
    with transaction.atomic():
        jury = lock_jury(panel.jury_id)
        refuse_unless(jury.call, by, Role.OFFICER, Role.MANAGER)
        given = list(Candidacy.objects.filter(pk__in=wanted).select_related("assignment").order_by("number"))
        _refuse_misplaced(jury, given)
        rows = [PanelCandidacy(panel=panel, candidacy=candidacy, assigned_at=at) for candidacy in given]
        assigned = PanelCandidacy.objects.bulk_create(rows)
        numbers = [candidacy.number for candidacy in given]
        record("assign", jury, by=Actor.person(by), at=at, panel=panel.name, candidacies=numbers)
        _tell(panel.members.select_related("user", "jury__call").order_by("pk"), wanted, at=at)
    return assigned


def _refuse_misplaced(jury: Jury, candidacies: Iterable[Candidacy]) -> None:
    items = [
        _("%(number)s : « %(state)s », déjà attribuée ou d’un autre appel.")
        % {"number": candidacy.number, "state": candidacy.get_state_display()}
        for candidacy in candidacies
        if candidacy.call_id != jury.call_id
        or candidacy.state not in ASSIGNABLE
        or PanelCandidacy.objects.filter(candidacy=candidacy).exists()
    ]
    if items:
        raise Refusal(_("Ces candidatures ne peuvent pas être attribuées :"), code="misplaced", items=items)


def _tell(seats: Iterable[Seat], candidacies: Iterable[int], *, at: datetime) -> None:
    concerned = set(candidacies)
    for seat in seats:
        count = docket(seat).filter(pk__in=concerned).count()
        if count:
            letters.dossiers_to_read(seat, count=count, at=at)
