"""Play the timeline forward, put a snapshot back, keep the business clock in step: in a rehearsal only."""

import fcntl
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from hubs_portal import clock, journal, locks
from hubs_portal.nudge import left_to_the_sweep
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal import may_go_back, snapshots, timeline
from hubs_portal.rehearsal.models import RehearsalProgress
from hubs_portal.rehearsal.timeline import Act, Moment

logger = logging.getLogger(__name__)

ORIGIN = "répétition"
# SQLite has one writer at a time: between two acts, those who wait for their turn get one.
_BREATH = 0.004  # seconds


@dataclass
class Played:
    """What came of playing: how many acts were done, and which a rule refused (somebody had acted otherwise)."""

    done: int = 0
    refused: list[str] = field(default_factory=list)


@contextmanager
def alone(*, wait: bool = True) -> Iterator[bool]:
    """Keep other jumps out, whatever their process; yields whether we are alone, at once when told not to wait."""
    with (snapshots.folder() / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def is_under_way() -> bool:
    """Whether a rehearsal is jumping right now: the sweeps leave it the database, and come back in a few seconds."""
    if not settings.REHEARSAL:
        return False
    with alone(wait=False) as free:
        return not free


def refuse_unless_rehearsal() -> None:
    """Raise where real candidacies are received."""
    if not settings.REHEARSAL:
        raise Refusal(_("Ce portail n’est pas une répétition : son temps ne se déplace pas."), code="not_a_rehearsal")


def start(until: str = "") -> Played | None:
    """Play up to the moment of that key, or to the one rehearsals start at; `None` when that was done before.

    Taken up where it stopped when it was interrupted. Raises `Refusal` on a database somebody else has used.
    """
    refuse_unless_rehearsal()
    target = timeline.moment(until)
    with alone():
        progress = RehearsalProgress.objects.first()
        if progress is None:
            if any(part.is_used() for part in timeline.parts().values()):
                raise Refusal(
                    _(
                        "Cette base contient des candidatures que la répétition n’a pas faites : elle n’y touche pas."
                        " Donnez-lui un dossier de données vide (DATA_FOLDER)."
                    ),
                    code="used_database",
                )
            RehearsalProgress.objects.create()
            _set_clock(timeline.acts()[0].at if timeline.acts() else target.at)
        elif progress.moment:
            return None
        return _go_forward(target)


def jump(key: str, *, asked_at: datetime) -> Moment:
    """Go to a key moment: forward by playing what lies between, back by putting its snapshot back.

    `asked_at` is real time: a second click, sent while the first was still at work, finds the jump done.
    """
    refuse_unless_rehearsal()
    with alone():
        progress = _progress()
        moment = timeline.moment(key)
        if progress.moment == key and progress.reached_at and progress.reached_at >= asked_at:
            return moment
        if moment.at > clock.now():
            _go_forward(moment)
        else:
            _go_back(moment)
    return moment


def tick() -> Played | None:
    """Play what has become due since time goes by itself; gives way to a jump under way. For the timetable."""
    if not settings.REHEARSAL:
        return None
    with alone(wait=False) as free:
        progress = RehearsalProgress.objects.first()
        if not free or progress is None or not progress.moment:
            return None
        return _play_until(clock.now(), progress)


def _progress() -> RehearsalProgress:
    progress = RehearsalProgress.objects.first()
    if progress is None:
        raise Refusal(_("La répétition n’a pas commencé : lancez « manage.py rehearse start »."), code="not_started")
    return progress


def _go_forward(target: Moment) -> Played:
    progress = _progress()
    played = _play_until(target.at, progress)
    _set_clock(target.at)
    _arrived(progress, target)
    return played


def _go_back(target: Moment) -> None:
    if not may_go_back():
        raise Refusal(
            _("Sur PostgreSQL, la répétition avance et ne revient pas : seul un fichier SQLite se remet en arrière."),
            code="forward_only",
        )
    if not snapshots.fits(target.key):
        raise Refusal(_("L’état de ce moment n’a pas été gardé : on ne peut pas y revenir."), code="no_snapshot")
    connection.close()
    snapshots.put_back(target.key)
    for moment in timeline.moments():
        if moment.at > target.at:
            snapshots.forget(moment.key)
    _set_clock(target.at)
    _arrived(_progress(), target)


@locks.retried
def _arrived(progress: RehearsalProgress, target: Moment) -> None:
    progress.moment, progress.reached_at = target.key, datetime.now(UTC)
    progress.save(update_fields=["moment", "reached_at"])


@locks.retried
def _set_clock(instant: datetime) -> None:
    clock.shift(instant - clock.read().real)


def _play_until(at: datetime, progress: RehearsalProgress) -> Played:
    """Play every act not yet played up to `at`, and keep a snapshot of each key moment on the way."""
    played = Played()
    # What is played is written in French, whatever the language of the browser that asked for the jump.
    with journal.coming_from(ORIGIN), left_to_the_sweep(), translation.override(settings.LANGUAGE_CODE):
        for moment in timeline.moments():
            if moment.at <= at and (progress.crossed_at is None or progress.crossed_at < moment.at):
                _play_acts(moment.at, progress, played)
                progress.crossed_at = moment.at
                progress.save(update_fields=["crossed_at"])
                if may_go_back():
                    snapshots.keep(moment.key)
        _play_acts(at, progress, played)
    return played


def _play_acts(at: datetime, progress: RehearsalProgress, played: Played) -> None:
    last = (progress.act_at, progress.act_name) if progress.act_at else None
    for act in timeline.acts():
        if act.at <= at and (last is None or act.place > last):
            refusal = _play(act, progress)
            if refusal:
                logger.info("the rehearsal passed over « %s »: %s", act.name, refusal)
                played.refused.append(act.name)
            else:
                played.done += 1
            if progress.moment:  # before the first moment is reached nobody is there to wait
                time.sleep(_BREATH)


@locks.retried
def _play(act: Act, progress: RehearsalProgress) -> Refusal | None:
    """Do one act and remember it, in one transaction; what a rule refuses leaves nothing but that memory."""
    progress.act_at, progress.act_name = act.at, act.name
    try:
        with transaction.atomic():
            act.do(act.at.astimezone(UTC))  # as the clock gives it
            progress.save(update_fields=["act_at", "act_name"])
    except Refusal as refusal:
        progress.save(update_fields=["act_at", "act_name"])
        return refusal
    return None
