"""Structures of the same territories: shown to each other only when both chose it, and never an address."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import drafting, membership, withdrawal
from applications.actions.neighbours import make_known, stay_unknown, write_to_neighbour
from applications.enums import Rights, Role
from applications.models import Call, CandidacyLine, Member, Neighbour, NeighbourMessage, Territory
from applications.selectors.neighbours import neighbourhood
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import CLOSES, NOW, TimedClient, a_call, a_signalled, a_user, an_invited
from tests.builders import joined as with_account
from tests.builders.examined import team_of

pytestmark = pytest.mark.django_db
TEXT = "Nous cherchons un partenaire dans l’Ain."


def a_candidate(call: Call, name: str, codes: tuple[str, ...] = ("01", "03")) -> Member:
    return a_signalled(call, user=a_user(), name=name, territories=Territory.objects.filter(code__in=codes))


def known(member: Member, *codes: str) -> Neighbour:
    """Make it known in its territories, or in those given."""
    chosen = Territory.objects.filter(code__in=codes) if codes else member.candidacy.territories.all()
    return make_known(member, list(chosen), at=NOW)


def seen_by(member: Member) -> list[tuple[str, list[str]]]:
    found = neighbourhood(member.candidacy, is_open=True).known
    return [(other.name, [territory.code for territory in other.territories]) for other in found]


def enter(client: TimedClient, member: Member) -> None:
    assert member.user
    client.force_login(member.user)


def page(member: Member) -> str:
    return reverse("neighbours", args=[member.candidacy.number])


def writing(member: Member, code: str) -> str:
    return reverse("neighbour_write", args=[member.candidacy.number, code])


def read(client: TimedClient, member: Member) -> str:
    return str(client.get(page(member)).text).replace("\u00a0", " ")


def carried() -> list[Letter]:
    return list(Letter.objects.filter(kind="neighbour_message").order_by("pk"))


def acts(member: Member) -> list[str]:
    return list(
        CandidacyLine.objects.filter(subject=member.candidacy).order_by("sequence").values_list("act", flat=True)
    )


# ---------------------------------------------------------------- who is shown to whom


def test_off_by_default_nobody_is_shown_to_anybody(client: TimedClient) -> None:
    call = a_call()
    member, other = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    known(other)
    enter(client, member)

    shown = read(client, member)

    assert Neighbour.objects.filter(candidacy=member.candidacy).count() == 0
    assert "Bêta" not in shown
    assert "Si vous l’acceptez, le nom de votre structure, et rien d’autre, est montré" in shown
    assert (seen_by(member), seen_by(other)) == ([], [])


def test_both_having_chosen_each_sees_the_name_of_the_other_and_where(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta", ("03", "07"))
    far, elsewhere = a_candidate(call, "Lointaine", ("974",)), a_candidate(a_call(), "Autre appel")
    for member in (alpha, beta, far, elsewhere):
        known(member)
    enter(client, alpha)

    shown = read(client, alpha)

    assert (seen_by(alpha), seen_by(beta)) == ([("Bêta", ["03"])], [("Alpha", ["03"])])
    assert (seen_by(far), seen_by(elsewhere)) == ([], [])
    for secret in (beta.email, beta.name, beta.candidacy.number, "Lointaine", "Autre appel", "Ardèche"):
        assert secret not in shown


def test_the_choice_is_taken_back_and_journalled_without_a_territory() -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    known(alpha)
    known(beta)

    known(alpha, "03")
    known(alpha, "03")
    stay_unknown(alpha, at=NOW)
    stay_unknown(alpha, at=NOW)

    assert (seen_by(alpha), seen_by(beta)) == ([], [])
    assert acts(alpha) == ["signal", "make_known", "change_known", "stay_unknown"]
    lines = CandidacyLine.objects.filter(subject=alpha.candidacy).exclude(act="signal")
    assert [line.details for line in lines] == [{}, {}, {}]


def test_a_structure_that_withdrew_is_shown_to_nobody_nor_anybody_to_it(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    code = known(alpha).code
    known(beta)
    enter(client, beta)

    withdrawal.withdraw(beta, at=NOW)
    beta.candidacy.refresh_from_db()

    assert (seen_by(alpha), seen_by(beta)) == ([], [])
    shown = read(client, beta)
    assert "Cette candidature est retirée" in shown
    assert "Alpha" not in shown
    assert client.get(writing(beta, code)).status_code == 404


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([], "au moins un"),
        (["01", "03", "07"], "n’est pas de votre candidature"),
        (["01", "03", "07", "2A", "67", "971"], "au plus 5"),
    ],
)
def test_one_is_known_only_in_some_territories_of_one_s_own(codes: list[str], said: str) -> None:
    member = a_candidate(a_call(), "Alpha")

    with pytest.raises(Refusal, match=said):
        make_known(member, list(Territory.objects.filter(code__in=codes)), at=NOW)

    assert Neighbour.objects.count() == 0


def test_territories_of_the_draft_are_offered_beside_those_signalled(client: TimedClient) -> None:
    member = a_candidate(a_call(), "Alpha", ("01",))
    chosen = list(Territory.objects.filter(code="2A"))
    drafting.save_territories(member, chosen, texts={}, reason="", at=NOW)
    enter(client, member)

    answer = client.post(page(member), {"territories": ["2A"]})

    assert answer.url == page(member)
    assert list(Neighbour.objects.get().territories.values_list("pk", flat=True)) == ["2A"]
    assert 'value="01" id="near-01"' in read(client, member)


def test_at_the_closing_nobody_is_shown_any_more(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    known(alpha)
    code = known(beta).code
    enter(client, alpha)
    client.at(CLOSES)

    shown = read(client, alpha)
    posted = client.post(page(alpha), {"territories": ["01"]})
    written = client.post(writing(alpha, code), {"text": TEXT})

    assert "Bêta" not in shown
    assert "ne sont plus montrées" in shown
    assert (posted.status_code, written.status_code, carried()) == (409, 409, [])


# ---------------------------------------------------------------- messages


def test_a_message_is_carried_to_the_contact_without_any_address(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha <b>"), a_candidate(call, "Bêta")
    known(alpha)
    code = known(beta).code
    enter(client, alpha)

    form = client.get(writing(alpha, code))
    sent = client.post(writing(alpha, code), {"text": f"{TEXT}\r\n<img src=x>"})

    assert (form.status_code, sent.url) == (200, page(alpha))
    (letter,) = carried()
    assert (letter.address, letter.reply_to, letter.recipient) == (beta.email, "", beta.user)
    for body in (letter.subject, letter.text, letter.html):
        assert alpha.email not in body
        assert alpha.name not in body
        assert alpha.candidacy.number not in body
    assert "Alpha" not in letter.subject
    assert f"{TEXT}\n<img src=x>" in letter.text
    assert "&lt;img src=x&gt;" in letter.html
    assert "<img" not in letter.html
    assert page(beta) + "#echanges" in letter.text
    assert "votre réponse arrive à ce service" not in letter.text + letter.html
    assert letter.text.count("Ne répondez pas à ce courriel") == letter.html.count("Ne répondez pas à ce courriel") == 1
    assert acts(alpha)[-1] == "write_to_neighbour"


def test_the_answer_goes_through_the_portal(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    mine, code = known(alpha), known(beta).code
    write_to_neighbour(alpha, code, f"{TEXT} <script>", at=NOW)
    enter(client, beta)

    shown = read(client, beta)
    client.post(writing(beta, mine.code), {"text": "Parlons-en."})

    assert "De « Alpha »" in shown
    assert f"{TEXT} &lt;script&gt;" in shown
    assert writing(beta, mine.code) in shown
    assert [letter.address for letter in carried()] == [beta.email, alpha.email]


def test_one_may_still_answer_a_structure_that_moved_but_not_one_that_left(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    mine, code = known(alpha, "01"), known(beta, "01").code
    write_to_neighbour(alpha, code, TEXT, at=NOW)
    known(alpha, "03")

    write_to_neighbour(beta, mine.code, "Toujours là ?", at=NOW)
    stay_unknown(alpha, at=NOW)
    enter(client, beta)

    with pytest.raises(Refusal, match="n’est plus joignable"):
        write_to_neighbour(beta, mine.code, "Et maintenant ?", at=NOW)
    assert client.get(writing(beta, mine.code)).status_code == 404
    assert "Cette structure n’est plus joignable par le portail." in read(client, beta)
    assert len(carried()) == 2


def test_the_same_message_sent_twice_is_one_letter() -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    known(alpha)
    code = known(beta).code

    first, again = (write_to_neighbour(alpha, code, TEXT, at=NOW) for _ in range(2))

    assert (first == again, len(carried())) == (True, 1)


def test_a_day_has_three_messages_to_one_structure_and_ten_in_all() -> None:
    call = a_call()
    alpha = a_candidate(call, "Alpha")
    known(alpha)
    codes = [known(a_candidate(call, f"Structure {n}")).code for n in range(5)]

    for rank in range(3):
        write_to_neighbour(alpha, codes[0], f"{TEXT} {rank}", at=NOW)
    with pytest.raises(Refusal, match="trois fois"):
        write_to_neighbour(alpha, codes[0], "Encore", at=NOW)
    for rank in range(7):
        write_to_neighbour(alpha, codes[1 + rank % 3], f"{TEXT} {rank}", at=NOW)
    with pytest.raises(Refusal, match="dix messages"):
        write_to_neighbour(alpha, codes[4], TEXT, at=NOW)

    assert len(carried()) == NeighbourMessage.objects.count() == 10
    write_to_neighbour(alpha, codes[0], "Demain", at=NOW + timedelta(days=1))


@pytest.mark.parametrize(("text", "said"), [(" \r\n ", "Écrivez votre message"), ("a" * 2001, "a 2001 signes")])
def test_an_empty_or_endless_message_is_refused_and_kept_on_the_page(client: TimedClient, text: str, said: str) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    known(alpha)
    code = known(beta).code
    enter(client, alpha)

    answer = client.post(writing(alpha, code), {"text": text})

    assert answer.status_code in (409, 422)
    assert said in answer.text.replace("\u00a0", " ")
    assert text.strip() in answer.text
    assert carried() == []


# ---------------------------------------------------------------- who may


def test_the_choice_is_for_those_who_submit_and_messages_for_those_who_edit(client: TimedClient) -> None:
    call = a_call()
    alpha, beta = a_candidate(call, "Alpha"), a_candidate(call, "Bêta")
    editor = with_account(an_invited(alpha))
    reader = with_account(an_invited(alpha, rights=Rights.VIEW))
    known(alpha)
    code = known(beta).code

    answers = {}
    for name, member in (("editor", editor), ("reader", reader)):
        enter(client, member)
        answers[name] = [
            client.get(page(alpha)).status_code,
            client.post(page(alpha), {"leave": "1"}).status_code,
            client.get(writing(alpha, code)).status_code,
        ]

    assert answers == {"editor": [200, 404, 200], "reader": [200, 404, 404]}
    assert Neighbour.objects.count() == 2


def test_others_find_nothing(client: TimedClient, another_client: TimedClient) -> None:
    call = a_call()
    alpha, beta, stranger = (a_candidate(call, name) for name in ("Alpha", "Bêta", "Gamma"))
    known(alpha)
    code = known(beta).code
    removed = with_account(an_invited(alpha))
    membership.remove(alpha, removed, at=NOW)
    manager = team_of(call, Role.MANAGER)[0]

    for user in (stranger.user, removed.user, manager):
        assert user
        client.force_login(user)
        assert client.get(page(alpha)).status_code == 404
        assert client.post(writing(alpha, code), {"text": TEXT}).status_code == 404
    assert another_client.get(page(alpha)).status_code == 302
    enter(client, stranger)
    assert client.get(writing(stranger, code)).status_code == 404  # it has not made itself known
    assert carried() == []


def test_its_pages_cost_the_same_for_one_neighbour_and_for_thirty(
    client: TimedClient, django_assert_max_num_queries: Any
) -> None:
    call = a_call()
    alpha = a_candidate(call, "Alpha")
    mine = known(alpha)
    for n in range(30):
        other = a_candidate(call, f"Structure {n}")
        known(other)
        write_to_neighbour(other, mine.code, TEXT, at=NOW)
    enter(client, alpha)

    with django_assert_max_num_queries(15):
        assert read(client, alpha).count("Lui écrire") == 30
    with django_assert_max_num_queries(15):
        assert client.get(writing(alpha, Neighbour.objects.last().code)).status_code == 200  # type: ignore[union-attr]
