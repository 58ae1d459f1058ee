"""The engine: acts at their instants, jumps forward and back, and never on a live database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.core import checks
from django.db import connection

from applications.models import Territory
from hubs_portal import clock, journal
from hubs_portal.refusals import Refusal
from hubs_portal.rehearsal import bar, playing, snapshots, timeline
from hubs_portal.rehearsal.models import RehearsalProgress
from hubs_portal.rehearsal.timeline import Act, Moment, Part
from tests.builders import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rehearsal")]
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="only a SQLite file is put back")
# A snapshot is put back under connections that see it only once what they did is committed.
real = pytest.mark.django_db(transaction=True)

DAY = datetime(2018, 9, 13, 9, tzinfo=UTC)
FIRST = Moment("first", "Premier matin", DAY, is_start=True)
SECOND = Moment("second", "Deuxième matin", DAY + timedelta(days=1))
THIRD = Moment("third", "Troisième matin", DAY + timedelta(days=2))


class Stage:
    """Acts that each write one territory, and what they saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, datetime, str]] = []
        self.stumbles: Exception | None = None

    def act(self, at: datetime, name: str) -> Act:
        def do(instant: datetime) -> None:
            Territory.objects.create(code=name, name=name, article=name, kind="metro")
            if name == "c" and self.stumbles:
                raise self.stumbles
            self.seen.append((name, instant, journal.current_origin()))

        return Act(at, name, do)

    def acts(self) -> Iterator[Act]:
        yield self.act(DAY + timedelta(hours=5), "b")
        yield self.act(DAY + timedelta(days=1, hours=1), "d")
        yield self.act(DAY, "a")
        yield self.act(DAY + timedelta(hours=6), "c")


@pytest.fixture
def stage(rehearsal: None) -> Stage:
    stage = Stage()
    timeline.register("stage", Part(moments=(THIRD, FIRST, SECOND), acts=stage.acts))
    return stage


def played() -> str:
    return "".join(Territory.objects.order_by("code").values_list("code", flat=True))


def now() -> datetime:
    return datetime.now(UTC)


def test_acts_are_played_in_order_each_at_its_own_instant(stage: Stage) -> None:
    playing.start("second")

    assert stage.seen == [
        ("a", DAY, "répétition"),
        ("b", DAY + timedelta(hours=5), "répétition"),
        ("c", DAY + timedelta(hours=6), "répétition"),
    ]


def test_business_time_is_then_the_moment_and_ticks_on(stage: Stage) -> None:
    playing.start()

    assert timedelta() <= clock.now() - FIRST.at < timedelta(seconds=20)
    assert clock.now() < clock.now()


def test_starting_again_changes_nothing(stage: Stage) -> None:
    playing.start()

    assert playing.start("third") is None
    assert played() == "a"


def test_an_interrupted_start_resumes_where_it_stopped(stage: Stage) -> None:
    stage.stumbles = RuntimeError("the power went out")
    with pytest.raises(RuntimeError):
        playing.start("third")
    stage.stumbles = None

    playing.start("third")

    assert [name for name, _at, _origin in stage.seen] == ["a", "b", "c", "d"]
    assert played() == "abcd"


def test_an_act_a_rule_refuses_leaves_nothing_and_stops_nobody(stage: Stage) -> None:
    stage.stumbles = Refusal("Non.", code="no")

    outcome = playing.start("third")

    assert outcome is not None
    assert (outcome.done, outcome.refused, played()) == (3, ["c"], "abd")


def test_nothing_is_played_where_real_candidacies_are_received(stage: Stage, settings: LazySettings) -> None:
    settings.REHEARSAL = False

    with pytest.raises(Refusal) as refusal:
        playing.start()

    assert (refusal.value.code, played(), RehearsalProgress.objects.count()) == ("not_a_rehearsal", "", 0)


def test_a_jump_is_refused_where_real_candidacies_are_received(stage: Stage, settings: LazySettings) -> None:
    playing.start()
    settings.REHEARSAL = False

    with pytest.raises(Refusal) as refusal:
        playing.jump("third", asked_at=now())

    assert (refusal.value.code, played()) == ("not_a_rehearsal", "a")
    assert playing.tick() is None


def test_a_database_somebody_else_used_is_left_alone(stage: Stage) -> None:
    timeline.register("others", Part(is_used=lambda: True))

    with pytest.raises(Refusal) as refusal:
        playing.start()

    assert (refusal.value.code, played(), RehearsalProgress.objects.count()) == ("used_database", "", 0)


def test_a_rehearsal_played_here_is_an_error_once_the_portal_is_live(stage: Stage, settings: LazySettings) -> None:
    playing.start()
    settings.REHEARSAL = False

    found = checks.run_checks(tags=[checks.Tags.database], databases=["default"])

    assert [error.id for error in found] == ["hubs_portal.E001"]


@sqlite_only
@real
def test_forward_then_back_gives_the_same_state(stage: Stage) -> None:
    playing.start()
    before = everything()

    playing.jump("third", asked_at=now())
    assert played() == "abcd"
    playing.jump("first", asked_at=now())

    assert everything() == before
    assert timedelta() <= clock.now() - FIRST.at < timedelta(seconds=20)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but the clock, the sessions and when the moment was reached."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table not in {"hubs_portal_businessclock", "hubs_portal_rehearsalprogress", "django_session"}:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
                found[table] = sorted(cursor.fetchall(), key=repr)
    return found


@sqlite_only
@real
def test_what_is_played_after_a_jump_back_is_played_anew(stage: Stage) -> None:
    playing.start()
    playing.jump("third", asked_at=now())
    playing.jump("first", asked_at=now())

    playing.jump("second", asked_at=now())

    assert played() == "abc"
    assert not snapshots.fits("third")


def test_a_double_click_jumps_once(stage: Stage) -> None:
    playing.start()
    both_clicked = now()
    playing.jump("second", asked_at=both_clicked)
    Territory.objects.create(code="z", name="z", article="z", kind="metro")

    playing.jump("second", asked_at=both_clicked)

    assert played() == "abcz"


@sqlite_only
@real
def test_jumping_to_the_moment_one_is_at_goes_back_to_its_beginning(stage: Stage) -> None:
    playing.start("second")
    Territory.objects.create(code="z", name="z", article="z", kind="metro")

    playing.jump("second", asked_at=now())

    assert played() == "abc"


@sqlite_only
@real
def test_whoever_is_signed_in_stays_so_and_nothing_else_of_a_session_does(stage: Stage) -> None:
    user = a_user()
    playing.start()
    playing.jump("third", asked_at=now())
    session = SessionStore()
    session.update({"_auth_user_id": str(user.pk), "_auth_user_backend": "x", "_auth_user_hash": "y", "opened": [7]})
    session.create()

    playing.jump("first", asked_at=now())

    said = {"_auth_user_id": str(user.pk), "_auth_user_backend": "x", "_auth_user_hash": "y"}
    assert dict(SessionStore(session.session_key).items()) == said


@sqlite_only
def test_a_moment_whose_state_was_not_kept_cannot_be_gone_back_to(stage: Stage) -> None:
    playing.start("third")
    snapshots.forget("first")

    with pytest.raises(Refusal) as refusal:
        playing.jump("first", asked_at=now())

    assert (refusal.value.code, played()) == ("no_snapshot", "abcd")


@sqlite_only
def test_a_snapshot_of_other_tables_is_not_put_back(stage: Stage) -> None:
    playing.start("third")
    with closing(sqlite3.connect(snapshots.place_of("first"))) as kept, kept:
        kept.execute("DELETE FROM django_migrations WHERE app = 'hubs_portal'")

    assert not snapshots.fits("first")
    assert snapshots.fits("second")


def test_what_becomes_due_is_played_as_time_goes_by(stage: Stage) -> None:
    playing.start()
    clock.shift(DAY + timedelta(hours=5, minutes=1) - now())

    playing.tick()

    assert played() == "ab"


def test_time_going_by_gives_way_to_a_jump(stage: Stage) -> None:
    playing.start()
    clock.shift(DAY + timedelta(hours=8) - now())

    with playing.alone():
        assert playing.is_under_way()
        assert playing.tick() is None

    assert not playing.is_under_way()
    assert played() == "a"


def test_the_bar_offers_the_key_moments_in_order(stage: Stage, rf: object) -> None:
    playing.start()
    request = rf.get("/")  # type: ignore[attr-defined] # pytest-django's request factory
    request.at = clock.now()

    shown = bar(request)

    assert shown is not None
    keys = [key for key, _label in shown.moments]
    assert keys == (["first", "second", "third"] if connection.vendor == "sqlite" else ["second", "third"])
    assert shown.upcoming == "second"


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL is never put back")
def test_on_postgresql_time_only_goes_forward_and_the_refusal_says_so(stage: Stage) -> None:
    playing.start("second")

    with pytest.raises(Refusal) as refusal:
        playing.jump("first", asked_at=now())
    playing.jump("third", asked_at=now())

    assert (refusal.value.code, played()) == ("forward_only", "abcd")


@sqlite_only
@real
def test_a_reader_open_during_a_jump_back_sees_the_one_state_or_the_other(stage: Stage, tmp_path: Path) -> None:
    playing.start("third")
    reader = snapshots._open(snapshots._live())
    with reader as another:
        another.execute("BEGIN")
        before = another.execute("SELECT count(*) FROM applications_territory").fetchone()

        playing.jump("first", asked_at=now())

        assert another.execute("SELECT count(*) FROM applications_territory").fetchone() == before == (4,)
        another.execute("COMMIT")
        assert another.execute("SELECT count(*) FROM applications_territory").fetchone() == (1,)
