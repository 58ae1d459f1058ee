"""The first signature of a deliberation asks for the second, and says nothing of what was decided."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from applications import digest
from applications.actions import correspondence
from applications.enums import Outcome, Role
from applications.models import CallLetter, TeamMember
from applications.selectors import words
from hubs_portal.letters.models import Letter, LetterState
from juries.actions import deliberation
from juries.models import Deliberation, JuryLetter
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import team_of

LATER = builders.HEARING_TIME + timedelta(days=30)
pytestmark = pytest.mark.django_db


class World:
    """A settled deliberation on one candidacy, its chair, and the two managers of the call."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        (candidacy,) = builders.some_shortlisted(self.call, 1)
        self.jury = builders.a_jury(self.call)
        self.chair = builders.a_chair(self.jury)
        seats = [builders.a_juror(self.jury) for _ in range(2)]
        panel = builders.a_panel(self.jury, [], [candidacy], listeners=seats)
        builders.a_scored_candidacy(panel, candidacy, dict.fromkeys(seats, "4 4 4"))
        self.manager, self.other = team_of(self.call, Role.MANAGER)
        session = deliberation.open_deliberation(self.jury, by=self.manager, at=LATER)
        said = {"outcome": Outcome.AWARDED, "amount": Decimal(123_456), "reasons": "Le jury en est convenu."}
        deliberation.record_decision(session, candidacy, **said, by=self.chair.user, at=LATER)  # type: ignore[arg-type]
        self.settled: Deliberation = deliberation.settle(session, by=self.chair.user, at=LATER)


def common_ground() -> World:
    return World()


def asked() -> list[str]:
    return sorted(Letter.objects.filter(kind="second_signature").values_list("address", flat=True))


def test_signed_by_a_manager_it_waits_for_the_other_or_for_the_chair(ground: World) -> None:
    deliberation.sign_deliberation(ground.settled, by=ground.manager, at=LATER)

    assert asked() == sorted([ground.other.email, ground.chair.user.email])
    assert CallLetter.objects.get(letter__kind="second_signature").call == ground.call
    assert JuryLetter.objects.get(letter__kind="second_signature").seat == ground.chair
    for letter in Letter.objects.filter(kind="second_signature"):
        text = (letter.text + letter.subject).replace("\u00a0", "").replace("\u202f", "")
        assert "123456" not in text
        assert "convenu" not in text


def test_signed_by_the_chair_it_waits_for_either_manager_and_the_second_signature_asks_nobody(ground: World) -> None:
    deliberation.sign_deliberation(ground.settled, by=ground.chair.user, at=LATER)
    first = asked()

    deliberation.sign_deliberation(ground.settled, by=ground.manager, at=LATER + timedelta(minutes=5))

    assert first == asked() == sorted([ground.manager.email, ground.other.email])


def test_the_digest_counts_no_letter_that_its_reader_may_not_know_of(ground: World) -> None:
    deliberation.sign_deliberation(ground.settled, by=ground.manager, at=LATER)
    Letter.objects.filter(kind="second_signature").update(state=LetterState.FAILED)
    observer = TeamMember.objects.create(call=ground.call, user=builders.a_user(is_staff=True), role=Role.OBSERVER).user
    (officer,) = team_of(ground.call, Role.OFFICER)

    digest.write_digests(at=digest.evening_of(LATER.date()) + timedelta(minutes=1))

    told = {
        letter.address: letter.text.replace("\u00a0", " ") for letter in Letter.objects.filter(kind="evening_digest")
    }
    assert "2 lettres ne sont pas arrivées : téléphonez." in told[ground.manager.email]
    for nobody in (observer, officer):
        assert "arrivée" not in told.get(nobody.email, "")


def test_the_journal_of_the_call_does_not_say_which_letter_a_manager_sent_again(
    client: TimedClient, ground: World
) -> None:
    deliberation.sign_deliberation(ground.settled, by=ground.manager, at=LATER)
    letter = Letter.objects.get(kind="second_signature", address=ground.other.email)
    Letter.objects.filter(pk=letter.pk).update(state=LetterState.FAILED)
    correspondence.resend_letter(Letter.objects.get(pk=letter.pk), by=ground.other, at=LATER)
    observer = TeamMember.objects.create(call=ground.call, user=builders.a_user(is_staff=True), role=Role.OBSERVER).user
    client.at(LATER).force_login(observer)

    page = client.get(reverse("admin:applications_call_journal", args=[ground.call.pk])).content.decode()

    assert ground.other.email in page
    assert str(words.letter_kind("second_signature")) not in page
