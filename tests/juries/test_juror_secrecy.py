"""Pages keep what rules keep: who is removed, recused, unsworn or elsewhere sees nothing, not even by its absence."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from applications.enums import Outcome
from juries.actions import deliberation, interests, panels
from juries.actions.constitution import remove_juror
from juries.enums import Verdict
from juries.models import Seat
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import HEARING_TIME, JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page

pytestmark = pytest.mark.django_db
LATER = HEARING_TIME + timedelta(days=1)


def everything_happens(world: JuryAtWork) -> None:
    """The first candidacy is heard, scored by everybody else, and decided."""
    others = dict.fromkeys(world.seats[1:], "4 4 4")
    builders.a_scored_candidacy(world.panel, world.mine, others)
    deliberation.record_decision(
        world.jury.deliberations.get(),
        world.mine,
        outcome=Outcome.AWARDED,
        amount=Decimal(100_000),
        reasons="Un projet solide.",
        by=world.manager,
        at=LATER,
    )


def about(world: JuryAtWork, seat: Seat) -> dict[str, str]:
    """Every address of the juror's desk, by name; those about the first candidacy are marked with a star."""
    candidacy, file = world.mine.number, world.mine.submissions.get().files.all()[0]
    hearing = world.mine.hearings.first()
    shown = {name: page(name) for name in ("juror_desk", "juror_hearings", "juror_letters")}
    shown |= {name: page(name, seat.pk) for name in ("juror_charter", "juror_declarations", "juror_ranking")}
    for name in ("juror_dossier", "juror_sheet", "juror_sheet_finish", "juror_scores", "juror_tie"):
        shown[f"*{name}"] = page(name, candidacy)
    shown["*juror_file"] = page("juror_file", candidacy, file.pk)
    if hearing:
        shown |= {f"*{n}": page(n, hearing.pk) for n in ("juror_hearing", "juror_hearing_calendar")}
    return shown


def seen(client: TimedClient, seat: Seat, world: JuryAtWork) -> dict[str, tuple[int, str]]:
    """What each address answers, without what changes at every request."""
    client.force_login(seat.user)
    client.at(LATER)
    answers = {name: client.get(address) for name, address in about(world, seat).items()}
    return {
        name: (answer.status_code, re.sub(r'(csrf[^>]*?(?:value|content)=")[^"]*', r"\1", answer.content.decode()))
        for name, answer in answers.items()
    }


def test_the_pages_of_who_stays_out_are_the_same_whatever_exists_of_the_candidacy(client: TimedClient) -> None:
    world = JuryAtWork(jurors=3)
    recused, *others = world.seats
    builders.without_ties(*others)
    interests.declare_interest(recused, world.candidacies[1], verdict=Verdict.NONE, at=JURY_TIME)
    interests.recuse(recused, world.mine, reason="Lien révélé.", by=world.manager, at=JURY_TIME)
    deliberation.open_deliberation(world.jury, by=world.manager, at=JURY_TIME)
    before = seen(client, recused, world)
    open_to_all = {name for name in before if not name.startswith("*")}

    everything_happens(world)
    after = seen(client, recused, world)

    assert {name: after[name] for name in open_to_all} == {name: before[name] for name in open_to_all}
    assert {status for name, (status, _text) in after.items() if name.startswith("*")} == {404}
    assert [name for name, (_status, text) in after.items() if world.mine.number in text] == []
    # absent and forbidden have the same bytes
    client.force_login(recused.user)
    absent = client.get(page("juror_dossier", "HFC-0000-0000"))
    assert re.sub(r'(csrf[^>]*?(?:value|content)=")[^"]*', r"\1", absent.content.decode()) == after["*juror_dossier"][1]


def test_who_is_removed_elsewhere_unsworn_or_only_powerful_obtains_nothing(client: TimedClient) -> None:
    world = JuryAtWork()
    builders.without_ties(*world.seats, world.stranger)
    builders.a_convened(world.panel, world.mine)
    gone = world.seats[0]
    unsworn = builders.a_juror(world.jury, charter=False)
    panels.assign_to_panel(world.panel, unsworn, by=world.manager, at=JURY_TIME)
    as_juror(client, gone)
    assert client.get(page("juror_dossier", world.mine.number)).status_code == 200
    remove_juror(gone, reason="Départ.", by=world.manager, at=JURY_TIME)

    assert {status for status, _text in seen(client, gone, world).values()} == {404}
    for powerful in (builders.a_user(is_superuser=True, is_staff=True), world.manager):
        client.force_login(powerful)
        assert {client.get(address).status_code for address in about(world, gone).values()} == {404}
    for seat in (world.stranger, unsworn):
        answers = seen(client, seat, world)
        assert {status for name, (status, _text) in answers.items() if name.startswith("*")} == {404}
        assert [name for name, (_status, text) in answers.items() if world.mine.number in text] == []
    assert answers["juror_declarations"][0] == answers["juror_ranking"][0] == 404
    # not signed in: an invitation to be
    client.logout()
    addresses = about(world, gone).values()
    assert {client.get(address).headers.get("Location", "")[:16] for address in addresses} == {"/accounts/login/"}


def test_a_tie_to_examine_shuts_every_page_of_content_with_a_sentence(client: TimedClient) -> None:
    world = JuryAtWork(candidacies=1)
    seat = world.seats[0]
    builders.without_ties(*world.seats)
    for each in world.seats:
        builders.a_locked_sheet(each, world.mine, "4 4 4")
    interests.declare_interest(seat, world.mine, verdict=Verdict.TO_EXAMINE, reason="Voisinage.", at=JURY_TIME)

    answers = seen(client, seat, world)

    shut = ("*juror_dossier", "*juror_sheet", "*juror_sheet_finish", "*juror_scores")
    assert [answers[name][0] for name in shut] == [409] * 4
    assert all("est à l’examen" in answers[name][1] for name in shut)
    assert answers["*juror_file"][0] == 404
