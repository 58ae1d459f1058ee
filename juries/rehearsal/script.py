"""The timeline of the jury phase: who does what when, from its constitution to the published results."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from applications.rehearsal.cast import PARIS, Player, chosen, instant
from hubs_portal.letters import timed
from hubs_portal.rehearsal.timeline import Act
from juries.enums import Verdict
from juries.rehearsal import deliberating, evenings, hearing, setting, sitting
from juries.rehearsal.cast import Audition, Juror, auditions, drafts, jurors, ties, told

_AFTER_ASSIGNMENT = timedelta(minutes=100)  # jurors declare their ties that evening
_BOOKED_BEFORE = timedelta(minutes=8)
_BETWEEN_DECISIONS = timedelta(minutes=8)
_FINISHED = timedelta(hours=1)  # after a hearing, at the earliest
_EACH, _NEXT = timedelta(minutes=17), timedelta(minutes=9)
_READERS_AT_ONCE = 5
_FIRST_MORNING, _LAST_MORNING, _REMINDERS = date(2018, 12, 1), date(2019, 1, 30), time(9, 1)


def acts(*, only: int | None = None) -> Iterator[Act]:
    """Every act, in no particular order; `only` keeps the hearings of the first structures alone."""
    cast = chosen(only)
    heard = [audition for audition in auditions() if audition.player in cast]
    yield from _constitution()
    yield from _ties(heard)
    for audition in heard:
        yield from _hearing(audition)
    yield from _sheets(heard)
    for at in evenings.evenings():
        yield Act(at, f"le service du jury rattrape son retard, {at:%d/%m}", evenings.catch_up)
    yield from _conclusion(len(heard))
    yield from _mornings()


def _mornings() -> Iterator[Act]:
    """What the scheduler writes after the closing, once a day while time is played rather than lived."""
    for n in range((_LAST_MORNING - _FIRST_MORNING).days + 1):
        at = datetime.combine(_FIRST_MORNING + timedelta(days=n), _REMINDERS, PARIS)
        yield Act(at, f"rappels du matin, {at:%d/%m}", lambda at: timed.write_due(at=at))


def _constitution() -> Iterator[Act]:
    yield Act(instant(told()["constituted"]), "le jury est constitué", setting.constitute)
    yield Act(instant(told()["panels_made"]), "les panels sont composés", setting.make_panels)
    for juror in jurors():
        for at, name, deed in _seat(juror):
            yield Act(at, f"{juror.name} {name}", partial(deed, juror))


def _seat(juror: Juror) -> Iterator[tuple[datetime, str, setting.Deed]]:
    yield juror.invited, "est invité", setting.invite
    if juror.accepted:
        yield juror.accepted, "suit l’invitation", setting.accept
    if juror.sworn:
        yield juror.sworn, "signe la charte", setting.swear
    if juror.joined:
        yield juror.joined, "rejoint ses panels", setting.join_panels
    if juror.declined:
        yield juror.declined[0], "décline", setting.decline
    if juror.removed:
        yield juror.removed[0], "est retiré du jury", setting.remove


def _ties(heard: list[Audition]) -> Iterator[Act]:
    """Batches of dossiers given to the panels, then what their members declare, then what the chair concludes."""
    batches: dict[tuple[str, datetime], list[Player]] = defaultdict(list)
    for audition in heard:
        batches[audition.panel, audition.assigned].append(audition.player)
    for (panel, at), players in batches.items():
        yield Act(at, f"{panel} reçoit ses dossiers, {at:%d/%m %H:%M}", partial(hearing.assign, panel, players))
    declared = {(at.date(), juror): at for panel, at in sorted(batches) for juror in members(panel, at)}
    for rank, ((day, juror), at) in enumerate(declared.items()):
        declares = juror.late.get(at, at + _AFTER_ASSIGNMENT + _EACH * (rank % _READERS_AT_ONCE))
        yield Act(declares, f"{juror.name} déclare ses liens, {day:%d/%m}", partial(sitting.declare, juror))
    for juror in jurors():
        if juror.joined and juror.sworn:
            at = juror.sworn + _EACH
            yield Act(at, f"{juror.name} déclare en arrivant", partial(sitting.declare, juror))
    slugs = {audition.player.slug for audition in heard}
    for tie in ties():
        if tie.cleared and tie.slug in slugs:
            yield Act(tie.cleared, f"le lien déclaré sur {tie.slug} est levé", partial(sitting.clear, tie))


def members(panel: str, at: datetime, *, reading: bool = False, player: Player | None = None) -> list[Juror]:
    """Who sits in a panel then, charter signed; only its readers, or those who may hear this candidate, if asked."""
    out = {tie.juror for tie in ties() if player and tie.slug == player.slug and tie.verdict == Verdict.RECUSED}
    return [
        juror
        for juror in jurors()
        if panel in (juror.reads if reading else juror.panels)
        and juror.key not in out
        and juror.sworn
        and juror.sworn <= at
        and not (juror.removed and juror.removed[0] <= at)
    ]


def _hearing(audition: Audition) -> Iterator[Act]:
    slug, change = audition.player.slug, audition.change
    yield _booking(audition, "")
    yield Act(audition.first.convened, f"{slug} : est convoquée", partial(hearing.convene, audition))
    yield Act(audition.first.confirmed, f"{slug} : confirme sa venue", partial(hearing.confirm, audition))
    if change and change.is_cancelled:
        yield Act(change.at, f"{slug} : l’audition est annulée", partial(hearing.cancel, audition))
        yield _booking(audition, " de nouveau")
        yield Act(change.then.convened, f"{slug} : est convoquée de nouveau", partial(hearing.convene, audition))
    elif change:
        yield Act(change.at, f"{slug} : l’audition est déplacée", partial(hearing.move, audition))
    if change:
        yield Act(change.then.confirmed, f"{slug} : confirme de nouveau", partial(hearing.confirm, audition))
    yield Act(audition.over, f"{slug} : est auditionnée", partial(hearing.hold, audition))


def _booking(audition: Audition, again: str) -> Act:
    appointment = audition.last if again else audition.first
    name = f"{audition.player.slug} : prend un créneau{again}"
    return Act(appointment.convened - _BOOKED_BEFORE, name, partial(hearing.book, audition, appointment))


def _sheets(heard: list[Audition]) -> Iterator[Act]:
    slugs = {audition.player.slug for audition in heard}
    for draft in drafts():
        if draft.slug in slugs:
            name = f"{draft.slug} : {draft.juror} commence sa feuille"
            yield Act(draft.at, name, partial(sitting.begin, draft))
    for rank, audition in enumerate(heard):
        yield from _before(audition, rank)
        yield from _after(audition, rank)


def _before(audition: Audition, rank: int) -> Iterator[Act]:
    """Readers lock their sheets the evening before."""
    evening = (audition.last.starts - timedelta(days=1)).replace(hour=20, minute=0)
    for n, juror in enumerate(members(audition.panel, evening, reading=True, player=audition.player)):
        at = evening + _EACH * n + _NEXT * (rank % 3)
        name = f"{audition.player.slug} : {juror.name} verrouille sa feuille"
        yield Act(at, name, partial(sitting.score_before, audition, juror))


def _after(audition: Audition, rank: int) -> Iterator[Act]:
    """Whoever was there signs by the evening, save those who leave a sheet half written."""
    evening = audition.last.starts.replace(hour=18, minute=30)
    late = {draft.juror: draft.resumes for draft in drafts() if draft.slug == audition.player.slug}
    for n, juror in enumerate(members(audition.panel, audition.over, player=audition.player)):
        at = max(evening, audition.over + _FINISHED) + _EACH * n + _NEXT * (rank % 3)
        name = f"{audition.player.slug} : {juror.name} signe sa feuille"
        if juror.key not in audition.absent:
            yield Act(late.get(juror.key) or at, name, partial(sitting.score_after, audition, juror))


def _conclusion(heard: int) -> Iterator[Act]:
    plan = told()["deliberation"]
    yield Act(instant(plan["opened"]), "la délibération est ouverte", deliberating.open_session)
    for n in range(heard):
        at = instant(plan["first"]) + _BETWEEN_DECISIONS * n
        yield Act(at, f"le jury décide, {n + 1:02d}", deliberating.decide_next)
    yield Act(instant(plan["settled"]), "la délibération est arrêtée", deliberating.settle)
    first, second = (instant(at) for at in plan["signed"])
    yield Act(first, "la délibération est signée", deliberating.sign_first)
    yield Act(second, "la délibération est signée par une seconde personne", deliberating.sign_second)
    yield Act(instant(plan["concluded"]), "ce qui reste de la délibération est fait", deliberating.conclude)
    yield Act(instant(plan["requested"]), "la publication est demandée", deliberating.request_release)
    yield Act(instant(plan["released"]), "les résultats sont publiés", deliberating.release)
