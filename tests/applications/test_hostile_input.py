"""What people paste, or forge, in the forms that end in letters: refused with a sentence, or kept as text."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils.html import escape

from applications.actions import incidents
from applications.enums import Role
from applications.models import Call, Incident, IncidentAnswer, LetterWording, Member
from hubs_portal.letters.models import Letter, LetterState
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.calls import NOW
from tests.builders.examined import team_of

pytestmark = pytest.mark.django_db
TEXT = "<b>{{ 7|add:7 }}</b> {% now 'Y' %} {structure} =1+1 🦊 \u202eabc\u2028d"
# What no text holds, and what is longer than any answer.
REFUSED = ["nul \x00 ici", "x" * 1_048_576]
odd = pytest.mark.parametrize("typed", [*REFUSED, TEXT], ids=["nul", "long", "text"])


@pytest.fixture
def member() -> Member:
    return builders.a_signalled(builders.a_call(), user=builders.a_user())


def counted(model: Any) -> int:
    return int(model.objects.count())


@odd
def test_a_problem_holds_any_text_and_nothing_else(client: TimedClient, member: Member, typed: str) -> None:
    assert member.user
    client.at(NOW).force_login(member.user)

    answer = client.post(reverse("problem", args=[member.candidacy.number]), {"happened": typed, "doing": "Rien."})

    if typed in REFUSED:
        assert (answer.status_code, counted(Incident), "Rien." in answer.text) == (422, 0, True)
        return
    assert (answer.status_code, Incident.objects.get().happened) == (302, typed)
    alert = Letter.objects.filter(kind="incident_alert").first()
    assert alert
    assert "&lt;b&gt;{{ 7|add:7 }}&lt;/b&gt;" in alert.html
    assert typed.split("\u2028", maxsplit=1)[0] in alert.text
    page = client.get(reverse("problem_reported", args=[member.candidacy.number, 1]))
    assert (page.status_code, "<b>{{" in page.text) == (200, False)


@odd
def test_an_answer_holds_any_text_and_nothing_else(client: TimedClient, member: Member, typed: str) -> None:
    incident = incidents.report_problem(member, happened="Rien ne va.", arrived_at=NOW)
    client.at(NOW).force_login(team_of(member.candidacy.call, Role.OFFICER)[0])
    page = reverse("admin:applications_incident_change", args=[incident.pk])

    answer = client.post(page, {"act": "answer", "answer": typed, "seen": "0", "reason": "x"})

    assert answer.status_code in (302, 422)
    assert counted(IncidentAnswer) == (typed == TEXT)
    assert Letter.objects.filter(kind="problem_answered").count() == (typed == TEXT)


@pytest.mark.parametrize("seen", ["", "x" * 1_000_000, "\x00", "٣", "-1", "9" * 30])
def test_a_forged_mark_on_a_button_is_an_old_page(client: TimedClient, member: Member, seen: str) -> None:
    Letter.objects.update(state=LetterState.FAILED)
    letter = Letter.objects.get()
    client.at(NOW).force_login(team_of(member.candidacy.call, Role.OFFICER)[0])

    for name in ("tell", "resend"):
        assert (
            client.post(reverse(f"admin:hubs_portal_letter_{name}", args=[letter.pk]), {"seen": seen}).status_code < 500
        )


@pytest.mark.parametrize(
    "typed", [*REFUSED, "Objet\u2028Bcc: a@b.fr", "{% now %}", "{structure", "\u202eabc", "\ud800"]
)
def test_words_no_letter_can_say_are_refused_and_kept(client: TimedClient, typed: str) -> None:
    call: Call = builders.a_call()
    client.at(NOW).force_login(team_of(call, Role.MANAGER)[0])
    page = reverse("admin:applications_call_wording", args=[call.pk, "signalling", "fr"])

    for data in ({"subject": typed, "body": "Bonjour."}, {"subject": "Un objet", "body": typed}):
        for button in ({}, {"preview": "1"}):
            said = {name: value.encode(errors="surrogatepass") for name, value in {**data, **button}.items()}
            answer = client.post(page, urlencode(said), content_type="application/x-www-form-urlencoded")
            assert answer.status_code == 422
            assert typed == "\ud800" or escape(typed.replace("\0", "")[:40]) in answer.text.replace("\0", "")
    assert counted(LetterWording) == 0


@pytest.mark.parametrize("query", ["\x00", "a@b\x00.fr", "x" * 100_000, "🦊", "%", "٣", "HFC\u2028"])
def test_any_search_of_the_ledger_is_answered(client: TimedClient, member: Member, query: str) -> None:
    client.at(NOW).force_login(team_of(member.candidacy.call, Role.OFFICER)[0])
    page = reverse("admin:hubs_portal_letter_changelist")

    for name in ("q", "state", "kind", "to", "call", "since", "p", "o"):
        assert client.get(page, {name: query}).status_code in (200, 302, 404), name
    assert client.get(reverse("admin:hubs_portal_letter_to_tell"), {"page": query}).status_code in (200, 404)


@pytest.mark.parametrize("address", ["/verifier/?numero=%00", "/dossiers/%00/", "/dossiers/HFC%00/messages/"])
def test_no_address_holds_a_nul(client: TimedClient, member: Member, address: str) -> None:
    assert member.user
    client.at(NOW).force_login(member.user)

    assert client.get(address).status_code == 404
