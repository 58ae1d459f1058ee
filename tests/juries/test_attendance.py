"""Correct an attendance sheet: a tick forgotten leaves nobody without a quorum, a tick too many nobody voting."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from applications.enums import CandidacyState, Outcome
from hubs_portal.refusals import Refusal
from juries.actions import attendance, deliberation, interests, scoring
from juries.enums import SheetState, Stage
from juries.models import Hearing, HearingPresence, JuryLine, ScoreSheet, Seat
from juries.selectors.wall import missing_to_settle
from tests import builders
from tests.builders.browsers import TimedClient
from tests.juries.offices import Office, sentences

pytestmark = pytest.mark.django_db
LATER = builders.HEARING_TIME + timedelta(days=2)


class Heard(Office):
    """A hearing that three people attended; the sheet names the chair and the first reader alone."""

    def __init__(self) -> None:
        super().__init__(1)
        builders.without_ties(self.chair, *self.seats)
        self.there, self.forgotten = self.seats
        self.hearing: Hearing = builders.a_held(self.panel, self.first, [self.chair, self.there])

    def correct(self, *present: Seat, **said: Any) -> Hearing:
        given = {"reason": "Un oubli.", "by": self.manager, "at": LATER, **said}
        return attendance.correct_attendance(self.hearing, present=present, **given)

    def sign(self, seat: Seat) -> ScoreSheet:
        sheet = self.sheet(seat)
        scoring.write_scores(sheet, builders.marks_of(self.call, "4 4 4"), opinion="Entendu.", at=LATER)
        return scoring.sign_sheet(sheet, at=LATER)

    def sheet(self, seat: Seat) -> ScoreSheet:
        return ScoreSheet.objects.get(seat=seat, candidacy=self.first, stage=Stage.AFTER)

    def moves(self) -> tuple[object, ...]:
        """Everything a correction would move."""
        return (
            set(HearingPresence.objects.values_list("seat", "present")),
            set(ScoreSheet.objects.values_list("seat", "stage", "state", "annulled_at")),
            Hearing.objects.get().attended_by,
            JuryLine.objects.count(),
        )


def common_ground() -> Heard:
    return Heard()


@pytest.fixture
def heard(ground: Heard) -> Heard:
    return ground


def refusal(heard: Heard, *present: Seat, **said: Any) -> Refusal:
    """What a correction that moves nothing says."""
    before = heard.moves()
    with pytest.raises(Refusal) as refused:
        heard.correct(*present, **said)
    assert heard.moves() == before
    return refused.value


def test_a_forgotten_tick_is_put_right_and_the_quorum_is_reached(heard: Heard) -> None:
    HearingPresence.objects.filter(seat=heard.there).delete()  # who joined the panel since the sheet was written
    heard.sign(heard.chair)
    ScoreSheet.objects.filter(seat=heard.there).delete()
    session = deliberation.open_deliberation(heard.jury, by=heard.manager, at=LATER)
    lacking = len(missing_to_settle(session))

    heard.correct(heard.chair, heard.there, heard.forgotten, attended_by="La direction, M. Essai.")
    for seat in heard.seats:
        heard.sign(seat)

    line = JuryLine.objects.get(act="correct_attendance")
    assert set(HearingPresence.objects.filter(present=True).values_list("seat", flat=True)) == {
        heard.chair.pk,
        heard.there.pk,
        heard.forgotten.pk,
    }
    assert (lacking, len(missing_to_settle(session))) == (2, 1)  # a decision is still to be written
    assert (line.actor, line.note) == (heard.manager, "Un oubli.")
    assert line.details == {
        "candidacy": heard.first.number,
        "before": [heard.chair.pk],
        "after": [heard.chair.pk, heard.there.pk, heard.forgotten.pk],
        "attended_before": "La direction.",
        "attended_after": "La direction, M. Essai.",
    }


def test_a_tick_too_many_is_taken_back_with_the_sheet_it_had_opened_and_nothing_is_lost(heard: Heard) -> None:
    sheet = heard.sheet(heard.there)
    scoring.write_scores(sheet, builders.marks_of(heard.call, "3 3 3"), opinion="Entendu.", at=LATER)

    heard.correct(heard.chair)
    with pytest.raises(Refusal) as refused:
        scoring.sign_sheet(sheet, at=LATER)
    annulled = heard.sheet(heard.there)
    heard.correct(heard.chair, heard.there)
    revived = heard.sheet(heard.there)

    assert refused.value.code == "annulled"
    assert (annulled.state, annulled.annulled_at, annulled.opinion) == (SheetState.REOPENED, LATER, "Entendu.")
    assert (revived.pk, revived.annulled_at, revived.scores.count()) == (sheet.pk, None, 3)
    assert scoring.sign_sheet(revived, at=LATER).state == SheetState.SIGNED


def test_the_same_correction_twice_is_written_once(heard: Heard) -> None:
    heard.correct(heard.chair, heard.there, heard.forgotten)
    once = heard.moves()

    heard.correct(heard.chair, heard.there, heard.forgotten)

    assert heard.moves() == once


def test_nobody_who_signed_is_written_absent(heard: Heard) -> None:
    heard.sign(heard.there)

    said = refusal(heard, heard.chair)

    assert (said.code, said.items) == ("signed", [str(heard.there.user)])


def test_a_correction_needs_a_reason_a_leader_somebody_present_and_no_intruder(heard: Heard) -> None:
    stranger = builders.a_juror(heard.jury)

    said = [
        refusal(heard, heard.chair, reason=" "),
        refusal(heard, heard.chair, by=heard.officer),
        refusal(heard, heard.chair, by=heard.there.user),
        refusal(heard),
        refusal(heard, heard.chair, stranger),
    ]

    assert [one.code for one in said] == ["no_reason", "not_leading", "not_leading", "nobody_present", "intruders"]


def test_the_chair_corrects_too_and_whoever_stays_out_does_not(heard: Heard) -> None:
    heard.correct(heard.chair, heard.there, heard.forgotten, by=heard.chair.user)
    Seat.objects.filter(pk=heard.forgotten.pk).update(user=heard.colleague)
    seat = Seat.objects.get(pk=heard.forgotten.pk)
    interests.recuse(seat, heard.first, reason="Associé.", by=heard.manager, at=LATER)

    assert refusal(heard, heard.chair, by=heard.colleague).code == "recused"


def test_what_is_written_of_somebody_recused_since_stays(heard: Heard) -> None:
    interests.recuse(heard.there, heard.first, reason="Associé.", by=heard.manager, at=LATER)

    heard.correct(heard.chair, heard.forgotten)

    assert dict(HearingPresence.objects.values_list("seat", "present")) == {
        heard.chair.pk: True,
        heard.there.pk: True,
        heard.forgotten.pk: True,
    }
    assert heard.sheet(heard.there).annulled_at == LATER


def test_a_hearing_still_to_come_has_no_sheet_to_correct(ground: Heard) -> None:
    before = HearingPresence.objects.count()
    office = Office(1)
    builders.without_ties(office.chair, *office.seats)
    hearing = builders.a_convened(office.panel, office.first)

    with pytest.raises(Refusal) as refused:
        attendance.correct_attendance(hearing, present=office.seats, reason="Un oubli.", by=office.manager, at=LATER)

    assert (refused.value.code, HearingPresence.objects.count()) == ("not_held", before)


def test_once_a_deliberation_is_settled_or_signed_the_sheet_does_not_change(client: TimedClient, heard: Heard) -> None:
    for seat in (heard.chair, heard.there):
        heard.sign(seat)
    session = deliberation.open_deliberation(heard.jury, by=heard.manager, at=LATER)
    deliberation.record_decision(
        session,
        heard.first,
        outcome=Outcome.AWARDED,
        amount=Decimal(100_000),
        reasons="Convenu.",
        by=heard.manager,
        at=LATER,
    )
    deliberation.settle(session, by=heard.manager, at=LATER)
    stopped = refusal(heard, heard.chair, heard.there, heard.forgotten)
    deliberation.sign_deliberation(session, by=heard.chair.user, at=LATER)
    deliberation.sign_deliberation(session, by=heard.manager, at=LATER)
    client.at(LATER).force_login(heard.manager)

    said = refusal(heard, heard.chair, heard.there, heard.forgotten)
    shown = sentences(client.get(heard.url("hearing", heard.hearing.pk)))

    heard.first.refresh_from_db()
    assert (stopped.code, said.code, heard.first.state) == ("settled", "decided", CandidacyState.HEARD)
    assert "Corriger la feuille" not in shown


def test_a_manager_corrects_from_the_page_of_the_hearing_and_keeps_what_they_typed(
    client: TimedClient, heard: Heard
) -> None:
    client.at(LATER).force_login(heard.manager)
    page, address = heard.url("hearing", heard.hearing.pk), heard.url("hearing_correct", heard.hearing.pk)
    shown = client.get(page).context["correct_form"]
    everybody = [heard.chair.pk, heard.there.pk, heard.forgotten.pk]
    typed = {"correct-present": everybody, "correct-attended_by": "La direction.", "correct-reason": "Un oubli."}

    silent = client.post(address, {**typed, "correct-reason": ""})
    alone = client.post(address, {**typed, "correct-present": []})
    done = client.post(address, typed, follow=True)

    assert (shown["present"].value(), shown["attended_by"].value()) == (everybody[:2], "La direction.")
    assert (silent.status_code, alone.status_code, done.status_code) == (422, 409, 200)
    assert "<details open>" in sentences(alone)
    assert alone.context["correct_form"]["reason"].value() == "Un oubli."
    assert "La feuille de présence est corrigée." in sentences(done)
    assert heard.sheet(heard.forgotten).state == SheetState.REOPENED


def test_an_officer_reads_the_attendance_sheet_and_does_not_correct_it(client: TimedClient, heard: Heard) -> None:
    client.at(LATER).force_login(heard.officer)
    before = heard.moves()

    shown = sentences(client.get(heard.url("hearing", heard.hearing.pk)))
    answer = client.post(heard.url("hearing_correct", heard.hearing.pk), {"correct-reason": "Un oubli."})

    assert "Corriger la feuille" not in shown
    assert (answer.status_code, heard.moves()) == (403, before)
