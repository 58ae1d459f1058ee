"""Two clicks, two people, two schedulers at once: one act, one letter, one line of the journal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from applications import digest
from applications.actions import agreement, correspondence, drafting, incidents
from applications.actions.commitment import ask_commitment
from applications.enums import PartnerFamily, Role, Section
from applications.models import (
    Agreement,
    CandidacyLine,
    CommitmentRequest,
    Incident,
    IncidentAnswer,
    LetterCall,
    Partner,
)
from hubs_portal.letters.models import Letter, LetterState
from hubs_portal.letters.resending import version
from hubs_portal.refusals import Refusal
from tests import builders
from tests.applications.test_agreement import RETURN_BY, SCHEDULE, SENT
from tests.builders.awarded import an_awarded
from tests.builders.calls import NOW
from tests.builders.examined import team_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts together, each with a connection of its own; a refusal is a result."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def count(kind: str) -> int:
    return Letter.objects.filter(kind=kind).count()


def test_clicks_on_one_page_send_one_agreement() -> None:
    candidacy = an_awarded()
    (officer,) = team_of(candidacy.call, Role.OFFICER)
    content = builders.a_pdf()
    said = {"name": "convention.pdf", "schedule": SCHEDULE, "return_by": RETURN_BY, "by": officer, "at": SENT}

    def click() -> int:
        return agreement.send_agreement(candidacy, builders.a_file(content), seen=0, **said).pk  # type: ignore[arg-type]

    results = at_once(*[click] * 6)

    assert (len(set(results)), Agreement.objects.get().sendings) == (1, 1)
    assert set(Letter.objects.filter(kind="agreement_to_sign").values_list("occurrence", flat=True)) == {"1"}


def test_a_problem_reported_and_answered_six_times_at_once_is_one_report_and_one_answer() -> None:
    member = builders.a_signalled(builders.a_call())
    officer = team_of(member.candidacy.call, Role.OFFICER)[0]

    def report() -> int:
        return incidents.report_problem(member, happened="Rien ne va.", arrived_at=NOW).pk

    assert len(set(at_once(*[report] * 6))) == 1
    incident = Incident.objects.get()

    def answer() -> str:
        incidents.answer_problem(incident, text="Réessayez.", by=officer, at=NOW, seen=0)
        return "sent"

    results = at_once(*[answer] * 6)

    assert (results.count("sent"), results.count("stale")) == (1, 5)
    assert (IncidentAnswer.objects.count(), count("problem_received"), count("problem_answered")) == (1, 1, 1)


def test_a_partner_asked_six_times_at_once_has_one_letter() -> None:
    member = builders.a_signalled(builders.a_call())
    line = {"name": "Ville", "family": PartnerFamily.PUBLIC, "contact_email": "ville@exemple.invalid"}
    drafting.save_rows(member, Section.CONSORTIUM, {Partner: [line]}, at=NOW)

    results = at_once(
        *[lambda: ask_commitment(member, partner="Ville", address="ville@exemple.invalid", at=NOW).pk] * 6
    )

    assert (len(set(results)), CommitmentRequest.objects.count(), count("partner_commitment")) == (1, 1, 1)


def test_a_letter_sent_again_and_told_at_once_is_one_of_each_at_most() -> None:
    member = builders.a_signalled(builders.a_call())
    officer = team_of(member.candidacy.call, Role.OFFICER)[0]
    Letter.objects.update(state=LetterState.FAILED)
    letter = Letter.objects.get()
    acts = (correspondence.resend_letter, correspondence.tell_by_telephone)

    at_once(*[lambda act=act: act(letter, by=officer, at=NOW, seen=version(letter)) for act in acts * 4])

    lines = CandidacyLine.objects.filter(act__in=["resend_letter", "tell_by_telephone"])
    assert sorted(lines.values_list("act", flat=True)) in (["resend_letter"], ["resend_letter", "tell_by_telephone"])
    assert LetterCall.objects.count() == lines.filter(act="tell_by_telephone").count()
    assert Letter.objects.get().state == LetterState.QUEUED


def test_four_schedulers_write_one_digest_to_each() -> None:
    builders.a_signalled(builders.a_call(), at=datetime(2018, 11, 28, 8, tzinfo=UTC))
    evening = datetime(2018, 11, 28, 18, tzinfo=UTC) + timedelta(minutes=1)

    written = at_once(*[lambda: digest.write_digests(at=evening)] * 4)

    assert (sum(written), count("evening_digest")) == (3, 3)
