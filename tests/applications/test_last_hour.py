"""The last hour: a short page to finish and submit, which works on a poor line and without scripts."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import drafting, withdrawal
from applications.actions.closing import close_due_calls
from applications.enums import Rights, Section
from applications.models import Dossier, FollowUp, Indicator, LateAttempt, Member, Milestone, Submission
from applications.rules.deadline import FREEZE_DELAY
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_consent,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]
AN_HOUR_BEFORE = CLOSES - timedelta(hours=1)
AT_1657 = CLOSES - timedelta(minutes=3)
TITLE = "La dernière heure : finir et déposer"


def common_ground() -> Member:
    """The contact of a complete dossier."""
    found = a_signalled(a_call(), user=a_user(name="Camille Martin"))
    a_complete_dossier(found)
    return found


@pytest.fixture
def member(client: TimedClient, ground: Member) -> Member:
    """The same, signed in, at 16:57."""
    assert ground.user
    client.force_login(ground.user)
    client.at(AT_1657)
    return ground


def address(name: str, member: Member, *more: Any) -> str:
    return reverse(name, args=[member.candidacy.number, *more])


def text(response: Any) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare).replace("&#x27;", "'")


def is_short(client: TimedClient, member: Member) -> bool:
    return TITLE in text(client.get(address("dossier", member)))


def without_calendar(member: Member) -> None:
    drafting.save_rows(member, Section.CALENDAR, {Milestone: [], Indicator: []}, at=NOW)


# ---------------------------------------------------------------- when it is shown


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (AN_HOUR_BEFORE - timedelta(microseconds=1), False),
        (AN_HOUR_BEFORE, True),
        (CLOSES - timedelta(microseconds=1), True),
        (CLOSES, False),
    ],
)
def test_the_dossier_opens_on_it_from_an_hour_before_to_the_closing_second(
    client: TimedClient, member: Member, instant: Any, shown: bool
) -> None:
    client.at(instant)

    assert is_short(client, member) is shown


def test_what_is_submitted_as_it_stands_opens_as_usual_and_what_is_ahead_on_the_short_page(
    client: TimedClient, member: Member
) -> None:
    a_submission(member)
    assert is_short(client, member) is False

    without_calendar(member)

    page = text(client.get(address("dossier", member)))
    assert "Version 1 déposée, la suite ne l’est pas" in page
    assert "compte tant que vous n’en déposez pas une autre" in page


def test_a_withdrawn_candidacy_and_whoever_only_reads_see_the_usual_page(client: TimedClient, member: Member) -> None:
    reader = joined(an_invited(member, rights=Rights.VIEW))
    assert reader.user
    client.force_login(reader.user)
    assert is_short(client, member) is False

    withdrawal.withdraw(member, at=NOW)
    assert member.user
    client.force_login(member.user)
    assert is_short(client, member) is False


def test_the_whole_dossier_is_one_link_away_and_after_the_closing_leads_back(
    client: TimedClient, member: Member
) -> None:
    assert address("whole_dossier", member) in client.get(address("dossier", member)).content.decode()
    assert "Les parties du dossier" in text(client.get(address("whole_dossier", member)))

    client.at(CLOSES)

    after = client.get(address("whole_dossier", member))
    assert (after.status_code, after["Location"]) == (302, address("dossier", member))


def test_a_stranger_finds_neither(client: TimedClient, member: Member) -> None:
    client.force_login(a_user())

    assert [client.get(address(name, member)).status_code for name in ("dossier", "whole_dossier")] == [404, 404]


# ---------------------------------------------------------------- what it says and does


def test_it_says_the_time_left_the_closing_second_and_what_would_be_sent(client: TimedClient, member: Member) -> None:
    page = text(client.get(address("dossier", member))).replace("\u00a0", " ")

    said = [
        "Il reste 3 minutes",
        "Clôture : 30 novembre 2018 à 17 h 00 min 00 s (heure de Paris). Cette seconde même est trop tard.",
        "Compté à 16 h 57 min 00 s, à l’heure de la plateforme",
        "Rien ne manque pour déposer",
        "Alix Représentant, présidence",
        "Total des dépenses 350 000,50 €",
        "Subvention demandée 250 000 €",
        "1 pièce suivra",
        "Déposer le dossier (version 1)",
        "01 99 00 20 18",
        "J’ai un problème",
    ]
    assert [sentence for sentence in said if sentence not in page] == []


def test_it_submits_in_one_post_the_revision_it_showed(client: TimedClient, member: Member) -> None:
    page = client.get(address("dossier", member)).content.decode()
    revision = re.findall(r'name="revision" value="(\d+)"', page)

    done = client.post(address("submit", member), {"revision": revision[0]})

    assert (done.status_code, done["Location"]) == (302, address("submitted", member, 1))
    assert Submission.objects.get().revision == Dossier.objects.get(candidacy=member.candidacy_id).revision


def test_what_is_missing_leads_to_its_place_and_there_is_no_button(client: TimedClient, member: Member) -> None:
    without_calendar(member)

    page = client.get(address("dossier", member)).content.decode()

    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page)[:2]
    calendar = address("section", member, "calendar")
    assert links == [
        (calendar, "Ajoutez au moins un jalon au calendrier."),
        (calendar, "Ajoutez au moins un indicateur de résultat."),
    ]
    assert ("Il manque 2 choses" in page.replace("\u00a0", " "), 'name="revision"' in page) == (True, False)


def test_one_tap_promises_what_may_follow_and_comes_back(client: TimedClient, member: Member) -> None:
    FollowUp.objects.all().delete()
    # Another save keeps the content as it stands now.
    drafting.save_statement(member, {"public_summary": "Un hub."}, at=NOW)
    page = client.get(address("dossier", member)).content.decode()
    form = re.findall(r'<form method="post" action="([^"]+/suivra/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', form[0][1]))
    assert "Promettre pour le 14 décembre 2018" in page.replace("\u00a0", " ")

    done = client.post(form[0][0], fields, follow=True)

    assert done.redirect_chain == [(address("dossier", member), 302)]
    assert list(FollowUp.objects.values_list("reason", flat=True)) == [
        "Elle n’était pas encore délivrée ou signée à la clôture."
    ]
    assert "Déposer le dossier (version 1)" in text(done).replace("\u00a0", " ")


def test_whoever_may_not_submit_is_told_to_warn_who_may(client: TimedClient, member: Member) -> None:
    editor = joined(an_invited(member, rights=Rights.EDIT))
    assert editor.user
    client.force_login(editor.user)

    page = client.get(address("dossier", member)).content.decode()

    assert ("prévenez maintenant qui le peut" in page, 'name="revision"' in page) == (True, False)


def test_a_dossier_nobody_began_offers_to_begin(client: TimedClient, member: Member) -> None:
    begun = a_signalled(member.candidacy.call, user=member.user)

    page = text(client.get(address("dossier", begun)))

    assert ("Rien n’est encore saisi" in page, "Commencer le dossier" in page) == (True, True)


def test_it_weighs_less_than_twenty_kilobytes_style_and_script_included(client: TimedClient, member: Member) -> None:
    without_calendar(member)
    page = client.get(address("dossier", member)).content
    html = page.decode()

    build = Path(__file__).resolve().parents[2] / "static" / "build"
    if not build.exists():
        pytest.skip("the assets are not built")
    sent = [page, (build / "light.css").read_bytes(), (build / "light.js").read_bytes()]
    weight = sum(len(gzip.compress(content)) for content in sent)
    assert weight < 20_000
    assert re.findall(r"<img|<svg|woff2|portal\.(?:css|js)", html) == []


def test_it_costs_fifteen_queries_at_most(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    client.get(address("dossier", member))

    with django_assert_max_num_queries(15):
        client.get(address("dossier", member))


# ---------------------------------------------------------------- the clock


def test_the_server_says_its_instant_to_anybody(client: TimedClient, member: Member) -> None:
    client.logout()

    response = client.get(reverse("server_time"))

    assert (response.content.decode(), response["Cache-Control"], response["Content-Type"]) == (
        f"{AT_1657.isoformat()}\n",
        "no-store",
        "text/plain",
    )
    assert client.post(reverse("server_time")).status_code == 405


# ---------------------------------------------------------------- from 17:00:00 on


def test_after_the_closing_the_page_says_what_counts_and_the_draft_is_kept(client: TimedClient, member: Member) -> None:
    client.at(CLOSES)
    client.post(address("submit", member), {"revision": Dossier.objects.get(candidacy=member.candidacy_id).revision})
    assert LateAttempt.objects.count() == 1

    page = text(client.get(address("dossier", member))).replace("\u00a0", " ")

    said = [
        "Un dépôt compte s’il est arrivé avant le 30 novembre 2018 à 17 h 00 min 00 s (heure de Paris)",
        "cette seconde même est hors délai",
        "envoi arrivé le 30 novembre 2018 à 17 h 00 min 00 s",
        "L’appel peut-il être prolongé ?",
        "ce dossier se rouvre tel que vous l’avez laissé",
        "Télécharger tout mon dossier (ZIP)",
        "J’ai un problème",
    ]
    assert [sentence for sentence in said if sentence not in page] == []
    assert client.get(address("section", member, "project")).status_code == 200
    assert client.get(address("draft_archive", member)).status_code == 200


def test_until_the_list_is_frozen_who_accepted_the_net_is_told_that_it_comes(
    client: TimedClient, member: Member
) -> None:
    a_consent(member)
    client.at(CLOSES)

    assert "dépose votre dossier dans les minutes qui viennent" in text(client.get(address("dossier", member)))


@pytest.mark.parametrize("versions", [0, 1])
def test_what_the_net_did_not_submit_is_told_with_why(client: TimedClient, member: Member, versions: int) -> None:
    a_consent(member)
    if versions:
        a_submission(member)
    without_calendar(member)
    close_due_calls(at=CLOSES + FREEZE_DELAY)
    client.at(CLOSES + FREEZE_DELAY)

    page = text(client.get(address("dossier", member)))

    assert "Le filet de sécurité que vous aviez accepté n’a rien déposé." in page
    assert "Ajoutez au moins un jalon au calendrier." in page


def test_the_page_after_the_closing_costs_fifteen_queries_at_most(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    a_consent(member)
    without_calendar(member)
    close_due_calls(at=CLOSES + FREEZE_DELAY)
    client.at(CLOSES + FREEZE_DELAY)
    client.get(address("dossier", member))

    with django_assert_max_num_queries(15):
        client.get(address("dossier", member))
