"""Open data of the grants: reminded until a manager says where they are, and never after."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import open_data
from applications.actions import conclusion
from applications.actions.open_data import mark_open_data
from applications.enums import Outcome, Role
from applications.models import Call, CallLine, OpenDataNotice, TeamMember
from applications.rules.open_data import due_on, due_step
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import TimedClient, a_call, a_manager, a_user
from tests.builders.examined import AFTER, a_frozen_call, a_heard, team_of

pytestmark = pytest.mark.django_db
RELEASED = datetime(2019, 1, 31, 9, tzinfo=UTC)
DUE = datetime(2019, 4, 30, 8, tzinfo=UTC)
ADDRESS = "https://www.data.gouv.fr/fr/datasets/hubs/"


def a_released(outcome: Outcome = Outcome.AWARDED) -> Call:
    heard = a_heard(a_frozen_call(a_call())[0])
    amount = Decimal(100_000) if outcome == Outcome.AWARDED else None
    conclusion.conclude(
        heard, outcome=outcome, amount=amount, reasons="Avis du jury.", by=Actor.machine("jury"), at=AFTER
    )
    first, second = team_of(heard.call, Role.MANAGER)
    asked = conclusion.request_release(heard.call, by=first, at=RELEASED)
    return conclusion.release_results(asked, by=second, at=RELEASED).call


def common_ground() -> Call:
    return a_released()


def reminders() -> int:
    return Letter.objects.filter(kind="open_data_due").count()


@pytest.mark.usefixtures("ground")
@pytest.mark.parametrize(
    ("released", "due"),
    [
        (datetime(2019, 1, 31, 9, tzinfo=UTC), date(2019, 4, 30)),
        (datetime(2018, 11, 30, 9, tzinfo=UTC), date(2019, 2, 28)),
        (datetime(2018, 12, 31, 23, 30, tzinfo=UTC), date(2019, 4, 1)),  # already 1 January in Paris
        (datetime(2018, 10, 5, 9, tzinfo=UTC), date(2019, 1, 5)),
    ],
)
def test_the_day_is_three_months_after_the_release_in_paris(released: datetime, due: date) -> None:
    assert due_on(released) == due


@pytest.mark.usefixtures("ground")
def test_the_step_is_the_latest_that_fell_due() -> None:
    steps = [due_step(RELEASED, DUE + timedelta(days=n)) for n in (-31, -30, -8, -7, -1, 0, 100)]

    assert steps == ["", "J-30", "J-30", "J-7", "J-7", "J", "J"]


def test_each_reminder_reaches_the_managers_once_whatever_the_schedulers_do(ground: Call) -> None:
    instants = [DUE + timedelta(days=n) for n in (-40, -30, -30, -29, -7, -8, 0, 1, 0)]

    written = [open_data.remind_open_data(at=instant) for instant in instants]

    assert written == [0, 1, 0, 0, 1, 0, 1, 0, 0]
    assert reminders() == 3 * 2
    managers = {user.email for user in team_of(ground, Role.MANAGER)}
    assert set(Letter.objects.filter(kind="open_data_due").values_list("address", flat=True)) == managers


def test_a_scheduler_dead_for_months_writes_the_last_step_only(ground: Call) -> None:
    assert open_data.remind_open_data(at=DUE + timedelta(days=60)) == 1
    assert reminders() == 2
    assert "ne sont pas publiées" in Letter.objects.filter(kind="open_data_due")[0].html


def test_once_marked_published_nobody_is_reminded(ground: Call) -> None:
    manager = team_of(ground, Role.MANAGER)[0]

    mark_open_data(ground, address=ADDRESS, published_on=date(2019, 3, 1), by=manager, at=DUE)

    assert (open_data.remind_open_data(at=DUE), reminders()) == (0, 0)
    line = CallLine.objects.filter(subject=ground).latest("sequence")
    assert (line.act, line.actor, line.details) == (
        "mark_open_data",
        manager,
        {"url": ADDRESS, "published_on": "2019-03-01"},
    )


@pytest.mark.parametrize("day", [date(2019, 1, 30), date(2019, 5, 1)])
def test_a_day_before_the_results_or_to_come_is_refused(ground: Call, day: date) -> None:
    with pytest.raises(Refusal, match="date de publication"):
        mark_open_data(ground, address=ADDRESS, published_on=day, by=team_of(ground, Role.MANAGER)[0], at=DUE)

    assert OpenDataNotice.objects.count() == 0


def test_only_managers_of_the_call_mark_it(ground: Call) -> None:
    observer = TeamMember.objects.create(call=ground, user=a_user(), role=Role.OBSERVER).user

    for user in (*team_of(ground, Role.OFFICER), observer, a_manager(a_call()), a_user(is_superuser=True)):
        with pytest.raises(Refusal, match="équipe"):
            mark_open_data(ground, address=ADDRESS, published_on=date(2019, 3, 1), by=user, at=DUE)

    assert OpenDataNotice.objects.count() == 0


@pytest.mark.usefixtures("ground")
def test_before_the_release_there_is_nothing_to_mark_and_without_an_award_nothing_to_publish() -> None:
    call = a_call()

    with pytest.raises(Refusal, match="ne sont pas publiés"):
        mark_open_data(call, address=ADDRESS, published_on=date(2019, 3, 1), by=team_of(call, Role.MANAGER)[0], at=DUE)
    reserve = a_released(Outcome.RESERVE)
    open_data.remind_open_data(at=DUE)

    assert not Letter.objects.filter(kind="open_data_due", of_call__call=reserve).exists()


def test_on_the_page_of_the_results_a_manager_marks_and_an_officer_reads(ground: Call, client: TimedClient) -> None:
    address = reverse("admin:applications_call_release", args=[ground.pk])
    client.at(DUE)
    typed = {"act": "open_data", "address": ADDRESS, "published_on": "01/03/2019"}
    client.force_login(team_of(ground, Role.OFFICER)[0])
    read, forbidden = client.get(address), client.post(address, typed)
    client.force_login(team_of(ground, Role.MANAGER)[0])
    wrong = client.post(address, {**typed, "address": "nulle part"})
    refused = client.post(address, {**typed, "published_on": "01/05/2019"})
    marked = client.post(address, typed)
    shown = client.get(address).content.decode()

    assert [r.status_code for r in (read, forbidden, wrong, refused, marked)] == [200, 404, 422, 409, 302]
    assert "Marquer publiées" not in read.content.decode()
    assert "30 avril 2019" in read.content.decode().replace("\u00a0", " ")
    assert "nulle part" in wrong.content.decode()
    assert (ADDRESS in shown, "1er mars 2019" in shown.replace("\u00a0", " ")) == (True, True)
