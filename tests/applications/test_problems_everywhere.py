"""« J’ai un problème » on every page, error pages included, with the page and what the browser saw fail."""

import errno
import json
import re
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from applications.enums import Role
from applications.models import Incident, Member
from applications.rules.failures import parsed
from hubs_portal.letters.models import Letter
from tests.builders import CLOSES, TimedClient, a_call, a_signalled, joined

pytestmark = pytest.mark.django_db
AT_1658 = CLOSES - timedelta(minutes=2)


def enter(client: TimedClient, member: Member) -> None:
    assert member.user
    client.force_login(member.user)


def page(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_a_report_carries_the_page_and_what_the_browser_saw_fail(client: TimedClient) -> None:
    member = joined(a_signalled(a_call()))
    enter(client, member)
    client.at(AT_1658)
    came = page("documents", member.candidacy.number)
    shown = client.get(page("problem", member.candidacy.number), headers={"Referer": f"http://testserver{came}?x=1"})
    assert f'name="page" value="{came}"' in shown.content.decode()
    seen = [
        {"what": "upload", "where": came, "status": 0, "ago": 90},
        {"what": "save", "where": "/dossiers/x/", "status": 503, "ago": 30},
    ]

    client.post(
        page("problem", member.candidacy.number), {"happened": "Rien.", "page": came, "failures": json.dumps(seen)}
    )

    incident = Incident.objects.get()
    assert (incident.page, incident.failures) == (
        came,
        [
            {"at": (AT_1658 - timedelta(seconds=90)).isoformat(), "what": "upload", "where": came, "status": 0},
            {
                "at": (AT_1658 - timedelta(seconds=30)).isoformat(),
                "what": "save",
                "where": "/dossiers/x/",
                "status": 503,
            },
        ],
    )
    proof = client.get(page("problem_reported", member.candidacy.number, 1)).content.decode()
    alert = Letter.objects.filter(kind="incident_alert")[0]
    client.force_login(member.candidacy.call.team.filter(role=Role.OFFICER)[0].user)
    office = client.get(reverse("admin:applications_incident_change", args=[incident.pk])).content.decode()
    for said in ("envoi d’un fichier interrompu", "enregistrement non confirmé (503)", came):
        assert [said in where for where in (proof, alert.text, alert.html, office)] == [True] * 4


@pytest.mark.parametrize(
    "failures",
    [
        "{",
        "null",
        "[" * 20_000,
        "9" * 5000,
        json.dumps([{"what": "save", "where": "x" * 9000, "status": 0, "ago": 0}] * 100),
        json.dumps([None, 3, "x", {"what": "rm"}, {"what": "save", "ago": -1}, {"what": "save", "ago": True}]),
        json.dumps([{"what": "save", "ago": 10**12}, {"what": "save", "ago": 1.5}]),
    ],
)
def test_what_cannot_be_read_of_the_failures_never_refuses_the_report(client: TimedClient, failures: str) -> None:
    member = joined(a_signalled(a_call()))
    enter(client, member)

    done = client.post(
        page("problem", member.candidacy.number), {"happened": "Rien.", "page": "//evil.example", "failures": failures}
    )

    assert done.status_code == 302
    assert (Incident.objects.get().page, Incident.objects.get().failures) == ("", [])


def test_ten_failures_at_most_are_kept_and_of_each_a_path_and_nothing_typed() -> None:
    rows = [
        {"what": "page", "where": f"/a\u202e\0{'b' * 500}{n}", "status": 9999, "ago": 12, "text": "secret"}
        for n in range(30)
    ]

    kept = parsed(json.dumps(rows), AT_1658)

    assert len(kept) == 10
    assert {tuple(sorted(failure)) for failure in kept} == {("at", "status", "what", "where")}
    assert kept[0] == {
        "at": (AT_1658 - timedelta(seconds=12)).isoformat(),
        "what": "page",
        "where": "/a" + "b" * 118,
        "status": 0,
    }


def test_whoever_has_no_account_finds_whom_to_telephone(client: TimedClient) -> None:
    call = a_call()

    shown = client.get(reverse("help")).content.decode()

    said = [call.service_phone, call.service_hours, call.service_email, "28 novembre 2018", "Connectez-vous"]
    assert [sentence for sentence in said if sentence not in shown.replace("\u00a0", " ")] == []
    for public in (reverse("home"), reverse("verify"), reverse("account_login"), reverse("call", args=[call.slug])):
        assert f'href="{reverse("help")}"' in client.get(public).content.decode()


def test_with_a_dossier_the_page_leads_to_its_report_and_from_one_of_its_pages_straight_there(
    client: TimedClient,
) -> None:
    member = joined(a_signalled(a_call()))
    enter(client, member)
    number = member.candidacy.number
    assert page("problem", number) in client.get(reverse("help")).content.decode()

    came = f"{page('documents', number)} · 500 · ab12"
    straight = client.get(reverse("help"), {"page": came})

    assert straight.status_code == 302
    assert straight["Location"].startswith(page("problem", number))
    assert "500 · ab12" in client.get(straight["Location"]).content.decode()


def test_every_page_of_a_dossier_and_the_desk_say_it(client: TimedClient) -> None:
    member = joined(a_signalled(a_call()))
    enter(client, member)
    number = member.candidacy.number
    names = ["dossier", "documents", "review", "members", "messages", "withdraw", "problem", "whole_dossier"]
    pages = [reverse("desk"), page("section", number, "project"), *(page(name, number) for name in names)]

    silent = [where for where in pages if page("problem", number) not in client.get(where).content.decode()]
    assert silent == []
    client.at(CLOSES - timedelta(minutes=10))
    assert page("problem", number) in client.get(page("dossier", number)).content.decode()


def test_a_broken_page_has_a_reference_the_telephone_and_the_way_to_report_it(
    client: TimedClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    member = joined(a_signalled(a_call()))
    enter(client, member)
    client.raise_request_exception = False
    where = page("members", member.candidacy.number)

    for error, status, telephone in (
        (RuntimeError("?"), 500, True),
        (OperationalError("the database is gone"), 500, False),
        (OSError(errno.ENOSPC, "No space left on device"), 507, True),
    ):

        def fails(*_args: object, error: Exception = error, **_kwargs: object) -> None:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr("applications.views.membership.around", fails)
            shown = client.get(where)
        html = shown.content.decode()
        reference = re.findall(r"<strong>([0-9a-f]{8})</strong>", html)[0]
        assert (shown.status_code, member.candidacy.call.service_phone in html) == (status, telephone)
        assert ("plus de place pour les fichiers" in html) == (status == 507)
        assert f"reference {reference}: GET {where}" in caplog.text
        link = re.findall(r'href="(/probleme/\?page=[^"]+)"', html)[0]
        report = client.get(link, follow=True)
        assert f"{where} · {status} · {reference}" in report.content.decode()
