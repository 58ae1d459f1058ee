"""After the award: the agreement sent, corrected, signed, reported; what is told, to whom, and what the office sees."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import agreement, membership
from applications.enums import AgreementState, Role
from applications.models import Agreement, Candidacy
from applications.models.agreement import months_after
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import TimedClient, a_call, a_file, a_manager, a_pdf, a_user, an_officer
from tests.builders.awarded import RELEASE, an_awarded
from tests.builders.calls import _on_the_team
from tests.builders.examined import a_frozen_call, team_of

SENT = RELEASE + timedelta(days=5)
RETURN_BY = date(2019, 3, 1)
SIGNED = datetime(2019, 2, 20, 9, tzinfo=UTC)
REPORT_DUE = date(2020, 6, 30)
SCHEDULE = "50 % à la signature, 50 % au solde."
pytestmark = pytest.mark.django_db


def common_ground() -> Candidacy:
    return an_awarded(Decimal(450_000))


@pytest.fixture
def candidacy(ground: Candidacy) -> Candidacy:
    return ground


def the_officer(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.OFFICER)[0]


def sent(candidacy: Candidacy, *, at: datetime = SENT, **said: Any) -> Agreement:
    given = {"name": "convention.pdf", "schedule": SCHEDULE, "return_by": RETURN_BY, "by": the_officer(candidacy)}
    file = said.pop("file", a_file())
    return agreement.send_agreement(candidacy, file, at=at, **{**given, **said})


def signed(candidacy: Candidacy) -> Agreement:
    return agreement.record_agreement_signed(
        sent(candidacy),
        signed_on=date(2019, 2, 19),
        report_due_on=REPORT_DUE,
        by=the_officer(candidacy),
        at=SIGNED,
    )


def letters(kind: str) -> list[Letter]:
    return list(Letter.objects.filter(kind=kind).order_by("pk"))


def traces(candidacy: Candidacy) -> tuple[int, int, list[object]]:
    return (
        Letter.objects.count(),
        candidacy.journal.count(),
        list(Agreement.objects.values_list("state", "sendings", "signed_on", "report_due_on")),
    )


# ---------------------------------------------------------------- the acts


def test_the_agreement_leaves_joined_to_a_letter_with_the_amount_of_the_award(candidacy: Candidacy) -> None:
    row = sent(candidacy)

    written = letters("agreement_to_sign")
    contact = candidacy.members.get()
    assert (row.state, row.amount, row.sendings) == (AgreementState.SENT, Decimal("450000.00"), 1)
    assert sorted(letter.address for letter in written) == sorted([contact.email, "presidence@exemple.invalid"])
    text = written[0].text.replace("\u00a0", " ").replace("\u202f", " ")
    assert ("450 000 €" in text, SCHEDULE.replace("\u00a0", " ") in text, "vendredi 1er mars 2019" in text) == (
        True,
        True,
        True,
    )
    (attachment,) = written[0].attachments.all()
    assert (attachment.name, attachment.stored) == ("convention.pdf", row.stored)
    assert candidacy.journal.latest("sequence").act == "send_agreement"


def test_an_agreement_that_was_wrong_goes_again_and_its_letter_says_so(candidacy: Candidacy) -> None:
    sent(candidacy)

    row = sent(candidacy, file=a_file(a_pdf("Corrigée")), schedule="En une fois.", at=SENT + timedelta(hours=1))

    last = letters("agreement_to_sign")[-1]
    assert (row.sendings, row.schedule, Agreement.objects.count()) == (2, "En une fois.", 1)
    assert len(letters("agreement_to_sign")) == 4
    assert "La convention jointe remplace celle que nous vous avions envoyée" in last.text
    assert last.attachments.get().stored == row.stored


def test_signed_the_structure_learns_what_is_published_and_when_the_report_is_due(candidacy: Candidacy) -> None:
    row = signed(candidacy)

    text = letters("agreement_signed")[0].text.replace("\u00a0", " ")
    assert (row.state, row.published_by) == (AgreementState.SIGNED, date(2019, 5, 19))
    assert "au plus tard le 19 mai 2019" in text
    assert "attendu au plus tard le : 30 juin 2020" in text


def test_the_report_received_writes_no_letter_and_ends_it(candidacy: Candidacy) -> None:
    row = signed(candidacy)
    written = Letter.objects.count()

    done = agreement.record_report_received(
        row, received_on=date(2020, 5, 4), by=the_officer(candidacy), at=datetime(2020, 5, 4, 9, tzinfo=UTC)
    )

    assert (done.state, Letter.objects.count()) == (AgreementState.REPORTED, written)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"schedule": " "}, "no_schedule"),
        ({"return_by": SENT.date()}, "past"),
        ({"name": "convention.docx"}, "not_a_pdf"),
        ({"file": a_file(b"rien de tel")}, "wrong_content"),
    ],
)
def test_an_agreement_nobody_could_sign_does_not_leave(candidacy: Candidacy, said: dict[str, Any], code: str) -> None:
    before = traces(candidacy)

    with pytest.raises(Refusal) as refused:
        sent(candidacy, **said)

    assert (refused.value.code, traces(candidacy)) == (code, before)


@pytest.mark.parametrize(
    ("signed_on", "report_due_on", "code"),
    [
        (date(2019, 2, 1), REPORT_DUE, "impossible_day"),
        (date(2019, 2, 21), REPORT_DUE, "impossible_day"),
        (date(2019, 2, 19), date(2019, 2, 20), "past"),
    ],
)
def test_a_signature_on_an_impossible_day_moves_nothing(
    candidacy: Candidacy, signed_on: date, report_due_on: date, code: str
) -> None:
    row = sent(candidacy)
    before = traces(candidacy)

    with pytest.raises(Refusal) as refused:
        agreement.record_agreement_signed(
            row, signed_on=signed_on, report_due_on=report_due_on, by=the_officer(candidacy), at=SIGNED
        )

    assert (refused.value.code, traces(candidacy)) == (code, before)


def test_once_signed_nothing_replaces_it_and_it_is_signed_once(candidacy: Candidacy) -> None:
    row = signed(candidacy)
    before = traces(candidacy)

    def sign_again() -> object:
        days = {"signed_on": date(2019, 2, 19), "report_due_on": REPORT_DUE}
        return agreement.record_agreement_signed(row, **days, by=the_officer(candidacy), at=SIGNED)

    for again in (partial(sent, candidacy), sign_again):
        with pytest.raises(Refusal) as refused:
            again()
        assert refused.value.code == "wrong_state"

    assert traces(candidacy) == before


def test_who_is_not_an_officer_or_a_manager_of_the_call_does_none_of_it(candidacy: Candidacy) -> None:
    row = sent(candidacy)
    before = traces(candidacy)
    observer = _on_the_team(candidacy.call, Role.OBSERVER, {})
    elsewhere = an_officer(a_call())

    for somebody in (observer, elsewhere, a_user(is_superuser=True, is_staff=True)):
        days = {"signed_on": date(2019, 2, 19), "report_due_on": REPORT_DUE}
        acts: list[Callable[[], object]] = [
            partial(sent, candidacy, by=somebody),
            partial(agreement.record_agreement_signed, row, **days, by=somebody, at=SIGNED),
            partial(agreement.record_report_received, row, received_on=date(2019, 2, 19), by=somebody, at=SIGNED),
        ]
        for act in acts:
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "not_on_the_team"

    assert traces(candidacy) == before


def test_nothing_is_sent_before_the_release_or_to_whom_was_not_awarded(candidacy: Candidacy) -> None:
    (frozen,) = a_frozen_call(a_call())

    with pytest.raises(Refusal) as refused:
        sent(frozen)

    assert (refused.value.code, Agreement.objects.count()) == ("not_awarded", 0)


def test_the_database_refuses_a_signature_without_a_report_to_come(candidacy: Candidacy) -> None:
    row = sent(candidacy)

    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.filter(pk=row.pk).update(state=AgreementState.SIGNED, signed_on=date(2019, 2, 19))


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2019, 2, 19), date(2019, 5, 19)),
        (date(2018, 11, 30), date(2019, 2, 28)),
        (date(2019, 11, 30), date(2020, 2, 29)),
        (date(2019, 10, 31), date(2020, 1, 31)),
    ],
)
def test_three_months_after_is_the_same_day_or_the_last_of_a_shorter_month(
    candidacy: Candidacy, day: date, later: date
) -> None:
    assert months_after(day, 3) == later


# ---------------------------------------------------------------- the working page


def room(name: str, candidacy: Candidacy) -> str:
    return reverse(f"admin:applications_candidacy_{name}", args=[candidacy.pk])


def typed(**changes: object) -> dict[str, object]:
    file = SimpleUploadedFile("convention.pdf", a_pdf(), "application/pdf")
    given = {"agreement-file": file, "agreement-schedule": SCHEDULE, "agreement-return_by": "2019-03-01"}
    return {**given, **{f"agreement-{name}": value for name, value in changes.items()}}


def test_an_officer_sends_it_notes_the_signature_then_the_report(client: TimedClient, candidacy: Candidacy) -> None:
    client.force_login(the_officer(candidacy))
    client.at(SENT)
    page = client.get(room("change", candidacy))
    assert "Aucune convention n’est partie" in page.text

    answers = [client.post(room("agreement", candidacy), typed())]
    client.at(SIGNED)
    days = {"signed-signed_on": "2019-02-19", "signed-report_due_on": "30/06/2020"}
    answers.append(client.post(room("agreement_signed", candidacy), days))
    assert "compte rendu financier attendu le 30 juin 2020" in client.get(room("change", candidacy)).text.replace(
        "\u00a0", " "
    )
    client.at(datetime(2020, 5, 4, 9, tzinfo=UTC))
    answers.append(client.post(room("agreement_report", candidacy), {"report-received_on": "2020-05-04"}))

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Agreement.objects.get().state == AgreementState.REPORTED
    assert "Signée, compte rendu financier reçu" in client.get(room("change", candidacy)).text
    file = client.get(room("agreement_file", candidacy))
    assert (file.status_code, b"".join(file.streaming_content)[:5]) == (200, b"%PDF-")


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"schedule": " "}, 422, "Écrivez l’échéancier des versements."),
        ({"return_by": "2019-01-01"}, 409, "La date de retour doit être à venir."),
        ({"file": SimpleUploadedFile("c.pdf", b"rien", "application/pdf")}, 415, ""),
        (
            {"file": SimpleUploadedFile("c.pdf", bytes(9 * 2**20), "application/pdf")},
            422,
            "Ce fichier dépasse 8\u00a0Mo",
        ),
    ],
)
def test_what_is_refused_keeps_what_was_typed_and_sends_nothing(
    client: TimedClient, candidacy: Candidacy, changes: dict[str, object], status: int, said: str
) -> None:
    client.force_login(the_officer(candidacy))
    client.at(SENT)

    page = client.post(room("agreement", candidacy), typed(**changes))

    assert (page.status_code, said in page.text, Agreement.objects.count()) == (status, True, 0)
    assert ("2019-03-01" in page.text) == ("return_by" not in changes)


def test_two_clicks_on_one_page_send_one_agreement(client: TimedClient, candidacy: Candidacy) -> None:
    client.force_login(the_officer(candidacy))
    client.at(SENT)

    answers = [client.post(room("agreement", candidacy), {**typed(), "seen": "0"}) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Agreement.objects.get().sendings == 1
    assert {letter.occurrence for letter in letters("agreement_to_sign")} == {"1"}


def test_what_a_colleague_sent_meanwhile_is_read_before_another_leaves(
    client: TimedClient, candidacy: Candidacy
) -> None:
    sent(candidacy)
    client.force_login(the_officer(candidacy))
    client.at(SENT)

    page = client.post(room("agreement", candidacy), {**typed(schedule="Tout de suite."), "seen": "0"})

    assert (page.status_code, Agreement.objects.get().sendings) == (409, 1)
    assert {letter.occurrence for letter in letters("agreement_to_sign")} == {"1"}
    assert "Une convention vient de partir" in page.text
    assert "Tout de suite." in page.text
    again = client.post(room("agreement", candidacy), {**typed(schedule="Tout de suite."), "seen": "1"})
    assert (again.status_code, Agreement.objects.get().sendings) == (302, 2)


def test_observers_read_it_others_find_nothing(client: TimedClient, candidacy: Candidacy) -> None:
    sent(candidacy)
    client.at(SENT)
    addresses = [room(name, candidacy) for name in ("agreement", "agreement_signed", "agreement_report")]
    client.force_login(_on_the_team(candidacy.call, Role.OBSERVER, {}))
    page = client.get(room("change", candidacy))
    assert ("convention.pdf" in page.text, 'name="signed-signed_on"' in page.text) == (True, False)
    assert [client.post(address).status_code for address in addresses] == [409, 409, 409]
    assert b"".join(client.get(room("agreement_file", candidacy)).streaming_content)[:5] == b"%PDF-"

    client.force_login(a_manager(a_call()))
    assert {client.post(address).status_code for address in addresses} == {404}
    assert client.get(room("agreement_file", candidacy)).status_code == 404
    assert Agreement.objects.get().state == AgreementState.SENT


def test_before_it_is_sent_its_file_signature_and_report_are_not_found(
    client: TimedClient, candidacy: Candidacy
) -> None:
    client.force_login(the_officer(candidacy))
    client.at(SENT)

    posts = [client.post(room(name, candidacy)).status_code for name in ("agreement_signed", "agreement_report")]

    assert [*posts, client.get(room("agreement_file", candidacy)).status_code] == [404, 404, 404]


def test_a_candidacy_that_was_not_awarded_has_no_such_section(client: TimedClient, candidacy: Candidacy) -> None:
    (frozen,) = a_frozen_call(a_call())
    client.force_login(the_officer(frozen))
    client.at(SENT)

    page = client.get(room("change", frozen))

    assert ('id="convention"' in page.text, client.post(room("agreement", frozen), typed()).status_code) == (False, 409)


def test_the_working_page_stays_within_its_figures(client: TimedClient, candidacy: Candidacy) -> None:
    sent(candidacy)
    client.force_login(the_officer(candidacy))
    client.at(SENT)
    client.get(room("change", candidacy))  # the day's first reading is written down

    with CaptureQueriesContext(connection) as queries:
        client.get(room("change", candidacy))

    assert len(queries) <= 25


# ---------------------------------------------------------------- the candidate's page


def test_the_candidate_sees_where_the_agreement_stands(client: TimedClient, candidacy: Candidacy) -> None:
    member = candidacy.members.get()
    user = a_user(email=member.email)
    membership.join(member, user, at=RELEASE)
    client.force_login(user)
    client.at(SENT)
    address = reverse("dossier", args=[candidacy.number])
    assert "La convention</h2>" not in client.get(address).text
    sent(candidacy)

    with CaptureQueriesContext(connection) as queries:
        page = client.get(address).text.replace("\u00a0", " ")

    assert "Votre convention est à retourner signée avant le 1er mars 2019." in page
    assert "À retourner signée avant le 1er mars 2019." in page
    assert len(queries) <= 15
    assert "Votre convention est à retourner signée" in client.get(reverse("desk")).text
