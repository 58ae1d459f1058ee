"""The task list of a dossier: what is done, what is missing, what to do next."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from applications.actions.drafting import save_answers
from applications.actions.withdrawal import withdraw
from applications.content import dossier_content, kept_content
from applications.enums import Rights, Section
from applications.models import Dossier, Member
from applications.selectors.dossier import PLACES, draft_of, next_step, tasks
from tests.builders import NOW, a_call, a_complete_dossier, a_signalled, a_submission, a_user, an_invited, joined
from tests.builders.browsers import TimedClient

pytestmark = pytest.mark.django_db


def fresh(member: Member) -> Member:
    return Member.objects.select_related(
        "user", "candidacy__call", "candidacy__organisation", "candidacy__dossier"
    ).get(pk=member.pk)


def a_member_signed_in(client: TimedClient, **said: Any) -> Member:
    user = a_user()
    member = a_signalled(a_call(), user=user, **said)
    client.force_login(user)
    return member


def page(client: TimedClient, member: Member) -> str:
    return spaced(client.get(reverse("dossier", args=[member.candidacy.number])).text)


def spaced(html: str) -> str:
    """A page with ordinary spaces, so that a claim reads as it is spoken."""
    return html.replace("\u00a0", " ")


def test_what_a_dossier_nobody_saved_says_is_what_its_tables_say() -> None:
    dossier = a_signalled(a_call()).candidacy.dossier

    assert kept_content(dossier) == dossier_content(dossier)


def test_what_the_pages_read_is_what_the_last_save_left() -> None:
    member = a_signalled(a_call())
    a_complete_dossier(member)
    dossier = Dossier.objects.get(candidacy=member.candidacy)

    assert kept_content(dossier) == dossier_content(dossier)


def test_a_new_dossier_has_everything_to_begin_but_what_signalling_said() -> None:
    draft = draft_of(fresh(a_signalled(a_call())), NOW)

    assert [(task["place"], task["state"]) for task in tasks(draft)] == [
        ("organisation", "started"),
        *((place, "todo") for place in PLACES[1:]),
    ]


def test_a_complete_dossier_has_nothing_left_but_to_be_submitted(client: TimedClient) -> None:
    member = a_member_signed_in(client)
    a_complete_dossier(member)
    draft = draft_of(fresh(member), NOW)

    assert {task["state"] for task in tasks(draft)} == {"done"}
    assert next_step(draft) == {
        "label": "Vérifier et déposer",
        "url": reverse("review", args=[member.candidacy.number]),
    }
    assert "9 parties complètes sur 9." in page(client, member)


def test_the_next_step_is_the_first_place_that_lacks_something() -> None:
    member = a_signalled(a_call())
    a_complete_dossier(member)
    title = member.candidacy.call.questions.get(code="title")
    save_answers(member, Section.PROJECT, {title: ""}, at=NOW)

    draft = draft_of(fresh(member), NOW)

    assert next_step(draft) == {
        "label": "Continuer\u00a0: Le projet",
        "url": reverse("section", args=[member.candidacy.number, "project"]),
    }
    assert tasks(draft)[1]["state"] == "started"
    assert tasks(draft)[1]["note"].startswith("Il manque une réponse. Modifié par ")


def test_the_list_says_who_wrote_last_and_when(client: TimedClient) -> None:
    member = a_member_signed_in(client)
    colleague = joined(an_invited(member))
    question = member.candidacy.call.questions.get(code="title")
    save_answers(colleague, Section.PROJECT, {question: "Un titre"}, at=NOW - timedelta(hours=1))

    assert f"Modifié par {colleague.name} le 28 novembre 2018 à 8 h 00." in page(client, member)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("draft", "BROUILLON – NON DÉPOSÉ"), ("filed", "DÉPOSÉ le 28"), ("changed", "des modifications ne sont pas")],
)
def test_the_banner_never_leaves(client: TimedClient, state: str, expected: str) -> None:
    member = a_member_signed_in(client)
    if state != "draft":
        a_submission(member)
    if state == "changed":
        save_answers(member, Section.PROJECT, {member.candidacy.call.questions.get(code="title"): "Un autre"}, at=NOW)

    for name, args in [("dossier", []), ("section", ["project"]), ("documents", [])]:
        assert expected in client.get(reverse(name, args=[member.candidacy.number, *args])).text


def test_the_deadline_is_told_with_its_zone_and_in_the_local_time_of_overseas(client: TimedClient) -> None:
    member = a_member_signed_in(client)
    a_complete_dossier(member, territories=("971", "974"))

    shown = page(client, member)

    assert "vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)" in shown
    assert "Guadeloupe : vendredi 30 novembre 2018 à 12 h 00, heure locale" in shown
    assert "La Réunion : vendredi 30 novembre 2018 à 20 h 00, heure locale" in shown


def test_a_closed_or_withdrawn_dossier_says_why_it_is_read_only(client: TimedClient, closes: Any) -> None:
    member = a_member_signed_in(client)
    a_complete_dossier(member)
    number = member.candidacy.number

    client.at(closes)
    assert "L’appel est clos depuis le vendredi 30 novembre 2018 à 17 h 00" in page(client, member)
    client.at(NOW)
    withdraw(member, at=NOW)
    shown = client.get(reverse("section", args=[number, "project"])).text

    assert "Cette candidature est retirée : son dossier se lit, mais ne se modifie plus." in spaced(shown)
    assert "<textarea" not in shown


def test_somebody_who_may_only_look_reads_the_same_pages_without_a_form(client: TimedClient) -> None:
    member = a_signalled(a_call())
    a_complete_dossier(member)
    viewer = a_user()
    joined(an_invited(member, rights=Rights.VIEW, email=viewer.email), viewer)
    client.force_login(viewer)

    for name, args in [("section", ["budget"]), ("documents", [])]:
        shown = client.get(reverse(name, args=[member.candidacy.number, *args])).text
        assert "Vous pouvez lire ce dossier. Pour le modifier" in shown
        assert 'type="file"' not in shown
        assert "data-autosave" not in shown


def test_a_viewer_who_posts_is_told_nothing_more_than_a_stranger(client: TimedClient) -> None:
    member = a_signalled(a_call())
    viewer = a_user()
    joined(an_invited(member, rights=Rights.VIEW, email=viewer.email), viewer)
    client.force_login(viewer)
    number = member.candidacy.number

    assert client.post(reverse("section", args=[number, "project"]), {"title": "x"}).status_code == 404


@pytest.mark.parametrize(("name", "args"), [("dossier", []), ("section", ["project"]), ("documents", [])])
def test_somebody_elses_dossier_answers_as_one_that_does_not_exist(
    client: TimedClient, name: str, args: list[str]
) -> None:
    theirs = a_signalled(a_call())
    client.force_login(a_user())

    forbidden = client.get(reverse(name, args=[theirs.candidacy.number, *args]))
    absent = client.get(reverse(name, args=["HFC-0000-0000", *args]))

    assert (forbidden.status_code, absent.status_code) == (404, 404)
    assert without_token(forbidden.text) == without_token(absent.text).replace("HFC-0000-0000", theirs.candidacy.number)


def without_token(html: str) -> str:
    lines = html.splitlines()
    return "\n".join(line for line in lines if "csrf" not in line)


def test_an_unknown_section_does_not_exist(client: TimedClient) -> None:
    member = a_member_signed_in(client)

    assert client.get(reverse("section", args=[member.candidacy.number, "documents"])).status_code == 404


@pytest.mark.parametrize("saved", [False, True])
def test_the_task_list_costs_the_same_empty_and_full(
    client: TimedClient, saved: bool, django_assert_max_num_queries: Any
) -> None:
    member = a_member_signed_in(client)
    if saved:
        a_complete_dossier(member, territories=("01", "03", "07", "2A", "67"))

    with django_assert_max_num_queries(15):
        page(client, member)
