"""Letters to the team: a late attempt, a second signature wanted; who has them, how many, and what they keep silent."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from applications.actions import conclusion, extension, screening
from applications.actions.submission import submit
from applications.enums import ExclusionStage, Outcome, Role
from applications.models import Call, CallLetter, CandidacyLetter, Dossier, LateAttempt, Member, Publication, TeamMember
from applications.rules.deadline import TooLate
from applications.selectors import release
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests.builders import CLOSES, NOW, a_call, a_manager, a_signalled, a_submission, a_user, many_ready
from tests.builders.examined import AFTER, a_frozen_call, a_heard, team_of

pytestmark = pytest.mark.django_db
REASON = "Le motif que personne ne lit ici."


def addresses(kind: str) -> list[str]:
    return sorted(Letter.objects.filter(kind=kind).values_list("address", flat=True))


def emails(*users: User) -> list[str]:
    return sorted(user.email for user in users)


def an_observer(call: Call) -> User:
    return TeamMember.objects.create(call=call, user=a_user(is_staff=True), role=Role.OBSERVER).user


# ---------------------------------------------------------------- a late attempt


def too_late(member: Member, arrived_at: datetime) -> None:
    with pytest.raises(TooLate):
        submit(member, revision=1, arrived_at=arrived_at)


def test_a_late_attempt_is_told_to_officers_and_managers_and_to_no_candidate() -> None:
    call = a_call()
    an_observer(call)
    (member,) = many_ready(call, 1)

    too_late(member, CLOSES + timedelta(seconds=25))

    assert addresses("late_attempt") == emails(*team_of(call, Role.OFFICER), *team_of(call, Role.MANAGER))
    letter = Letter.objects.filter(kind="late_attempt")[0]
    text = letter.text.replace("\u00a0", " ")
    assert "17 h 00 min 25 s (heure de Paris)" in text
    assert "aucune version n’était déposée" in text
    assert member.candidacy.number in letter.subject
    assert CallLetter.objects.get(letter=letter).candidacy_id == member.candidacy_id
    assert not CandidacyLetter.objects.filter(letter__kind="late_attempt").exists()


def test_a_hundred_clicks_leave_a_hundred_rows_and_one_letter_an_hour_to_each() -> None:
    (member,) = many_ready(a_call(), 1)

    for n in range(100):
        too_late(member, CLOSES + timedelta(seconds=n))
    one_hour = len(addresses("late_attempt"))
    too_late(member, CLOSES + timedelta(hours=1))

    assert (LateAttempt.objects.count(), one_hour, len(addresses("late_attempt"))) == (101, 3, 6)


def test_the_version_that_counts_is_told_with_its_hour() -> None:
    member = a_signalled(a_call())
    a_submission(member, arrived_at=NOW)
    revision = Dossier.objects.get(candidacy=member.candidacy_id).revision

    with pytest.raises(TooLate):
        submit(member, revision=revision + 1, arrived_at=CLOSES)

    assert "la version 1, arrivée le" in Letter.objects.filter(kind="late_attempt")[0].text


def test_past_twenty_candidacies_too_late_the_rows_go_on_and_the_letters_stop() -> None:
    members = many_ready(a_call(), 22)

    for n, member in enumerate(members):
        too_late(member, CLOSES + timedelta(seconds=n))

    assert (LateAttempt.objects.count(), len(addresses("late_attempt"))) == (22, 20 * 3)


# ---------------------------------------------------------------- a second signature


def test_a_proposed_extension_is_told_to_the_other_managers_without_its_hour_or_reason() -> None:
    call = a_call()
    an_observer(call)
    author, other = team_of(call, Role.MANAGER)

    extension.propose_extension(call, new_closes_at=CLOSES + timedelta(days=3), reason=REASON, by=author, at=NOW)

    assert addresses("second_signature") == emails(other)
    letter = Letter.objects.get(kind="second_signature")
    assert author.name in letter.text
    for silent in (REASON, "3 décembre"):
        assert silent not in letter.text.replace("\u00a0", " ")
    assert f"/admin/applications/call/{call.pk}/report/" in letter.text


def test_a_refused_proposal_asks_nobody_for_a_signature() -> None:
    call = a_call()

    with pytest.raises(Refusal):
        extension.propose_extension(
            call, new_closes_at=CLOSES, reason=REASON, by=team_of(call, Role.MANAGER)[0], at=NOW
        )
    with pytest.raises(Refusal):
        extension.propose_extension(
            call, new_closes_at=CLOSES + timedelta(days=1), reason=REASON, by=a_manager(a_call()), at=NOW
        )

    assert addresses("second_signature") == []


def a_call_to_release() -> Call:
    heard = a_heard(a_frozen_call(a_call())[0])
    conclusion.conclude(
        heard, outcome=Outcome.AWARDED, amount=Decimal(100_000), reasons=REASON, by=Actor.machine("jury"), at=AFTER
    )
    return heard.call


def test_a_release_asked_for_dropped_and_asked_for_again_is_told_each_time() -> None:
    call = a_call_to_release()
    author, other = team_of(call, Role.MANAGER)

    first = conclusion.request_release(call, by=author, at=AFTER)
    conclusion.request_release(call, by=author, at=AFTER + timedelta(minutes=1))
    once = addresses("second_signature")
    conclusion.drop_release(first, by=author, at=AFTER + timedelta(minutes=2), note="Une erreur.")
    conclusion.request_release(call, by=other, at=AFTER + timedelta(minutes=3))

    assert once == emails(other)
    assert addresses("second_signature") == emails(author, other)
    for letter in Letter.objects.filter(kind="second_signature"):
        assert "100 000" not in letter.text.replace("\u00a0", " ").replace("\u202f", " ")
        assert REASON not in letter.text


def test_signing_a_release_asks_nobody_for_another_signature() -> None:
    call = a_call_to_release()
    author, other = team_of(call, Role.MANAGER)
    publication = conclusion.request_release(call, by=author, at=AFTER)

    conclusion.release_results(publication, by=other, at=AFTER)

    assert Publication.objects.get().released_at
    assert addresses("second_signature") == emails(other)


def test_a_decision_proposed_on_a_candidacy_is_told_to_the_colleagues_who_may_look_and_not_which() -> None:
    (candidacy,) = a_frozen_call(a_call())
    call = candidacy.call
    an_observer(call)
    (officer,) = team_of(call, Role.OFFICER)

    def propose(minutes: int) -> None:
        screening.propose_exclusion(
            candidacy,
            stage=ExclusionStage.ADMISSIBILITY,
            rule="Article 12",
            reason=REASON,
            by=officer,
            at=AFTER + timedelta(minutes=minutes),
        )

    propose(0)
    once = addresses("second_signature")
    screening.drop_exclusion(candidacy.exclusions.get(), by=officer, at=AFTER + timedelta(minutes=1))
    propose(2)

    assert once == emails(*team_of(call, Role.MANAGER))
    assert len(addresses("second_signature")) == 4
    for letter in Letter.objects.filter(kind="second_signature"):
        assert candidacy.number in letter.subject
        for silent in (REASON, "Article 12", "xclu", "rrecevab", "efus"):
            assert silent not in letter.text + letter.subject


def test_whoever_stays_out_of_a_candidacy_is_not_asked_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    (candidacy,) = a_frozen_call(a_call())
    recused, other = team_of(candidacy.call, Role.MANAGER)
    monkeypatch.setattr(release, "kept_out", [lambda user, _call: [candidacy.pk] if user == recused else []])

    screening.propose_exclusion(
        candidacy,
        stage=ExclusionStage.ADMISSIBILITY,
        rule="Article 12",
        reason=REASON,
        by=team_of(candidacy.call, Role.OFFICER)[0],
        at=AFTER,
    )

    assert addresses("second_signature") == emails(other)
