"""The safety net: with a recorded consent, and never without, the closing act submits a complete draft as it stood."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from applications import receipts
from applications.actions import drafting, membership, safety_net, withdrawal
from applications.actions.closing import close_call, close_due_calls
from applications.actions.extension import propose_extension, sign_extension
from applications.content import kept_content
from applications.enums import CandidacyState, Rights, Role, Section, SubmissionOrigin
from applications.invariants import the_safety_net_submits_with_a_consent_and_at_the_closing_time as invariant
from applications.models import (
    Call,
    Candidacy,
    ClosingList,
    Indicator,
    Member,
    Milestone,
    SafetyNetConsent,
    Submission,
)
from applications.models.dossier import DossierRow
from applications.rules.deadline import FREEZE_DELAY, TooLate
from applications.selectors.safety_net import net_of
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Refusal
from tests import builders
from tests.applications.test_deadline import in_threads
from tests.builders import CLOSES, NOW, TimedClient, a_consent

FROZEN = CLOSES + FREEZE_DELAY
LAST_SECOND = CLOSES - timedelta(microseconds=1)


def ready(call: Call | None = None) -> Member:
    """The contact of a complete dossier that was never submitted, with an account."""
    member = builders.joined(builders.a_signalled(call or builders.a_call()))
    builders.a_complete_dossier(member)
    return member


def of(member: Member) -> Candidacy:
    return Candidacy.objects.select_related("call", "dossier").get(pk=member.candidacy_id)


def traces(member: Member) -> dict[str, Any]:
    """Everything the act of consenting, or of submitting, would move."""
    candidacy = of(member)
    return {
        "state": candidacy.state,
        "consents": list(candidacy.safety_nets.values_list("revoked_at", flat=True)),
        "submissions": candidacy.submissions.count(),
        "journal": candidacy.journal.count(),
        "letters": candidacy.letters.count(),
    }


def rewritten(member: Member, *, at: Any, label: str = "Recrutement") -> object:
    """Save the calendar again: the draft goes ahead of what was submitted."""
    rows: dict[type[DossierRow], list[dict[str, Any]]] = {
        Milestone: [{"label": label, "due_on": NOW.date(), "result": ""}],
        Indicator: [{"label": "Aidants", "baseline": "", "target": "9", "method": ""}],
    }
    return drafting.save_rows(member, Section.CALENDAR, rows, at=at)


def unsworn(member: Member, *, at: Any, name: str = "Alix Représentant") -> None:
    values = {"signatory_name": name, "signatory_title": "présidence", "states_accuracy": False}
    drafting.save_statement(member, values, at=at)


# ---------------------------------------------------------------- consenting


@pytest.mark.django_db
def test_a_consent_keeps_who_when_and_the_text_as_shown_and_is_journalled() -> None:
    member = ready()
    text = net_of(of(member), kept_content(of(member).dossier)).text

    given = a_consent(member, at=NOW)

    assert (given.given_by, given.account, given.signatory, given.text, given.given_at, given.closes_at) == (
        member,
        member.actor.label,
        "Alix Représentant, présidence",
        text,
        NOW,
        CLOSES,
    )
    assert "30 novembre 2018 à 17 h 00" in text.replace("\u00a0", " ")
    line = of(member).journal.order_by("-sequence")[0]
    assert (line.act, line.at, line.actor_label, line.note) == ("consent_safety_net", NOW, member.actor.label, "")


@pytest.mark.django_db
def test_consenting_twice_keeps_the_first_and_revoking_twice_is_one_line() -> None:
    member = ready()
    given = a_consent(member)

    assert a_consent(member, at=NOW + timedelta(hours=1)) == given

    for _ in range(2):
        safety_net.revoke(member, at=NOW + timedelta(hours=2))
    acts = list(of(member).journal.order_by("sequence").values_list("act", flat=True))
    assert acts[-2:] == ["consent_safety_net", "revoke_safety_net"]
    assert list(SafetyNetConsent.objects.values_list("revoked_by", flat=True)) == [member.actor.label]


@pytest.mark.django_db
@pytest.mark.parametrize("rights", [Rights.VIEW, Rights.EDIT])
def test_only_somebody_who_may_submit_consents(rights: Rights) -> None:
    member = ready()
    other = builders.an_invited(member, rights=rights)
    before = traces(member)

    with pytest.raises(Refusal) as refusal:
        a_consent(other)

    assert refusal.value.code == "no_right"
    assert traces(member) == before


@pytest.mark.django_db
def test_the_sworn_statement_comes_first() -> None:
    member = ready()
    unsworn(member, at=NOW)
    before = traces(member)

    with pytest.raises(Refusal) as refusal:
        a_consent(member)

    assert refusal.value.code == "not_sworn"
    assert traces(member) == before


@pytest.mark.django_db
def test_what_changed_since_the_text_was_read_is_read_again_first() -> None:
    call = builders.a_call()
    member = ready(call)
    shown = net_of(of(member), kept_content(of(member).dossier)).shown
    first, second = (m.user for m in call.team.filter(role=Role.MANAGER).order_by("pk")[:2])
    later = call.closes_at + timedelta(hours=2)
    sign_extension(propose_extension(call, new_closes_at=later, reason="Panne.", by=first, at=NOW), by=second, at=NOW)
    before = traces(member)

    with pytest.raises(Refusal) as refusal:
        safety_net.consent(member, shown=shown, at=NOW)

    assert refusal.value.code == "text_changed"
    assert traces(member) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda member: safety_net.consent(member, shown="", at=CLOSES),
        lambda member: safety_net.revoke(member, at=CLOSES),
    ],
)
def test_at_the_closing_second_nothing_is_given_or_taken_back(act: Callable[[Member], object]) -> None:
    member = ready()
    a_consent(member)
    before = traces(member)

    with pytest.raises(TooLate):
        act(member)

    assert traces(member) == before


# ---------------------------------------------------------------- the closing act


@pytest.mark.django_db
def test_a_complete_draft_is_submitted_as_it_stood_at_the_closing_and_is_on_its_list() -> None:
    member = ready()
    given = a_consent(member)
    rewritten(member, at=LAST_SECOND, label="Écrit à la dernière seconde")

    assert close_call(of(member).call, at=FROZEN) is True

    made = Submission.objects.get()
    assert (made.origin, made.arrived_at, made.closes_at, made.revision, made.submitted_by, made.signatory) == (
        SubmissionOrigin.SAFETY_NET,
        CLOSES,
        CLOSES,
        of(member).dossier.revision,
        member.user,
        "Alix Représentant, présidence",
    )
    assert made.says["milestones"][0]["label"] == "Écrit à la dernière seconde"
    listed = [line["number"] for line in json.loads(ClosingList.objects.get().content)]
    assert listed == [made.candidacy.number]
    told = made.receipt.says
    assert (told["origin"], told["consent"]) == (
        "safety_net",
        {"account": given.account, "given_at": given.given_at.isoformat(), "text": given.text},
    )
    assert (made.receipt.issued_at, receipts.is_authentic(made.receipt)) == (FROZEN, True)
    line = of(member).journal.get(act="submit")
    assert (line.actor_label, line.details["origin"]) == ("clôture automatique", "safety_net")


@pytest.mark.django_db
def test_its_receipt_and_letters_say_so() -> None:
    member = ready()
    a_consent(member)

    close_due_calls(at=FROZEN)

    assert of(member).state == CandidacyState.FROZEN
    letter = Letter.objects.get(kind="submission_receipt", address=member.email)
    said = "Déposé à la clôture par le filet de sécurité, comme le signataire y avait consenti."
    assert (said in letter.text, said in letter.html) == (True, True)
    assert f"Accord donné par {member.actor.label}" in letter.text
    assert Letter.objects.filter(kind="not_submitted").count() == 0
    assert receipts.receipt_pdf(Submission.objects.get().receipt).media_type == "application/pdf"


@pytest.mark.django_db
def test_without_consent_a_complete_draft_is_never_submitted() -> None:
    call = builders.a_call()
    never, revoked = ready(call), ready(call)
    a_consent(revoked)
    safety_net.revoke(revoked, at=LAST_SECOND)

    close_due_calls(at=FROZEN)

    assert Submission.objects.count() == 0
    assert [of(member).state for member in (never, revoked)] == [CandidacyState.NOT_SUBMITTED] * 2
    assert [
        text
        for text in Letter.objects.filter(kind="not_submitted").values_list("text", flat=True)
        if "filet de sécurité" in text
    ] == []


@pytest.mark.django_db
def test_an_incomplete_draft_is_not_submitted_and_the_letter_says_what_was_missing() -> None:
    member = ready()
    a_consent(member)
    drafting.save_rows(member, Section.CALENDAR, {Milestone: [], Indicator: []}, at=LAST_SECOND)

    close_due_calls(at=FROZEN)

    assert (Submission.objects.count(), of(member).state) == (0, CandidacyState.NOT_SUBMITTED)
    letter = Letter.objects.get(kind="not_submitted", address=member.email)
    said = [
        "Le filet de sécurité que vous aviez accepté n’a rien déposé.",
        "Le dossier n’était pas complet à la clôture. Il manquait :",
        "- Ajoutez au moins un jalon au calendrier.",
        "- Ajoutez au moins un indicateur de résultat.",
    ]
    assert [sentence for sentence in said if sentence not in letter.text.replace("\u00a0", " ")] == []
    line = of(member).journal.get(act="hold_safety_net")
    assert line.details == {"missing": 2}


@pytest.mark.django_db
def test_an_english_reader_is_told_in_english_what_was_missing() -> None:
    member = ready()
    a_consent(member)
    Member.objects.filter(pk=member.pk).update(language="en")
    drafting.save_rows(member, Section.CALENDAR, {Milestone: [], Indicator: []}, at=LAST_SECOND)

    close_due_calls(at=FROZEN)

    letter = Letter.objects.get(kind="not_submitted", address=member.email)
    assert "The file was not complete at the closing. What was missing:" in letter.text
    assert "filet" not in letter.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("undone", "why"),
    [
        (lambda member, giver: membership.remove(member, giver, at=NOW), "qui ne peut plus déposer ce dossier"),
        (
            lambda member, _giver: drafting.save_statement(member, {"signatory_name": "Sacha Autre"}, at=NOW),
            "le signataire du dossier a changé depuis",
        ),
    ],
)
def test_a_consent_falls_with_its_giver_or_its_signatory(undone: Callable[[Any, Any], Any], why: str) -> None:
    member = ready()
    giver = builders.joined(builders.an_invited(member, rights=Rights.SUBMIT))
    a_consent(giver)
    undone(member, giver)

    close_due_calls(at=FROZEN)

    assert (Submission.objects.count(), of(member).state) == (0, CandidacyState.NOT_SUBMITTED)
    assert why in Letter.objects.get(kind="not_submitted", address=member.email).text


@pytest.mark.django_db
def test_a_draft_ahead_of_its_last_version_is_submitted_as_the_next() -> None:
    member = ready()
    builders.a_submission(member)
    a_consent(member)
    rewritten(member, at=LAST_SECOND)

    close_due_calls(at=FROZEN)

    versions = list(Submission.objects.order_by("version").values_list("version", "origin"))
    assert versions == [(1, SubmissionOrigin.ONLINE), (2, SubmissionOrigin.SAFETY_NET)]
    assert of(member).state == CandidacyState.FROZEN
    assert Letter.objects.filter(kind="new_version_receipt", address=member.email).count() == 1


@pytest.mark.django_db
def test_what_is_already_submitted_as_it_stands_is_not_submitted_again() -> None:
    member = ready()
    a_consent(member)
    builders.a_submission(member)

    close_due_calls(at=FROZEN)

    assert list(Submission.objects.values_list("version", "origin")) == [(1, SubmissionOrigin.ONLINE)]


@pytest.mark.django_db
def test_an_incomplete_draft_leaves_the_version_that_was_submitted() -> None:
    member = ready()
    a_consent(member)
    builders.a_submission(member)
    unsworn(member, at=LAST_SECOND)

    close_due_calls(at=FROZEN)

    assert list(Submission.objects.values_list("version", flat=True)) == [1]
    assert of(member).state == CandidacyState.FROZEN


@pytest.mark.django_db
def test_withdrawing_takes_the_consent_back_and_resuming_does_not_give_it_again() -> None:
    member = ready()
    a_consent(member)
    withdrawal.withdraw(member, at=NOW)
    withdrawal.resume(member, at=NOW)

    close_due_calls(at=FROZEN)

    assert (Submission.objects.count(), of(member).state) == (0, CandidacyState.NOT_SUBMITTED)


@pytest.mark.django_db
def test_an_extension_moves_the_net_with_the_closing_time() -> None:
    call = builders.a_call()
    member = ready(call)
    a_consent(member)
    first, second = (m.user for m in call.team.filter(role=Role.MANAGER).order_by("pk")[:2])
    later = call.closes_at + timedelta(hours=2)
    sign_extension(propose_extension(call, new_closes_at=later, reason="Panne.", by=first, at=NOW), by=second, at=NOW)

    close_due_calls(at=FROZEN)
    assert Submission.objects.count() == 0
    close_due_calls(at=later + FREEZE_DELAY)

    assert Submission.objects.get().arrived_at == later


@pytest.mark.django_db
def test_a_late_request_for_what_the_net_submitted_has_its_receipt() -> None:
    member = ready()
    a_consent(member)
    close_due_calls(at=FROZEN)

    again = builders.a_submission(member, arrived_at=FROZEN + timedelta(seconds=5))

    assert again == Submission.objects.get()


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_schedulers_cast_the_net_once() -> None:
    call = builders.a_call()
    members = [ready(call) for _ in range(4)]
    for member in members:
        a_consent(member)

    done = in_threads([lambda: close_call(call, at=FROZEN) for _ in range(4)], workers=4)

    assert sorted(done) == [False, False, False, True]
    assert list(Submission.objects.values_list("version", "origin")) == [(1, "safety_net")] * 4
    assert len(json.loads(ClosingList.objects.get().content)) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_an_edit_in_flight_is_in_what_the_net_submits_or_is_refused() -> None:
    call = builders.a_call()
    member = ready(call)
    a_consent(member)

    _edited, closed = in_threads(
        [lambda: rewritten(member, at=LAST_SECOND, label="En vol"), lambda: close_call(call, at=FROZEN)], workers=2
    )

    assert closed is True
    label = of(member).dossier.milestones.get().label
    assert Submission.objects.get().says["milestones"][0]["label"] == label
    assert Submission.objects.get().revision == of(member).dossier.revision


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_saves_of_different_sections_at_once_are_all_kept_one_after_the_other() -> None:
    member = ready()
    before = of(member).dossier.revision

    def save(n: int) -> object:
        if n % 2:
            return drafting.save_statement(member, {"public_summary": f"Résumé {n}."}, at=NOW)
        return rewritten(member, at=NOW, label=f"Jalon {n}")

    in_threads([partial(save, n) for n in range(8)], workers=8)

    assert of(member).dossier.revision == before + 8
    kept = of(member).dossier.revisions.filter(revision__gt=before).values_list("revision", flat=True)
    assert sorted(kept) == list(range(before + 1, before + 9))


@pytest.mark.django_db
def test_a_version_of_the_net_without_consent_is_found() -> None:
    member = ready()
    a_consent(member)
    with transaction.atomic():
        close_due_calls(at=FROZEN)
        SafetyNetConsent.objects.update(revoked_at=NOW, revoked_by="?")

        assert list(invariant()) == [Submission.objects.get()]
        transaction.set_rollback(True)


# ---------------------------------------------------------------- its pages


def page(name: str, member: Member, *more: object) -> str:
    return reverse(name, args=[of(member).number, *more])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("&#x27;", "'")


@pytest.fixture
def member(client: TimedClient) -> Member:
    found = ready()
    assert found.user
    client.force_login(found.user)
    return found


def test_the_net_is_accepted_then_taken_back_on_the_review(client: TimedClient, member: Member) -> None:
    shown = client.get(page("review", member))
    assert "Il ne remplace rien : déposez vous-même" in text(shown).replace("\u00a0", " ")
    mark = re.findall(r'name="shown" value="(\w+)"', shown.content.decode())

    given = client.post(page("safety_net", member), {"shown": mark[0], "agreed": "1"}, follow=True)

    assert given.redirect_chain == [(page("review", member) + "#net", 302)]
    assert "Retirer cet accord" in text(given)
    assert SafetyNetConsent.objects.standing().count() == 1
    back = client.post(page("safety_net", member), {"revoke": "1"}, follow=True)
    assert "à la clôture, rien ne sera déposé seul" in text(back)
    assert SafetyNetConsent.objects.standing().count() == 0


def test_without_its_box_ticked_nothing_is_accepted(client: TimedClient, member: Member) -> None:
    before = traces(member)

    refused = client.post(page("safety_net", member), {"shown": "x"})

    assert (refused.status_code, "Cochez la case" in text(refused)) == (409, True)
    assert traces(member) == before


def test_who_may_not_submit_reads_whether_it_stands_and_changes_nothing(client: TimedClient, member: Member) -> None:
    other = builders.joined(builders.an_invited(member, rights=Rights.EDIT))
    assert other.user
    client.force_login(other.user)
    assert "Il n’est pas accepté" in text(client.get(page("review", member)))
    a_consent(member)

    shown = text(client.get(page("review", member)))

    assert ("Le texte accepté" in shown, "Retirer cet accord" in shown) == (True, False)
    assert client.post(page("safety_net", member), {"revoke": "1"}).status_code == 404
    assert SafetyNetConsent.objects.standing().count() == 1


def test_a_stranger_finds_no_net(client: TimedClient, member: Member) -> None:
    client.force_login(builders.a_user())

    assert client.post(page("safety_net", member), {"agreed": "1"}).status_code == 404


def test_after_the_closing_the_page_of_the_version_and_the_office_say_how(client: TimedClient, member: Member) -> None:
    a_consent(member)
    close_due_calls(at=FROZEN)
    client.at(FROZEN + timedelta(minutes=1))

    assert "DÉPOSÉ À LA CLÔTURE PAR LE FILET DE SÉCURITÉ – version 1" in text(client.get(page("dossier", member)))
    assert "par le filet de sécurité que le signataire avait accepté" in text(client.get(page("submitted", member, 1)))
    officer = of(member).call.team.filter(role=Role.OFFICER)[0].user
    client.force_login(officer)
    listed = text(client.get(reverse("admin:applications_candidacy_changelist")))
    assert "(v1), filet de sécurité" in listed
    desk = client.get(reverse("admin:applications_candidacy_change", args=[member.candidacy_id]))
    assert "filet de sécurité" in text(desk)


def test_before_the_closing_the_office_reads_no_word_of_the_consent(client: TimedClient, member: Member) -> None:
    drafting.save_statement(member, {"signatory_name": "Zénobie Secrète"}, at=NOW)
    a_consent(member)
    client.force_login(of(member).call.team.filter(role=Role.OFFICER)[0].user)

    desk = client.get(reverse("admin:applications_candidacy_change", args=[member.candidacy_id]))

    assert (desk.status_code, "Zénobie" in desk.content.decode()) == (200, False)


def test_the_review_with_a_net_keeps_to_fifteen_queries(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    a_consent(member)
    review = page("review", member)
    client.get(review)

    with django_assert_max_num_queries(15):
        client.get(review)
