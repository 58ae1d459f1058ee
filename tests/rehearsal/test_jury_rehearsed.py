"""From the closing to the published results, played by twelve structures: each moment leaves its people work to do."""

import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from applications import rehearsal as applications_rehearsal
from applications.actions import assessment, conclusion, extension, screening
from applications.enums import CallState, CandidacyState, ExclusionStage, Outcome
from applications.models import Award, Call, Candidacy, CompletionRequest, Exclusion, Publication
from applications.rehearsal import deeds
from applications.rehearsal.cast import PARIS, Player, chosen
from applications.rehearsal.setting import teammate, the_call
from hubs_portal import clock
from hubs_portal.letters.models import Letter
from hubs_portal.rehearsal import playing, snapshots, timeline
from juries import rehearsal as juries_rehearsal
from juries.actions import deliberation as deliberating
from juries.actions import hearings, interests, scoring
from juries.enums import DeliberationState, HearingState, SheetState, Stage, Verdict
from juries.models import Deliberation, Hearing, InterestDeclaration, Jury, Minutes, ScoreSheet, Seat
from juries.rehearsal.cast import auditions, juror
from juries.rehearsal.setting import seat_of
from juries.rules.docket import cleared, undeclared
from juries.selectors.ranking import ranking
from tests.rehearsal.test_playing import everything

# The play up to the closing is kept as a file and put back for each test: SQLite, with transactions that are real.
pytestmark = [
    pytest.mark.skipif(connection.vendor != "sqlite", reason="only a SQLite file is put back"),
    pytest.mark.django_db(transaction=True),
]
S, H = CandidacyState, HearingState
SHORT = 12


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the play up to the closing, then up to the hearings, is kept for the tests of this file."""
    return tmp_path_factory.mktemp("short")


@pytest.fixture
def closed(rehearsal: None, kept: Path, tmp_path: Path) -> None:
    """The call has just closed."""
    timeline.register("applications", applications_rehearsal.part(only=SHORT))
    timeline.register("juries", juries_rehearsal.part(only=SHORT))
    if list(kept.iterdir()):
        shutil.copytree(kept, snapshots.folder(), dirs_exist_ok=True)
        snapshots.put_back("closed")
        jump("closed")
    else:
        playing.start("closed")
        shutil.copytree(snapshots.folder(), kept, dirs_exist_ok=True)


@pytest.fixture
def half_heard(closed: None, kept: Path) -> None:
    """The hearings are half over, as the play alone leads there."""
    if (kept / snapshots.place_of("hearings").name).exists():
        shutil.copytree(kept, snapshots.folder(), dirs_exist_ok=True)
        snapshots.put_back("hearings")
        jump("hearings")
    else:
        jump("hearings")
        shutil.copytree(snapshots.folder(), kept, dirs_exist_ok=True)


def jump(moment: str) -> None:
    playing.jump(moment, asked_at=datetime.now(UTC))


def player(slug: str) -> Player:
    return next(player for player in chosen(SHORT) if player.slug == slug)


def candidacy(slug: str) -> Candidacy:
    return deeds.contact(player(slug)).candidacy


def states(*slugs: str) -> list[str]:
    return [candidacy(slug).state for slug in slugs]


def at() -> datetime:
    return clock.now()


def test_in_the_middle_of_the_hearings_everybody_has_something_to_do(half_heard: None) -> None:
    assert states("tisserands", "veilleurs", "atelier-francilien") == [S.SHORTLISTED, S.SHORTLISTED, S.HEARD]
    an_exclusion_waits_for_a_colleague()
    a_dossier_is_still_to_be_assessed()
    two_candidates_are_heard_today()
    one_hearing_was_cancelled_and_taken_up_again()
    one_juror_has_to_sign_and_declare()
    one_has_left_and_one_declined()
    one_has_a_sheet_half_written()
    one_stays_out_of_a_candidacy()
    every_juror_can_be_played()


def an_exclusion_waits_for_a_colleague() -> None:
    waiting = Exclusion.objects.get(confirmed_at=None)
    assert (waiting.candidacy, waiting.stage) == (candidacy("scop-ateliers"), ExclusionStage.ELIGIBILITY)
    assert waiting.proposed_by == teammate(2)


def a_dossier_is_still_to_be_assessed() -> None:
    assert states("boucles-aure", "cordees", "haut-plateau") == [S.ELIGIBLE, S.NOT_SHORTLISTED, S.INADMISSIBLE]
    answered = CompletionRequest.objects.get(candidacy=candidacy("boucles-aure"))
    assert answered.answered_at == datetime(2018, 12, 14, 10, 5, tzinfo=PARIS)
    (piece,) = answered.items.all()
    assert piece.stored is not None
    assert piece.name == "extrait-du-registre-des-deliberations-boucles-aure.pdf"


def two_candidates_are_heard_today() -> None:
    today = Hearing.objects.filter(slot__starts_at__date=at().astimezone(PARIS).date(), state=H.CONFIRMED)
    assert [hearing.candidacy for hearing in today] == [candidacy("tisserands"), candidacy("veilleurs")]


def one_hearing_was_cancelled_and_taken_up_again() -> None:
    both = Hearing.objects.filter(candidacy=candidacy("coop-adour")).order_by("pk")
    assert [hearing.state for hearing in both] == [H.CANCELLED, H.CONFIRMED]


def one_juror_has_to_sign_and_declare() -> None:
    newcomer = seat_of(juror("roussel"))
    assert (newcomer.accepted_at is not None, newcomer.charter_signed_at) == (True, None)


def one_has_left_and_one_declined() -> None:
    gone = Seat.objects.exclude(removed_at=None).order_by("-removed_at")
    assert [seat.user.email for seat in gone] == [juror("marchetti").email, juror("villon").email]


def one_has_a_sheet_half_written() -> None:
    sheet = ScoreSheet.objects.get(seat=seat_of(juror("belkacem")), state=SheetState.OPEN)
    assert (sheet.candidacy, sheet.scores.count()) == (candidacy("escale"), 4)


def one_stays_out_of_a_candidacy() -> None:
    delattre = seat_of(juror("delattre"))
    assert [recusal.candidacy for recusal in delattre.recusals.all()] == [candidacy("tisserands")]
    assert list(undeclared(delattre)) == []
    assert candidacy("tisserands") not in cleared(delattre)


def every_juror_can_be_played() -> None:
    group = [account for account in timeline.accounts() if account.email.endswith("@jury.example")]
    assert len(group) == 11
    assert "charte à signer" in str(next(a.state for a in group if a.name == "Nathalie Roussel"))


def test_jurors_are_not_offered_before_they_are_invited(closed: None) -> None:
    assert [account for account in timeline.accounts() if account.email.endswith("@jury.example")] == []


def test_each_later_moment_finds_the_jury_where_it_should_be_forth_and_back(half_heard: None) -> None:
    jump("deliberation")
    everybody_was_heard_and_every_sheet_is_signed()
    assert not Deliberation.objects.exists()

    jump("release_eve")
    one_signature_is_missing_to_publish()
    then = everything()

    jump("released")
    the_results_are_out()

    jump("release_eve")
    assert everything() == then
    released_by_hand_they_stay_as_they_were_released()

    jump("release_eve")
    the_other_manager_may_ask_and_the_first_one_signs()


def everybody_was_heard_and_every_sheet_is_signed() -> None:
    heard = ["tisserands", "veilleurs", "atelier-francilien", "boucles-aure", "coop-adour", "escale"]
    assert states(*heard) == [S.HEARD] * 6
    assert not ScoreSheet.objects.writable().exists()
    verdicts = Counter(InterestDeclaration.objects.values_list("verdict", flat=True))
    assert (verdicts[Verdict.RECUSED], verdicts[Verdict.TO_EXAMINE]) == (1, 0)
    assert all(row.has_quorum for row in ranking(Jury.objects.get()))
    before = ScoreSheet.objects.filter(stage=Stage.BEFORE)
    assert set(before.values_list("state", flat=True)) == {SheetState.LOCKED}
    for plan in auditions():
        if plan.player in chosen(SHORT):
            hearing = Hearing.objects.select_related("slot").get(candidacy=candidacy(plan.player.slug), state=H.HELD)
            assert hearing.slot.starts_at == plan.last.starts


def one_signature_is_missing_to_publish() -> None:
    publication = Publication.objects.get()
    assert (publication.requested_by, publication.signed_by) == (teammate(0), None)
    assert Deliberation.objects.get().state == DeliberationState.SIGNED
    assert Minutes.objects.count() == 1
    assert not Letter.objects.filter(kind="result").exists()
    assert set(Candidacy.objects.values_list("state", flat=True)).isdisjoint({S.AWARDED, S.RESERVE, S.NOT_SELECTED})


def the_results_are_out() -> None:
    publication = Publication.objects.get()
    assert publication.released_at == datetime(2019, 1, 31, 10, tzinfo=PARIS)
    assert publication.signed_by == teammate(1)
    assert Call.objects.get().state == CallState.RELEASED
    assert states("tisserands", "veilleurs", "boucles-aure", "escale") == [
        S.AWARDED,
        S.RESERVE,
        S.NOT_SELECTED,
        S.AWARDED,
    ]
    told = Letter.objects.filter(kind="result")
    assert set(told.values_list("written_at", flat=True)) == {publication.released_at}


def released_by_hand_they_stay_as_they_were_released() -> None:
    by_hand = conclusion.release_results(Publication.objects.get(), by=teammate(1), at=at())
    jump("released")
    assert Publication.objects.get().released_at == by_hand.released_at
    assert set(Letter.objects.filter(kind="result").values_list("written_at", flat=True)) == {by_hand.released_at}


def the_other_manager_may_ask_and_the_first_one_signs() -> None:
    conclusion.drop_release(Publication.objects.get(), by=teammate(1), at=at(), note="À relire.")
    conclusion.request_release(the_call(), by=teammate(1), at=at())
    jump("released")
    assert Publication.objects.get().signed_by == teammate(0)


def test_whoever_screens_otherwise_finds_the_play_going_on_from_there(closed: None) -> None:
    _sophie, laurent, nadia, julien = (teammate(rank) for rank in range(4))
    now = at()
    chosen_by_hand = candidacy("cordees")
    screening.admit(chosen_by_hand, by=nadia, at=now)
    screening.find_eligible(chosen_by_hand, by=nadia, at=now)
    marks = {criterion: Decimal(4) for criterion in the_call().criteria.all()}
    assessment.assess(chosen_by_hand, marks, by=julien, at=now)
    assessment.shortlist(chosen_by_hand, by=laurent, at=now)
    out: dict[str, Any] = {"stage": ExclusionStage.ADMISSIBILITY, "rule": "Pièces", "reason": "Rien n’est signé."}
    screening.confirm_exclusion(
        screening.propose_exclusion(candidacy("escale"), by=nadia, at=now, **out), by=julien, at=now
    )
    screening.admit(candidacy("haut-plateau"), by=julien, at=now)

    jump("hearings")
    screening.drop_exclusion(Exclusion.objects.get(confirmed_at=None), by=julien, at=at())
    jump("released")

    assert Call.objects.get().state == CallState.RELEASED
    assert states("escale", "haut-plateau", "scop-ateliers") == [S.INADMISSIBLE, S.NOT_SHORTLISTED, S.NOT_SHORTLISTED]
    assert states("cordees") == [S.NOT_SELECTED]
    assert ScoreSheet.objects.filter(candidacy=chosen_by_hand, state=SheetState.SIGNED).count() >= 2


def test_whoever_plays_a_juror_or_the_office_of_the_jury_is_not_undone(half_heard: None) -> None:
    sophie, laurent, _nadia, julien = (teammate(rank) for rank in range(4))
    jump("hearings")
    now, awaited = at(), [H.CONVENED, H.CONFIRMED]
    cancelled = Hearing.objects.get(candidacy=candidacy("tisserands"), state__in=awaited)
    hearings.cancel(cancelled, reason="La salle est fermée.", by=julien, at=now)
    reader = seat_of(juror("carpentier"))
    interests.recuse(reader, candidacy("coop-adour"), reason="Un lien nouveau.", by=sophie, at=now)
    mine = scoring.open_sheet(seat_of(juror("lebihan")), candidacy("coop-adour"), at=now)
    first = the_call().criteria.all()[0]
    scoring.write_scores(mine, {first: scoring.Written(Decimal("0.5"), "Je m’interroge.")}, at=now)

    jump("deliberation")
    written = ScoreSheet.objects.get(pk=mine.pk).scores.get(criterion=first)
    assert (written.value, written.comment) == (Decimal("0.5"), "Je m’interroge.")
    session = deliberating.open_deliberation(Jury.objects.get(), by=laurent, at=at())
    by_hand: dict[str, Any] = {
        "outcome": Outcome.AWARDED,
        "amount": Decimal(4_900_000),
        "reasons": "Tout pour lui.",
        "by": laurent,
    }
    deliberating.record_decision(session, candidacy("veilleurs"), at=at(), **by_hand)
    jump("released")

    assert Hearing.objects.filter(candidacy=candidacy("tisserands"), state=H.HELD).count() == 1
    assert Award.objects.get(candidacy=candidacy("veilleurs")).amount == Decimal(4_900_000)
    assert states("veilleurs", "tisserands") == [S.AWARDED, S.RESERVE]  # nothing is left of the envelope
    assert not ScoreSheet.objects.live().filter(seat=reader, candidacy=candidacy("coop-adour")).exists()


def test_a_closing_time_put_off_and_a_dossier_nobody_foresaw_delay_the_office_but_not_the_end(closed: None) -> None:
    jump("last_minutes")
    put_off = extension.propose_extension(
        the_call(), new_closes_at=at() + timedelta(days=5), reason="Une panne.", by=teammate(0), at=at()
    )
    extension.sign_extension(put_off, by=teammate(1), at=at())
    unforeseen = player("pont-du-lac")
    for step in (*deeds.STEPS.values(), deeds.submit):
        step(unforeseen, at())

    jump("released")

    assert Call.objects.get().state == CallState.RELEASED
    assert Counter(Award.objects.values_list("outcome", flat=True))[Outcome.AWARDED] >= 3
    assert states("pont-du-lac") == [S.NOT_SHORTLISTED]
