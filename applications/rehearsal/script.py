"""The timeline of the application phase: who does what when, from the call's set-up to its last decisions."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

from applications import reminders
from applications.actions.closing import close_due_calls
from applications.rehearsal import deeds, office, setting
from applications.rehearsal.cast import PARIS, Player, chosen
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal.rehearsal.timeline import Act

SET_UP = datetime(2018, 9, 3, 10, tzinfo=PARIS)
OPENS = datetime(2018, 9, 13, tzinfo=PARIS)
CLOSES = datetime(2018, 11, 30, 17, tzinfo=PARIS)
# Whoever submits on the last day leaves the last three texts to the last days.
_LAST_PUSH = datetime(2018, 11, 28, 9, 20, tzinfo=PARIS)
_EARLY_TEXTS = 4
# Those who never submit stop writing some time in the last ten days.
_LAST_DAYS = datetime(2018, 11, 20, 9, tzinfo=PARIS)
# Whoever is shown as « prêt à déposer » is so before the rehearsal starts.
_READY_BY = datetime(2018, 11, 27, 18, tzinfo=PARIS)
_OFFICE_HOURS = (8, 21)


def acts(*, only: int | None = None) -> Iterator[Act]:
    """Every act, in no particular order; `only` plays the first structures alone."""
    cast = chosen(only)
    yield Act(SET_UP, "l’équipe prépare l’appel", partial(setting.prepare, cast, with_kit=only is None))
    yield Act(OPENS, "l’appel est publié", setting.publish)
    for player in cast:
        yield from _life(player)
    for step in reminders.steps_before(CLOSES):
        yield Act(step.at, f"relances {step.name}", lambda at: reminders.remind_drafts(at=at))
    yield Act(CLOSES + FREEZE_DELAY, "l’appel est clos", lambda at: close_due_calls(at=at))
    yield from office.acts(cast)


def _life(player: Player) -> Iterator[Act]:
    """Everything one structure does."""
    for at, name, deed in _deeds(player):
        yield Act(at, f"{player.slug} : {name}", partial(deed, player))


def _deeds(player: Player) -> Iterator[tuple[datetime, str, deeds.Deed]]:
    yield player.signalled, "se signale", deeds.signal
    yield player.signalled + timedelta(minutes=9), "rattache son compte", deeds.join
    steps = drafting(player)
    for step, at in steps:
        yield at, step, deeds.STEPS[step]
    if player.colleague:
        yield steps[0][1] + timedelta(minutes=31), "invite un collègue", deeds.invite
        yield steps[0][1] + timedelta(minutes=95), "le collègue rejoint", deeds.colleague_joins
    yield from _endings(player)


def _endings(player: Player) -> Iterator[tuple[datetime, str, deeds.Deed]]:
    for version, at in enumerate(player.submits, 1):
        if version > 1:
            yield at - timedelta(minutes=38), f"revoit son dossier, version {version}", deeds.revise
        yield at, f"dépose la version {version}", deeds.submit
    if player.withdraws:
        yield player.withdraws, "se retire", deeds.withdraw
    if player.resumes:
        yield player.resumes, "reprend sa candidature", deeds.resume
    if player.late:
        yield player.late, "tente de déposer hors délai", deeds.submit_too_late


def drafting(player: Player) -> list[tuple[str, datetime]]:
    """The steps of a draft and their instants, in order: texts over the weeks, documents and statement at the end."""
    names = list(deeds.STEPS)[: player.steps]
    chance = player.seeded("calendar")
    end = _end(player)
    texts = [name for name in names if name in deeds.TEXTS]
    last_text = end - timedelta(hours=29) if len(names) > len(texts) else end
    early = _EARLY_TEXTS if last_text > _LAST_PUSH else len(texts)
    begin = min(player.signalled + timedelta(hours=21), player.signalled + (end - player.signalled) / 4)
    times = [
        *_spread(begin, min(last_text, _LAST_PUSH), len(texts[:early]), chance),
        *_spread(_LAST_PUSH, last_text, len(texts[early:]), chance),
    ]
    files = (9, 4) if player.rank % 2 else (26, 5)  # hours before the end
    times += [end - timedelta(hours=hours, minutes=chance.randint(0, 50)) for hours in files]
    times.append(end - timedelta(minutes=chance.randint(12, 55)))
    ordered = sorted(times[: len(names)])
    return [(name, at + timedelta(minutes=n)) for n, (name, at) in enumerate(zip(names, ordered, strict=True))]


def _spread(begin: datetime, end: datetime, number: int, chance: Random) -> list[datetime]:
    """So many instants between two others, by day."""
    each = (max(begin, end) - begin) / max(number, 1)
    return [_at_a_decent_hour(begin + each * (n + chance.random() * 0.8), chance.randint(0, 59)) for n in range(number)]


def _end(player: Player) -> datetime:
    """When the draft must be done."""
    if player.ready:
        return _READY_BY
    stops = [*player.submits[:1], player.late, player.withdraws]
    stop = next((at for at in stops if at), None)
    if stop:
        return stop - timedelta(minutes=12)
    first = max(_LAST_DAYS, player.signalled + timedelta(hours=3))
    return first + (CLOSES - timedelta(hours=4) - first) * player.seeded("end").random()


def _at_a_decent_hour(instant: datetime, minutes: int) -> datetime:
    local = instant.astimezone(PARIS)
    first, last = _OFFICE_HOURS
    if local.hour < first:
        return local.replace(hour=first, minute=minutes)
    if local.hour > last:
        return local.replace(hour=last - 2, minute=minutes)
    return local
