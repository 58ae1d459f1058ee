"""The candidate's desk, the banner of every page, and the door everybody enters by."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import closing, drafting, withdrawal
from applications.enums import CandidacyState, Rights, Section
from applications.models import Call, Candidacy, Member
from applications.selectors.desk import banner, cards
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_manager,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)

pytestmark = pytest.mark.django_db
SETTLED = CLOSES + timedelta(minutes=2)


def fresh(member: Member) -> Candidacy:
    return Candidacy.objects.select_related("call", "dossier", "organisation").get(pk=member.candidacy_id)


def said(member: Member, at: Any = NOW) -> tuple[str, str, list[str]]:
    """Kind, word and lines of the banner, with plain spaces."""
    candidacy = fresh(member)
    shown = banner(candidacy, candidacy.dossier, at)
    return shown.kind, shown.word.replace("\u00a0", " "), [line.replace("\u00a0", " ") for line in shown.lines]


def change(member: Member) -> None:
    drafting.save_organisation(member, {"city": "Nantua"}, at=NOW + timedelta(hours=1))


def the_end(call: Call) -> None:
    closing.close_due_calls(at=SETTLED)


def test_a_draft_says_it_is_not_filed_and_until_when() -> None:
    assert said(a_signalled(a_call())) == (
        "draft",
        "BROUILLON – NON DÉPOSÉ",
        ["À déposer avant le vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)."],
    )


def test_a_filed_dossier_says_the_second_and_the_version() -> None:
    member = a_signalled(a_call())
    a_submission(member, arrived_at=CLOSES - timedelta(minutes=17, seconds=53))

    assert said(member) == (
        "filed",
        "DÉPOSÉ le 30 novembre 2018 à 16 h 42 min 07 s – version 1",
        [
            (
                "Vous pouvez le modifier et le déposer de nouveau jusqu’au vendredi 30 novembre 2018 à 17 h 00"
                " (heure de Paris)."
            )
        ],
    )


def test_a_filed_dossier_modified_since_says_which_version_counts() -> None:
    member = a_signalled(a_call())
    a_submission(member)
    change(member)

    assert said(member) == (
        "changed",
        "DÉPOSÉ (version 1) – des modifications ne sont pas déposées",
        [
            (
                "La version 1, déposée le 28 novembre 2018 à 9 h 00 min 00 s, compte tant que vous n’en déposez"
                " pas une autre."
            )
        ],
    )


def test_a_second_version_makes_it_filed_again() -> None:
    member = a_signalled(a_call())
    a_submission(member)
    change(member)
    a_submission(member, arrived_at=NOW + timedelta(hours=2))

    assert said(member)[:2] == ("filed", "DÉPOSÉ le 28 novembre 2018 à 11 h 00 min 00 s – version 2")


def test_a_withdrawn_candidacy_says_so_and_a_resumed_one_is_a_draft_again() -> None:
    member = a_signalled(a_call())
    a_submission(member)

    withdrawal.withdraw(member, at=NOW)
    withdrawn = said(member)
    withdrawal.resume(member, at=NOW)

    assert withdrawn[:2] == ("closed", "CANDIDATURE RETIRÉE")
    assert said(member) == (
        "draft",
        "BROUILLON – NON DÉPOSÉ",
        [
            "À déposer avant le vendredi 30 novembre 2018 à 17 h 00 (heure de Paris).",
            "La version 1, déposée avant le retrait, ne compte plus : déposez de nouveau.",
        ],
    )


@pytest.mark.parametrize("settled", [False, True])
def test_after_the_closing_a_draft_is_not_filed_whether_or_not_a_job_ran(settled: bool) -> None:
    call = a_call()
    member = a_signalled(call)
    if settled:
        the_end(call)

    assert said(member, SETTLED) == (
        "closed",
        "APPEL CLOS – DOSSIER NON DÉPOSÉ",
        ["L’appel a fermé le vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)."],
    )


@pytest.mark.parametrize("settled", [False, True])
def test_after_the_closing_what_counts_is_what_was_filed(settled: bool) -> None:
    call = a_call()
    member = a_signalled(call)
    a_submission(member)
    change(member)
    if settled:
        the_end(call)

    assert said(member, SETTLED) == (
        "filed",
        "DÉPOSÉ le 28 novembre 2018 à 9 h 00 min 00 s – version 1",
        [
            (
                "L’appel est clos, votre dossier est examiné. Vous serez informé par courriel de la suite."
                " Résultats prévus le 31 janvier 2019."
            ),
            "Ce qui a été modifié après ce dépôt n’est pas pris en compte.",
        ],
    )


@pytest.mark.parametrize(
    "state", [CandidacyState.ADMISSIBLE, CandidacyState.ELIGIBLE, CandidacyState.SHORTLISTED, CandidacyState.AWARDED]
)
def test_what_was_not_notified_is_not_told(state: CandidacyState) -> None:
    call = a_call()
    member = a_signalled(call)
    a_submission(member)
    the_end(call)
    before = said(member, SETTLED)
    candidacy = fresh(member)
    candidacy.state = state  # in memory only: the internal state runs ahead of what was notified

    shown = banner(candidacy, candidacy.dossier, SETTLED)

    assert (shown.kind, shown.word.replace("\u00a0", " ")) == before[:2]


def test_the_banner_costs_one_query(django_assert_num_queries: Any) -> None:
    member = a_signalled(a_call())
    a_submission(member)
    candidacy = fresh(member)

    with django_assert_num_queries(1):
        banner(candidacy, candidacy.dossier, NOW)


def test_the_next_step_follows_the_state_and_the_rights() -> None:
    call, user = a_call(), a_user()
    signalled, begun, ready, filed, changed, withdrawn = (a_signalled(call, user=user) for _ in range(6))
    drafting.save_organisation(begun, {"city": "Nantua"}, at=NOW)
    a_complete_dossier(ready)
    for member in (filed, changed):
        a_submission(member)
    change(changed)
    withdrawal.withdraw(withdrawn, at=NOW)
    members = Member.objects.of(user.pk, [])

    now = {card.member.pk: (card.next_step, card.lacks) for card in cards(members, NOW)}
    after = {card.member.pk: card.next_step for card in cards(members, SETTLED)}

    assert [now[m.pk] for m in (signalled, begun, ready, filed, changed, withdrawn)] == [
        ("start", None),
        ("continue", 19),
        ("submit", 0),
        ("continue", 0),
        ("submit", 0),
        ("resume", None),
    ]
    assert [after[m.pk] for m in (signalled, begun, ready, filed, changed, withdrawn)] == [
        "read",
        "read",
        "read",
        "follow",
        "follow",
        "read",
    ]


@pytest.mark.parametrize(
    ("rights", "step"), [(Rights.VIEW, "read"), (Rights.EDIT, "review"), (Rights.SUBMIT, "submit")]
)
def test_nobody_is_offered_what_they_may_not_do(rights: str, step: str) -> None:
    contact = a_signalled(a_call())
    a_complete_dossier(contact)
    member = joined(an_invited(contact, rights=Rights(rights)))

    assert [card.next_step for card in cards(Member.objects.of(member.user_id, []), NOW)] == [step]


def test_a_card_shows_the_state_what_is_missing_the_time_left_and_the_messages(client: TimedClient) -> None:
    user = a_user()
    member = a_signalled(a_call(), user=user)
    drafting.save_answers(member, Section.PROJECT, {}, at=NOW)
    client.force_login(user)

    page = client.get(reverse("desk")).content.decode().replace("\u00a0", " ")

    number = member.candidacy.number
    expected = [
        member.candidacy.organisation.name,
        number,
        "BROUILLON – NON DÉPOSÉ",
        "Il manque 20 éléments pour déposer.",
        "Il reste 2 jours, 8 heures",
        "Continuer le dossier",
        "2 messages reçus",
    ]
    assert [text for text in expected if text not in page] == []


def test_the_desk_of_a_session_that_signalled_shows_its_dossier_and_how_to_keep_it(client: TimedClient) -> None:
    member = a_signalled(a_call())
    session = client.session
    session["opened_memberships"] = [member.pk]
    session.save()

    page = client.get(reverse("desk")).content.decode()

    assert [member.candidacy.number in page, "Ce navigateur seul donne accès à ces dossiers" in page] == [True, True]


def test_the_desk_shows_nobody_elses_dossier_nor_one_it_was_taken_off(client: TimedClient) -> None:
    call = a_call()
    others, mine = a_signalled(call), a_signalled(call)
    user = a_user()
    member = joined(an_invited(mine, email=user.email), user)
    Member.objects.filter(pk=member.pk).update(removed_at=NOW)
    client.force_login(user)

    page = client.get(reverse("desk")).content.decode()

    assert [others.candidacy.number in page, mine.candidacy.number in page] == [False, False]
    assert reverse("signal", args=[call.slug]) in page


def test_the_desk_costs_as_much_for_thirty_candidacies_as_for_one(client: TimedClient) -> None:
    user = a_user()
    client.force_login(user)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk"))
        return len(queries)

    first = a_signalled(a_call(), user=user)
    a_submission(first)
    cost()
    one = cost()
    for n in range(29):
        member = a_signalled(a_call(with_kit=False) if n % 10 == 0 else first.candidacy.call, user=user)
        drafting.save_organisation(member, {"city": "Nantua"}, at=NOW)

    assert cost() == one <= 15


def test_nobody_is_asked_to_sign_in_and_comes_back(client: TimedClient) -> None:
    response = client.get(reverse("desk"))

    assert (response.status_code, response.url) == (302, f"{reverse('account_login')}?next={reverse('desk')}")


def test_the_entrance_leads_each_where_they_belong(client: TimedClient) -> None:
    call = a_call()
    candidate, nobody, manager = a_user(), a_user(), a_manager(call)
    a_signalled(call, user=candidate)

    led = {}
    for user in (candidate, nobody, manager):
        client.force_login(user)
        led[user.pk] = client.get(reverse("entrance")).url

    assert led == {candidate.pk: reverse("desk"), nobody.pk: reverse("desk"), manager.pk: reverse("admin:index")}
