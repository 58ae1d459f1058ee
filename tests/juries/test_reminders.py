"""Reminders of the jury phase, one a day and to the right people; calendars that follow a panel that changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from applications.models import Territory
from hubs_portal.letters import timed
from hubs_portal.letters.models import Letter
from juries import reminders
from juries.actions import constitution, hearings, interests, panels
from juries.enums import Verdict
from juries.models import Hearing, Seat
from tests import builders

AT = builders.JURY_TIME  # the evening of the closing, 30 November 2018
FIRST = builders.HEARING_TIME  # Monday 10 December, 09:00
PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def paris(*when: int) -> datetime:
    return datetime(*when, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


class World:
    """A panel of two readers for two candidacies; no tie is declared yet."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.candidacy, self.other = builders.some_shortlisted(self.call, 2)
        self.jury = builders.a_jury(self.call, scores_due_on=date(2018, 12, 7))
        self.seats = [builders.a_juror(self.jury) for _ in range(2)]
        self.panel = builders.a_panel(self.jury, self.seats, [self.candidacy, self.other])
        self.manager = builders.the_manager(self.jury)


def common_ground() -> World:
    return World()


@pytest.fixture
def world(ground: World) -> World:
    return ground


def write(source: timed.Source, at: datetime) -> int:
    return timed.write_due_of(source, at=at)


def to(seat: Seat, kind: str = "juror_reminder") -> list[Letter]:
    return list(Letter.objects.filter(kind=kind, of_jury__seat=seat).order_by("pk"))


def over_days(source: timed.Source, first: date, days: int, hour: int = 9) -> dict[date, int]:
    """How many letters each morning writes, those without any left out."""
    mornings = [first + timedelta(days=n) for n in range(days)]
    counts = {day: write(source, paris(day.year, day.month, day.day, hour)) for day in mornings}
    return {day: n for day, n in counts.items() if n}


# ---------------------------------------------------------------- candidates


def test_a_candidate_is_reminded_two_days_before_at_the_same_hour_once(world: World) -> None:
    builders.a_convened(world.panel, world.candidacy)
    world.candidacy.territories.add(Territory.objects.get(pk="974"))
    before = FIRST - 2 * DAY

    counts = [write(reminders.HEARINGS, before + after) for after in (-MINUTE, MINUTE, 60 * MINUTE)]

    letter = Letter.objects.get(kind="hearing_reminder")
    text = letter.text.replace("\u00a0", " ")
    assert counts == [0, 1, 0]
    assert letter.address == world.candidacy.members.get().email
    assert letter.of_candidacy.candidacy == world.candidacy
    assert "lundi 10 décembre 2018 à 9 h 00 (heure de Paris)" in text
    assert "Heure locale, La Réunion : lundi 10 décembre 2018 à 12 h 00." in text
    assert "Vous n’avez pas encore confirmé votre venue" in text
    assert letter.attachments.count() == 0


def test_whoever_confirmed_is_told_so(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    hearings.confirm(hearing, by=world.candidacy.members.get().actor, at=AT)

    write(reminders.HEARINGS, FIRST - DAY)

    assert "Votre venue est confirmée." in Letter.objects.get(kind="hearing_reminder").text


def test_a_hearing_moved_is_reminded_anew_and_one_cancelled_never(world: World) -> None:
    moved = builders.a_convened(world.panel, world.candidacy)
    cancelled = builders.a_convened(world.panel, world.other)
    hearings.cancel(cancelled, reason="Salle inondée.", by=world.manager, at=AT)
    assert write(reminders.HEARINGS, FIRST - 2 * DAY) == 1
    later = builders.a_slot(world.panel, FIRST + 7 * DAY)
    hearings.move(moved, later, reason="Grève.", by=world.manager, at=FIRST - 2 * DAY + MINUTE)

    assert write(reminders.HEARINGS, FIRST - DAY) == 0
    assert write(reminders.HEARINGS, FIRST + 5 * DAY) == 1
    assert Letter.objects.filter(kind="hearing_reminder").count() == 2


@pytest.mark.parametrize(("told", "written"), [(timedelta(days=2, hours=12), 0), (timedelta(days=4), 1)])
def test_a_convocation_sent_late_is_not_repeated_the_same_day(world: World, told: timedelta, written: int) -> None:
    builders.a_convened(world.panel, world.candidacy, at=FIRST - told)

    assert write(reminders.HEARINGS, FIRST - DAY) == written


def test_a_hearing_that_began_or_a_clock_set_back_writes_nothing(world: World) -> None:
    builders.a_convened(world.panel, world.candidacy)
    write(reminders.HEARINGS, FIRST - 2 * DAY + MINUTE)

    assert [write(reminders.HEARINGS, FIRST - 2 * DAY - 59 * MINUTE), write(reminders.HEARINGS, FIRST)] == [0, 0]


# ---------------------------------------------------------------- people who were invited


def test_an_invitation_without_an_answer_is_reminded_three_and_seven_days_after(world: World) -> None:
    seat = builders.a_juror(world.jury, charter=False)

    counts = [write(reminders.INVITATIONS, AT + n * DAY) for n in range(12)]

    assert [n for n, count in enumerate(counts) if count] == [3, 7]
    first, second = to(seat, "jury_invitation_reminder")
    assert (first.secret, "/jury/invitation/" in first.text) == (True, True)
    assert first.subject == second.subject
    assert world.candidacy.number not in first.text


def test_after_a_week_without_a_scheduler_one_reminder_leaves_and_none_follows_a_clock_set_back(world: World) -> None:
    builders.a_juror(world.jury, charter=False)

    counts = [write(reminders.INVITATIONS, AT + after) for after in (8 * DAY, 8 * DAY + MINUTE, 6 * DAY)]

    assert counts == [1, 0, 0]


def test_whoever_followed_the_invitation_is_reminded_of_the_charter_without_a_personal_link(world: World) -> None:
    seat = builders.a_juror(world.jury, charter=False)
    constitution.accept_invitation(seat, at=AT)

    write(reminders.INVITATIONS, AT + 3 * DAY)

    (letter,) = to(seat, "jury_invitation_reminder")
    assert (letter.secret, "/jury/invitation/" in letter.text) == (False, False)
    assert "charte du jury à signer" in letter.subject.replace("\u00a0", " ")


def test_an_invitation_sent_again_starts_the_days_anew(world: World) -> None:
    seat = builders.a_juror(world.jury, charter=False)
    constitution.invite_again(seat, by=world.manager, at=AT + 2 * DAY)

    counts = [write(reminders.INVITATIONS, AT + n * DAY) for n in (3, 4, 5, 6)]

    assert counts == [0, 0, 1, 0]


def test_whoever_declined_signed_or_was_removed_is_not_reminded_nor_anybody_once_hearings_are_over(
    world: World,
) -> None:
    declined, removed = [builders.a_juror(world.jury, charter=False) for _ in range(2)]
    constitution.decline_invitation(declined, at=AT)
    constitution.remove_juror(removed, reason="Erreur.", by=world.manager, at=AT)
    assert write(reminders.INVITATIONS, AT + 3 * DAY) == 0

    builders.a_juror(world.jury, charter=False)
    assert write(reminders.INVITATIONS, paris(2019, 1, 19, 9)) == 0


# ---------------------------------------------------------------- jurors at work


def test_a_juror_is_reminded_of_ties_then_of_dossiers_then_of_hearings_one_letter_a_morning(world: World) -> None:
    """Given on 30 November: ties on the 2nd and the 5th; scores, due on the 7th: on the 5th too."""
    builders.a_convened(world.panel, world.candidacy)
    builders.a_convened(world.panel, world.other)

    found = over_days(reminders.JURORS, date(2018, 12, 1), 10)

    assert found == {date(2018, 12, 2): 2, date(2018, 12, 5): 2, date(2018, 12, 8): 2}
    seat = world.seats[0]
    ties, scores, hearing = [letter.text.replace("\u00a0", " ") for letter in to(seat)]
    assert "2 déclarations de liens restent à faire" in ties
    assert "2 dossiers restent à lire et à noter. Vos notes sont attendues le 7 décembre 2018" in scores
    assert "Vos notes étaient attendues le 7 décembre 2018." in hearing
    assert "2 auditions vous attendent lundi 10 décembre 2018 :" in hearing
    assert "- 9 h 00, Salle 2, 12, rue de l’Exemple, Paris" in hearing


def test_a_reminder_names_no_candidacy_anywhere(world: World) -> None:
    builders.a_convened(world.panel, world.candidacy)
    over_days(reminders.JURORS, date(2018, 12, 1), 10)

    letters = Letter.objects.filter(kind="juror_reminder")
    assert letters.count() == 6
    for letter in letters:
        for said in (letter.subject, letter.text, letter.html):
            assert world.candidacy.number not in said
            assert world.candidacy.organisation.name not in said


def test_several_duties_of_one_morning_are_one_letter_and_the_day_has_no_second(world: World) -> None:
    """Seat by seat: ties and scores both fall due on 5 December."""
    counts = [write(reminders.JURORS, paris(2018, 12, 5, hour)) for hour in (8, 9, 10, 23)]

    assert counts == [2, 0, 0, 0], "what fell due on the 2nd waited for the scheduler; the 5th has its letter already"
    assert write(reminders.JURORS, paris(2018, 12, 6, 9)) == 2
    assert write(reminders.JURORS, paris(2018, 12, 6, 8)) == 0


def test_who_did_everything_has_no_letter(world: World) -> None:
    (seat, other) = world.seats
    builders.without_ties(seat)
    for candidacy in (world.candidacy, world.other):
        builders.a_locked_sheet(seat, candidacy, "4 4 4")

    over_days(reminders.JURORS, date(2018, 12, 1), 8)

    assert (len(to(seat)), len(to(other))) == (0, 2)


def test_nothing_tells_of_a_candidacy_one_stays_out_of_and_who_left_has_nothing(world: World) -> None:
    seat, gone = world.seats
    stays = builders.a_juror(world.jury)
    builders.a_panel(world.jury, [stays], [])
    builders.without_ties(seat, gone)
    builders.a_convened(world.panel, world.candidacy)
    interests.recuse(seat, world.candidacy, reason="Lien.", by=world.manager, at=AT)
    interests.declare_interest(seat, world.other, verdict=Verdict.TO_EXAMINE, reason="Peut-être.", at=AT)
    constitution.remove_juror(gone, reason="Empêché.", by=world.manager, at=AT)

    assert over_days(reminders.JURORS, date(2018, 12, 1), 10) == {}
    assert write(reminders.HEARINGS, FIRST - DAY) == 1, "the candidate still comes"


def test_a_hearing_of_which_one_was_told_that_very_day_is_not_repeated(world: World) -> None:
    builders.without_ties(*world.seats)
    for seat in world.seats:
        for candidacy in (world.candidacy, world.other):
            builders.a_locked_sheet(seat, candidacy, "4 4 4")
    builders.a_convened(world.panel, world.candidacy, at=paris(2018, 12, 7, 15))

    assert over_days(reminders.JURORS, date(2018, 12, 7), 3) == {}


def test_a_clock_set_back_lives_a_day_again_without_letters(world: World) -> None:
    assert write(reminders.JURORS, paris(2018, 12, 2, 9)) == 2

    assert [write(reminders.JURORS, paris(2018, 12, 2, 8, 30)), write(reminders.JURORS, paris(2018, 12, 1, 10))] == [
        0,
        0,
    ]


# ---------------------------------------------------------------- calendars of a panel that changes


def kinds_to(seat: Seat) -> list[tuple[str, str]]:
    rows = Letter.objects.filter(of_jury__seat=seat, subject_key__startswith="hearing:").order_by("pk")
    return list(rows.values_list("kind", "occurrence"))


def sequence(hearing: Hearing) -> int:
    return Hearing.objects.values_list("sequence", flat=True).get(pk=hearing.pk)


@pytest.mark.parametrize("way", ["recuse", "declare", "remove"])
def test_a_juror_who_is_expected_no_more_has_the_hearing_taken_out_of_their_calendar(world: World, way: str) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    seat, other = world.seats
    if way == "recuse":
        interests.recuse(seat, world.candidacy, reason="Lien.", by=world.manager, at=AT)
    elif way == "declare":
        interests.declare_interest(seat, world.candidacy, verdict=Verdict.RECUSED, reason="Lien.", at=AT)
    else:
        constitution.remove_juror(seat, reason="Empêché.", by=world.manager, at=AT)

    (letter,) = Letter.objects.filter(kind="hearing_left")
    assert letter.address == seat.user.email
    for said in (letter.subject, letter.text, letter.html):
        assert world.candidacy.number not in said
        assert world.candidacy.organisation.name not in said
    assert (kinds_to(other), sequence(hearing)) == ([("hearing_invitation", "0")], 1)


def test_a_recusal_before_the_convocation_or_after_the_hearing_writes_nothing(world: World) -> None:
    interests.recuse(world.seats[0], world.other, reason="Lien.", by=world.manager, at=AT)
    builders.a_convened(world.panel, world.candidacy)

    interests.recuse(world.seats[0], world.candidacy, reason="Lien.", by=world.manager, at=FIRST + DAY)

    assert Letter.objects.filter(kind="hearing_left").count() == 0


def test_a_juror_who_joins_a_panel_later_is_convened_too_once_the_charter_is_signed(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    sworn, unsworn = builders.a_juror(world.jury), builders.a_juror(world.jury, charter=False)
    panels.assign_to_panel(world.panel, sworn, by=world.manager, at=AT)
    panels.assign_to_panel(world.panel, sworn, reader=False, by=world.manager, at=AT)
    panels.assign_to_panel(world.panel, unsworn, by=world.manager, at=AT)

    assert (kinds_to(sworn), kinds_to(unsworn)) == ([("hearing_invitation", "0")], [])

    constitution.sign_charter(unsworn, at=AT)

    assert (kinds_to(unsworn), sequence(hearing)) == ([("hearing_invitation", "0")], 0)
    assert Letter.objects.filter(kind="hearing_invitation", of_candidacy__isnull=False).count() == 1


def test_a_juror_who_comes_back_is_convened_again_with_a_higher_number(world: World) -> None:
    hearing = builders.a_convened(world.panel, world.candidacy)
    seat = world.seats[0]
    constitution.remove_juror(seat, reason="Empêché.", by=world.manager, at=AT)
    constitution.invite_juror(world.jury, email=seat.user.email, name=seat.user.name, by=world.manager, at=AT + MINUTE)
    constitution.sign_charter(seat, at=AT + 2 * MINUTE)

    assert kinds_to(seat) == [("hearing_invitation", "0"), ("hearing_left", "1"), ("hearing_invitation", "2")]
    assert sequence(hearing) == 2


def test_after_a_departure_a_move_is_told_to_those_who_stay_alone(world: World) -> None:
    third = builders.a_juror(world.jury)
    panels.assign_to_panel(world.panel, third, by=world.manager, at=AT)
    hearing = builders.a_convened(world.panel, world.candidacy)
    interests.recuse(world.seats[0], world.candidacy, reason="Lien.", by=world.manager, at=AT)

    hearings.move(hearing, builders.a_slot(world.panel, FIRST + DAY), reason="Grève.", by=world.manager, at=AT)

    told = {seat.pk: kinds_to(seat)[-1] for seat in [*world.seats, third]}
    assert told == {
        world.seats[0].pk: ("hearing_left", "1"),
        world.seats[1].pk: ("hearing_moved", "2"),
        third.pk: ("hearing_moved", "2"),
    }
