"""Declare: names only before, everything typed kept, a recusal for good, a tie looked at by the chair."""

from typing import Any

import pytest

from juries.actions import interests, panels
from juries.enums import Verdict
from juries.models import InterestDeclaration, Recusal, Seat
from juries.rules.ties import remarks
from juries.selectors.introductions import introductions
from tests import builders
from tests.builders import TimedClient
from tests.builders.juries import JURY_TIME
from tests.builders.jurors import JuryAtWork, as_juror, page

pytestmark = pytest.mark.django_db


def common_ground() -> JuryAtWork:
    return JuryAtWork()


@pytest.fixture
def world(ground: JuryAtWork) -> JuryAtWork:
    return ground


def declared(seat: Seat) -> dict[str, str]:
    rows = InterestDeclaration.objects.filter(seat=seat)
    return {row.candidacy.number: row.verdict for row in rows.select_related("candidacy")}


def test_before_declaring_a_candidacy_is_its_names_and_nothing_else(client: TimedClient, world: JuryAtWork) -> None:
    seat = world.seats[0]

    shown = as_juror(client, seat).get(page("juror_declarations", seat.pk))

    text = shown.content.decode()
    for candidacy in world.candidacies:
        assert candidacy.number in text
    for name in ("Département d’essai", "Société d’essai", "Ain, Allier"):
        assert name in text
    for content in ("Notre réponse", "250", "Alix Représentant", world.elsewhere.number):
        assert content not in text
    assert [client.get(page("juror_dossier", c.number)).status_code for c in world.candidacies] == [409, 409]


def test_what_is_ticked_is_kept_whole_when_one_reason_is_missing(client: TimedClient, world: JuryAtWork) -> None:
    seat, (first, second) = world.seats[0], world.candidacies
    address = page("juror_declarations", seat.pk)
    typed = {f"{first.number}-verdict": "none", f"{second.number}-verdict": "recused", f"{second.number}-reason": ""}

    refused = as_juror(client, seat).post(address, typed)

    assert (refused.status_code, declared(seat)) == (422, {})
    forms = {row["introduction"].candidacy: row["form"] for row in refused.context["rows"]}
    assert [forms[c]["verdict"].value() for c in (first, second)] == ["none", "recused"]

    answer = client.post(address, typed | {f"{second.number}-reason": "Mon employeur."})

    assert answer.headers["Location"] == page("juror_desk")
    assert declared(seat) == {first.number: Verdict.NONE, second.number: Verdict.RECUSED}
    assert Recusal.objects.get().candidacy == second
    # posted again: the candidacy kept out is not known any more, the other was said
    assert client.post(address, typed | {f"{second.number}-reason": "Mon employeur."}).status_code == 302
    assert Recusal.objects.count() == 1


def test_a_part_may_be_declared_and_the_rest_later(client: TimedClient, world: JuryAtWork) -> None:
    seat, (first, _second) = world.seats[0], world.candidacies
    address = page("juror_declarations", seat.pk)

    answer = as_juror(client, seat).post(address, {f"{first.number}-verdict": "none"})

    assert answer.headers["Location"] == address
    assert declared(seat) == {first.number: Verdict.NONE}
    assert client.get(page("juror_dossier", first.number)).status_code == 409
    assert client.post(address, {}).headers["Location"] == address
    forged = client.post(address, {f"{world.elsewhere.number}-verdict": "none", "x-verdict": "none"})
    assert (forged.status_code, declared(seat)) == (302, {first.number: Verdict.NONE})


def test_an_invented_verdict_is_refused_in_a_sentence(client: TimedClient, world: JuryAtWork) -> None:
    seat = world.seats[0]

    refused = as_juror(client, seat).post(
        page("juror_declarations", seat.pk), {f"{world.mine.number}-verdict": "perhaps"}
    )

    assert (refused.status_code, declared(seat)) == (422, {})


def test_a_tie_discovered_later_closes_the_dossier_or_keeps_out_for_good(
    client: TimedClient, world: JuryAtWork
) -> None:
    seat, (first, second) = world.seats[0], world.candidacies
    builders.without_ties(seat)
    as_juror(client, seat)
    assert client.get(page("juror_dossier", first.number)).status_code == 200

    silent = client.post(page("juror_tie", first.number), {"verdict": "to_examine", "reason": " "})
    backwards = client.post(page("juror_tie", first.number), {"verdict": "none", "reason": ""})
    client.post(page("juror_tie", first.number), {"verdict": "to_examine", "reason": "Une ancienne collègue."})
    client.post(page("juror_tie", second.number), {"verdict": "recused", "reason": "Mon frère y travaille."})

    assert (silent.status_code, backwards.status_code) == (422, 422)
    closed = client.get(page("juror_dossier", first.number))
    assert (closed.status_code, "est à l’examen" in closed.content.decode()) == (409, True)
    assert client.get(page("juror_dossier", second.number)).status_code == 404
    assert client.get(page("juror_tie", second.number)).status_code == 404
    own = client.get(page("juror_declarations", seat.pk)).content.decode()
    assert "Vos déports" in own


def test_the_chair_clears_a_tie_or_keeps_its_author_out(client: TimedClient, world: JuryAtWork) -> None:
    seat, (first, second) = world.seats[0], world.candidacies
    ties = [
        interests.declare_interest(seat, c, verdict=Verdict.TO_EXAMINE, reason="Voisinage.", at=JURY_TIME)
        for c in (first, second)
    ]
    as_juror(client, world.chair)
    assert "2 liens déclarés" in client.get(page("juror_desk")).content.decode()
    assert [row["tie"] for row in client.get(page("juror_ties")).context["rows"]] == ties

    silent = client.post(page("juror_tie_examine", ties[0].pk), {f"{ties[0].pk}-reason": "", "clear": "1"})
    client.post(page("juror_tie_examine", ties[0].pk), {f"{ties[0].pk}-reason": "Sans portée.", "clear": "1"})
    client.post(page("juror_tie_examine", ties[1].pk), {f"{ties[1].pk}-reason": "Trop proche.", "recuse": "1"})
    again = client.post(page("juror_tie_examine", ties[1].pk), {f"{ties[1].pk}-reason": "Encore.", "clear": "1"})

    assert (silent.status_code, again.status_code) == (409, 404)
    as_juror(client, seat)
    assert client.get(page("juror_dossier", first.number)).status_code == 200
    assert client.get(page("juror_dossier", second.number)).status_code == 404


def test_only_the_chair_examines_and_never_its_own_tie(client: TimedClient, world: JuryAtWork) -> None:
    panels.assign_to_panel(world.panel, world.chair, by=world.manager, at=JURY_TIME)
    mine = interests.declare_interest(
        world.chair, world.mine, verdict=Verdict.TO_EXAMINE, reason="Voisinage.", at=JURY_TIME
    )

    as_juror(client, world.chair)
    own = client.post(page("juror_tie_examine", mine.pk), {f"{mine.pk}-reason": "Rien.", "clear": "1"})
    as_juror(client, world.seats[0])
    others = [client.get(page("juror_ties")), client.post(page("juror_tie_examine", mine.pk), {"clear": "1"})]

    assert [r.status_code for r in (own, *others)] == [404, 404, 404]
    mine.refresh_from_db()
    assert mine.verdict == Verdict.TO_EXAMINE


@pytest.mark.parametrize("n", [1, 12])
def test_the_declarations_cost_the_same_for_one_and_many(
    client: TimedClient, n: int, django_assert_num_queries: Any, ground: JuryAtWork
) -> None:
    world = JuryAtWork(candidacies=n, jurors=1)
    seat = world.seats[0]
    as_juror(client, seat)

    with django_assert_num_queries(10):
        assert client.get(page("juror_declarations", seat.pk)).status_code == 200


def test_what_strikes_the_eye_is_told_and_nothing_else(world: JuryAtWork) -> None:
    seat = world.seats[0]
    says = world.mine.submissions.get().says
    seat.capacity = "Direction du numérique, département de l’Ain"
    seat.user.email = "jure@departement-essai.fr"
    says["partners"][0]["contact_email"] = "Contact@Departement-Essai.FR"

    told = [str(sentence).replace("\u00a0", " ") for sentence in remarks(seat, says)]

    assert told == [
        "Une adresse de ce dossier a le même domaine que la vôtre : departement-essai.fr.",
        "Votre qualité, « Direction du numérique, département de l’Ain », cite « Ain ».",
    ]
    seat.capacity, seat.user.email = "Inspectrice générale", "jure@gmail.com"
    assert remarks(seat, says) == []


def test_a_juror_who_works_on_a_dossier_is_told_so(world: JuryAtWork) -> None:
    seat = world.seats[0]
    contact = world.mine.members.get()
    contact.user = seat.user
    contact.save()

    told = {one.candidacy: [str(r) for r in one.remarks] for one in introductions(seat, JURY_TIME)}

    assert told == {world.mine: ["Votre compte travaille sur ce dossier."], world.candidacies[1]: []}
