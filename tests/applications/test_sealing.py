"""Before the closing time the team sees who and how far, never what; afterwards it reads, and the journal says so."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from applications.enums import Role
from applications.models import Call, Candidacy, CandidacyLine, Submission, TeamMember
from hubs_portal.accounts.models import User
from hubs_portal.downloads import GUARD
from hubs_portal.letters.delivery import sweep
from hubs_portal.letters.models import Letter
from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_complete_dossier,
    a_manager,
    a_signalled,
    a_submission,
    a_user,
    an_officer,
    joined,
)
from tests.builders.browsers import TimedClient

LATER = CLOSES + timedelta(minutes=5)
# What the builders write in a dossier and nowhere else: an answer, a partner, a file, a promise, an address.
_CANARIES = ("Notre réponse", "Département d’essai", "mandate.pdf", "Assemblée en décembre", "3, place de l’Exemple")


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def common_ground() -> Submission:
    return a_submission(joined(a_signalled(a_call())))


@pytest.fixture
def submission(ground: Submission) -> Submission:
    return ground


@pytest.fixture
def call(submission: Submission) -> Call:
    return submission.candidacy.call


def observer(call: Call) -> User:
    user = a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=user, role=Role.OBSERVER)
    return user


def superuser() -> User:
    return User.objects.create_superuser("racine@exemple.invalid", "correct horse battery")


def addresses(submission: Submission) -> list[str]:
    """Every page of the office that is about this candidacy, its letters included."""
    candidacy = submission.candidacy
    file = submission.files.first()
    assert file is not None
    own = [candidacy.pk, submission.version]
    pages = [
        reverse("admin:index"),
        reverse("admin:applications_candidacy_changelist"),
        reverse("admin:applications_candidacy_changelist") + f"?q={candidacy.number}",
        reverse("admin:applications_candidacy_change", args=[candidacy.pk]),
        reverse("admin:applications_candidacy_history", args=[candidacy.pk]),
        reverse("admin:applications_candidacy_version", args=own),
        reverse("admin:applications_candidacy_receipt", args=own),
        reverse("admin:applications_candidacy_file", args=[*own, file.pk]),
        reverse("admin:applications_call_change", args=[candidacy.call_id]),
        reverse("admin:applications_call_journal", args=[candidacy.call_id]),
        reverse("admin:hubs_portal_letter_changelist"),
        reverse("admin:hubs_portal_job_changelist"),
    ]
    for letter in Letter.objects.order_by("pk"):
        pages.append(reverse("admin:hubs_portal_letter_change", args=[letter.pk]))
        pages.append(reverse("admin:hubs_portal_letter_page", args=[letter.pk]))
        pages += [
            reverse("admin:hubs_portal_letter_attachment", args=[letter.pk, attachment.pk])
            for attachment in letter.attachments.all()
        ]
    return pages


def body(response: Any) -> str:
    content: bytes = b"".join(response) if response.streaming else response.content
    return content.decode(errors="replace")


def reads(client: TimedClient, submission: Submission) -> set[str]:
    """The canaries found in all those pages together."""
    text = "".join(body(client.get(address, follow=True)) for address in addresses(submission))
    return {canary for canary in _CANARIES if canary in text}


@pytest.mark.parametrize("who", ["officer", "manager", "observer", "superuser"])
def test_before_the_closing_time_no_page_says_what_a_dossier_holds(
    client: TimedClient, call: Call, submission: Submission, who: str
) -> None:
    people: dict[str, Callable[[Call], User]] = {
        "officer": an_officer,
        "manager": a_manager,
        "observer": observer,
        "superuser": lambda _call: superuser(),
    }
    client.force_login(people[who](call))

    assert reads(client.at(CLOSES - timedelta(microseconds=1)), submission) == set()
    assert not CandidacyLine.objects.filter(act__in=["read", "read_file"]).exists()


@pytest.mark.parametrize("role", list(Role))
def test_from_the_closing_instant_the_team_reads_everything(
    client: TimedClient, call: Call, submission: Submission, role: Role
) -> None:
    user = a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=user, role=role)
    client.force_login(user)

    assert reads(client.at(CLOSES), submission) == set(_CANARIES)


def test_a_superuser_reads_nothing_after_the_closing_time_either(client: TimedClient, submission: Submission) -> None:
    client.force_login(superuser())

    assert reads(client.at(LATER), submission) == set()


def test_being_superuser_adds_nothing_to_what_a_member_of_the_team_may_read(
    client: TimedClient, call: Call, submission: Submission
) -> None:
    both = superuser()
    TeamMember.objects.create(call=call, user=both, role=Role.OFFICER)
    client.force_login(both)

    assert reads(client.at(CLOSES - timedelta(seconds=1)), submission) == set()
    assert reads(client.at(LATER), submission) == set(_CANARIES)


@pytest.mark.parametrize("at", [NOW, LATER])
def test_the_candidacies_of_another_call_do_not_exist(
    client: TimedClient, submission: Submission, at: datetime
) -> None:
    stranger = an_officer(a_call())
    client.force_login(stranger)
    client.at(at)
    absent = reverse("admin:applications_candidacy_change", args=[10_000])
    about_it = [address for address in addresses(submission) if re.search(r"/\d+/", address)]

    answers = {client.get(address).status_code for address in about_it}

    assert answers == {404}
    one, other = client.get(about_it[0]), client.get(absent)
    tokens = re.compile(rb'(name="csrf(?:middlewaretoken|-token)" (?:value|content)=)"[^"]*"')
    assert tokens.sub(rb"\1", one.content.replace(about_it[0].encode(), b"")) == tokens.sub(
        rb"\1", other.content.replace(absent.encode(), b"")
    )


def test_nothing_of_a_candidacy_is_listed_to_the_team_of_another_call(
    client: TimedClient, submission: Submission
) -> None:
    client.force_login(an_officer(a_call()))
    lists = ["index", "applications_candidacy_changelist", "hubs_portal_letter_changelist"]

    text = "".join(body(client.get(reverse(f"admin:{name}"))) for name in lists)

    assert submission.candidacy.number not in text
    assert submission.candidacy.organisation.name not in text
    assert "contact-" not in text


@pytest.mark.parametrize(
    "lookup",
    [
        "dossier__public_summary__contains=a",
        "dossier__answers__text__startswith=Notre",
        "submissions__content__contains=Notre",
        "submissions__digest__startswith=a",
        "dossier__revision__gt=3",
        "journal__details__contains=mandate",
    ],
)
def test_a_query_string_is_not_a_way_to_read(
    client: TimedClient, call: Call, submission: Submission, lookup: str
) -> None:
    client.force_login(an_officer(call))

    response = client.get(reverse("admin:applications_candidacy_changelist") + "?" + lookup)

    assert response.status_code == 400


@pytest.mark.parametrize("lookup", ["text__contains=Notre", "html__contains=a", "error__contains=a", "text=a"])
def test_letters_are_not_searched_by_what_they_say(
    client: TimedClient, call: Call, submission: Submission, lookup: str
) -> None:
    client.force_login(an_officer(call))

    assert client.get(reverse("admin:hubs_portal_letter_changelist") + "?" + lookup).status_code == 400


def test_reading_a_dossier_writes_one_line_an_hour_and_a_person(
    client: TimedClient, call: Call, submission: Submission
) -> None:
    officer, manager = an_officer(call), a_manager(call)
    page = reverse("admin:applications_candidacy_change", args=[submission.candidacy_id])
    for user, minutes in [(officer, 5), (officer, 30), (manager, 31), (officer, 66)]:
        client.force_login(user)
        client.at(CLOSES + timedelta(minutes=minutes)).get(page)

    lines = CandidacyLine.objects.filter(subject=submission.candidacy, act="read").values_list("actor", "at")

    minutes_after = [(actor, (at - CLOSES) // timedelta(minutes=1)) for actor, at in lines]
    assert minutes_after == [(officer.pk, 5), (manager.pk, 31), (officer.pk, 66)]


def test_opening_a_file_is_written_with_its_name(client: TimedClient, call: Call, submission: Submission) -> None:
    officer = an_officer(call)
    client.force_login(officer)
    file = submission.files.get(requirement_code="mandate")
    page = reverse("admin:applications_candidacy_file", args=[submission.candidacy_id, submission.version, file.pk])

    response = client.at(LATER).get(page)

    assert body(response).startswith("%PDF")
    assert response.headers["Content-Security-Policy"] == GUARD["Content-Security-Policy"]
    line = CandidacyLine.objects.get(act="read_file")
    assert (line.actor, line.details) == (officer, {"version": 1, "file": "mandate.pdf"})


def test_an_extension_seals_the_dossiers_again(client: TimedClient, call: Call, submission: Submission) -> None:
    client.force_login(an_officer(call))
    page = reverse("admin:applications_candidacy_change", args=[submission.candidacy_id])
    client.at(CLOSES + timedelta(seconds=10))
    opened = "Notre réponse" in body(client.get(page))
    Call.objects.filter(pk=call.pk).update(closes_at=CLOSES + timedelta(days=1))

    sealed = "Notre réponse" not in body(client.get(page))
    Call.objects.filter(pk=call.pk).update(closes_at=CLOSES)

    assert (opened, sealed) == (True, True)


def test_the_ledger_never_shows_a_personal_link(client: TimedClient, call: Call) -> None:
    member = a_signalled(call)
    client.force_login(a_manager(call))
    letter = Letter.objects.get(kind="signalling", address=member.email)
    link = re.search(r"/rejoindre/([^/\s]+)/", letter.text)
    assert link is not None

    pages = [reverse(f"admin:hubs_portal_letter_{name}", args=[letter.pk]) for name in ("change", "page")]
    text = "".join(body(client.get(page)) for page in pages)

    assert "/rejoindre/" in text
    assert link[1] not in text


@pytest.mark.parametrize("sent", [False, True])
def test_a_secret_letter_is_never_shown_nor_sent_again(client: TimedClient, call: Call, sent: bool) -> None:
    client.force_login(superuser())
    colleague = a_user()
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": colleague.email})
    letter = Letter.objects.get(kind="password_reset")
    if sent:
        sweep()
    client.force_login(User.objects.get(is_superuser=True))

    page = client.get(reverse("admin:hubs_portal_letter_change", args=[letter.pk]))
    as_sent = client.get(reverse("admin:hubs_portal_letter_page", args=[letter.pk]))
    again = client.post(reverse("admin:hubs_portal_letter_resend", args=[letter.pk]))

    assert "/accounts/password/reset/key/" not in body(page)
    assert (page.status_code, as_sent.status_code, again.status_code) == (200, 404, 403)


def test_dossiers_and_what_they_hold_have_no_page_in_the_office(client: TimedClient, call: Call) -> None:
    names = sorted(model.__name__ for model in admin.site._registry)

    assert names == ["Call", "Candidacy", "Deliberation", "Incident", "Job", "Jury", "Letter", "Territory", "User"]


def test_a_withdrawn_or_unsubmitted_dossier_shows_no_draft_after_the_closing(client: TimedClient, call: Call) -> None:
    member = a_signalled(call)
    a_complete_dossier(member)
    client.force_login(an_officer(call))

    page = body(client.at(LATER).get(reverse("admin:applications_candidacy_change", args=[member.candidacy_id])))

    assert {canary for canary in ("Notre réponse", "Département d’essai") if canary in page} == set()
    assert Candidacy.objects.get(pk=member.candidacy_id).submissions.count() == 0
