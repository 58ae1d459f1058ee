"""The jury brought together: constituted, invited, sworn, put in panels."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from applications.rehearsal import setting
from applications.rehearsal.cast import typeset
from hubs_portal.accounts.models import User
from hubs_portal.rehearsal.timeline import PassedOver
from juries.actions import constitution, panels
from juries.enums import SeatRole
from juries.models import Jury, Panel, PanelMember, Seat
from juries.rehearsal.cast import Juror, jurors, told

Deed = Callable[[Juror, datetime], object]


def the_jury() -> Jury:
    """The jury of the rehearsal."""
    found = Jury.objects.select_related("call").filter(call__slug=setting.SLUG, name=told()["name"]).first()
    if found is None:
        raise PassedOver("le jury n’est pas constitué")
    return found


def seat_of(juror: Juror) -> Seat:
    """The seat of a juror; passed over when they hold none any more."""
    found = Seat.objects.present().filter(user__email=juror.email, jury__name=told()["name"])
    seat = found.select_related("user", "jury__call").first()
    if seat is None:
        raise PassedOver("cette personne ne siège pas")
    return seat


def the_panel(name: str) -> Panel:
    """A panel of the jury."""
    found = Panel.objects.filter(jury=the_jury(), name=name).select_related("jury__call").first()
    if found is None:
        raise PassedOver("ce panel n’existe pas")
    return found


def constitute(at: datetime) -> None:
    """A manager constitutes the jury; the accounts of its members share the password of all the others."""
    file = told()
    charter = constitution.Charter(_paragraphs(file["charter_fr"]), "\n\n".join(file["charter_en"]))
    constitution.constitute_jury(
        setting.the_call(),
        name=file["name"],
        charter=charter,
        quorum=file["quorum"],
        scores_due_on=date.fromisoformat(file["scores_due_on"]),
        by=setting.teammate(0),
        at=at,
    )
    password = setting.teammate(0).password
    known = set(User.objects.filter(email__in=[juror.email for juror in jurors()]).values_list("email", flat=True))
    User.objects.bulk_create(
        User(email=juror.email, name=juror.name, language=juror.language, password=password, created_at=at)
        for juror in jurors()
        if juror.email not in known
    )


def _paragraphs(lines: list[str]) -> str:
    return "\n\n".join(typeset(line) for line in lines)


def invite(juror: Juror, at: datetime) -> None:
    """A manager offers a seat."""
    constitution.invite_juror(
        the_jury(),
        email=juror.email,
        name=juror.name,
        role=SeatRole(juror.role),
        capacity=juror.capacity,
        by=setting.teammate(0),
        at=at,
    )


def accept(juror: Juror, at: datetime) -> None:
    """The juror follows the link of the letter."""
    constitution.accept_invitation(seat_of(juror), at=at)


def decline(juror: Juror, at: datetime) -> None:
    """The juror will not sit."""
    assert juror.declined
    constitution.decline_invitation(seat_of(juror), at=at, reason=juror.declined[1])


def swear(juror: Juror, at: datetime) -> None:
    """The juror signs the charter."""
    constitution.sign_charter(seat_of(juror), at=at)


def remove(juror: Juror, at: datetime) -> None:
    """A manager takes the seat back."""
    assert juror.removed
    constitution.remove_juror(seat_of(juror), reason=juror.removed[1], by=setting.teammate(0), at=at)


def make_panels(at: datetime) -> None:
    """An officer makes the panels and seats in them those who are of the jury by then."""
    jury, officer = the_jury(), setting.officer()
    for name in told()["panels"]:
        if not Panel.objects.filter(jury=jury, name=name).exists():
            panels.create_panel(jury, name=name, by=officer, at=at)
    for juror in jurors():
        if juror.panels and not juror.joined:
            join_panels(juror, at + timedelta(minutes=1))


def join_panels(juror: Juror, at: datetime) -> None:
    """An officer seats a juror in their panels; whoever left the jury is left out."""
    seat = Seat.objects.present().filter(user__email=juror.email, jury=the_jury()).first()
    if seat is None:
        return
    for name in juror.panels:
        panel = the_panel(name)
        if not PanelMember.objects.filter(panel=panel, seat=seat).exists():
            panels.assign_to_panel(panel, seat, reader=name in juror.reads, by=setting.officer(), at=at)
