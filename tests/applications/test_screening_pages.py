"""The examination in the office: what is ticked, asked, decided and received on the working page of a candidacy."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import screening
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Role
from applications.models import (
    Call,
    Candidacy,
    CandidacyLine,
    CompletionItem,
    CompletionRequest,
    Exclusion,
    ScreeningCheck,
    TeamMember,
)
from hubs_portal.accounts.models import User
from hubs_portal.letters.models import Letter
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, a_frozen_call, an_eligible, team_of

DUE = AFTER + timedelta(days=8)


def common_ground() -> Candidacy:
    (frozen,) = a_frozen_call(builders.a_call())
    return frozen


@pytest.fixture
def candidacy(ground: Candidacy) -> Candidacy:
    return ground


@pytest.fixture
def officer(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.OFFICER)[0]


@pytest.fixture
def colleague(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.MANAGER)[0]


@pytest.fixture
def desk(client: TimedClient, officer: User) -> TimedClient:
    """The officer's browser, an hour after the freeze."""
    client.force_login(officer)
    return client.at(AFTER)


def observer(call: Call) -> User:
    user = builders.a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=user, role=Role.OBSERVER)
    return user


def address(name: str, candidacy: Candidacy, *more: object) -> str:
    return reverse(f"admin:applications_candidacy_{name}", args=[candidacy.pk, *more])


def body(response: Any) -> str:
    """The page; its no-break spaces made plain, which no test here is about."""
    return str(response.content.decode()).replace("\u00a0", " ")


def page(client: TimedClient, candidacy: Candidacy) -> str:
    response = client.get(address("change", candidacy))
    assert response.status_code == 200
    return body(response)


def filled(html: str, action: str) -> dict[str, str]:
    """What a browser would send back of the form that posts to `action`, untouched."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', html, re.DOTALL)
    assert form, f"no form posts to {action}"
    values: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form[0]):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = given.get("type") not in ("radio", "checkbox") or " checked" in tag
        if "name" in given and ticked and given.get("type") != "submit":
            values[given["name"]] = unescape(given.get("value", "on" if given.get("type") == "checkbox" else ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form[0], re.DOTALL):
        values[name] = unescape(text.strip())
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', options)
        values[name] = chosen[1] if chosen else ""
    values.pop("csrfmiddlewaretoken", None)
    return values


def checklist(client: TimedClient, candidacy: Candidacy) -> dict[str, str]:
    return filled(page(client, candidacy), address("checklist", candidacy))


def state(candidacy: Candidacy) -> str:
    return Candidacy.objects.get(pk=candidacy.pk).state


def written(candidacy: Candidacy) -> tuple[str, int, int, int]:
    """What a refusal leaves as it was; readings apart, which showing the page again may write."""
    acts = CandidacyLine.objects.exclude(act__in=["read", "read_file", "read_completion"]).count()
    return state(candidacy), acts, Letter.objects.count(), ScreeningCheck.objects.count()


# --- the checklist


def test_the_checklist_shows_each_rule_and_what_the_machine_sees(desk: TimedClient, candidacy: Candidacy) -> None:
    html = page(desk, candidacy)

    for said in ("Pouvoir du signataire", "indispensable au dépôt", "jointe", "promise pour le", "mandate.pdf"):
        assert said in html
    assert html.index("Recevabilité</h3>") < html.index("Éligibilité</h3>")
    assert "les trois familles sont représentées" in html
    assert "équilibré : 350" in html


def test_a_whole_list_is_ticked_at_once(desk: TimedClient, candidacy: Candidacy, officer: User) -> None:
    form = checklist(desk, candidacy)
    form |= {"verdict-piece:mandate": "yes", "verdict-budget": "no", "comment-budget": "Dépenses inéligibles."}

    response = desk.post(address("checklist", candidacy), form, follow=True)

    assert "2 contrôles enregistrés." in body(response)
    assert set(ScreeningCheck.objects.values_list("code", "verdict", "comment", "checked_by")) == {
        ("piece:mandate", "yes", "", officer.pk),
        ("budget", "no", "Dépenses inéligibles.", officer.pk),
    }
    assert f"{officer.name}, 30" in page(desk, candidacy)


def test_a_negative_line_without_a_word_keeps_what_was_typed(desk: TimedClient, candidacy: Candidacy) -> None:
    before = written(candidacy)
    form = checklist(desk, candidacy) | {"verdict-budget": "no", "verdict-missions": "yes"}

    response = desk.post(address("checklist", candidacy), form)

    html = body(response)
    assert response.status_code == 422
    assert "Dites ce qui ne va pas" in html
    assert '<a href="#checklist">Aller à ce qui est à corriger</a>' in html
    assert filled(html, address("checklist", candidacy))["verdict-missions"] == "yes"
    assert written(candidacy) == before


def test_two_people_tick_different_lines_and_both_are_kept(
    desk: TimedClient, candidacy: Candidacy, officer: User, colleague: User
) -> None:
    mine = checklist(desk, candidacy)
    screening.tick(candidacy, "budget", CheckVerdict.YES, by=colleague, at=AFTER)

    desk.post(address("checklist", candidacy), mine | {"verdict-missions": "yes"})

    assert set(ScreeningCheck.objects.values_list("code", "checked_by")) == {
        ("budget", colleague.pk),
        ("missions", officer.pk),
    }


def test_a_stale_page_shows_the_colleague_s_tick_before_writing_over_it(
    desk: TimedClient, candidacy: Candidacy, officer: User, colleague: User
) -> None:
    mine = checklist(desk, candidacy)
    screening.tick(candidacy, "budget", CheckVerdict.NO, comment="Un écart.", by=colleague, at=AFTER)
    screening.tick(candidacy, "families", CheckVerdict.YES, by=colleague, at=AFTER)
    before = written(candidacy)

    response = desk.post(address("checklist", candidacy), mine | {"verdict-budget": "yes"})

    html = body(response)
    assert response.status_code == 409
    assert f"Entre-temps, {colleague.name} a coché « non conforme »" in html
    assert written(candidacy) == before
    again = filled(html, address("checklist", candidacy))
    assert (again["verdict-budget"], again["verdict-families"]) == ("yes", "yes")
    desk.post(address("checklist", candidacy), again)
    assert set(ScreeningCheck.objects.values_list("code", "verdict", "checked_by")) == {
        ("budget", "yes", officer.pk),
        ("families", "yes", colleague.pk),
    }


def test_what_the_machine_sees_is_proposed_and_not_saved(desk: TimedClient, candidacy: Candidacy) -> None:
    form = checklist(desk, candidacy)

    response = desk.post(address("checklist", candidacy), form | {"propose": "1"})

    shown = filled(body(response), address("checklist", candidacy))
    assert response.status_code == 200
    assert (shown["verdict-piece:mandate"], shown["verdict-piece:accounts"]) == ("yes", "")
    assert ScreeningCheck.objects.count() == 0
    desk.post(address("checklist", candidacy), shown)
    assert ScreeningCheck.objects.filter(verdict=CheckVerdict.YES).count() == ScreeningCheck.objects.count() > 3


def test_an_observer_reads_the_checklist_and_ticks_nothing(client: TimedClient, candidacy: Candidacy) -> None:
    screening.tick(
        candidacy,
        "budget",
        CheckVerdict.NO,
        comment="Un écart.",
        by=team_of(candidacy.call, Role.OFFICER)[0],
        at=AFTER,
    )
    client.force_login(observer(candidacy.call))
    client.at(AFTER)
    html = page(client, candidacy)
    before = written(candidacy)

    response = client.post(address("checklist", candidacy), {"verdict-budget": "yes"})

    assert "Un écart." in html
    assert 'method="post" action="/admin/applications' not in html
    assert response.status_code == 409
    assert "Ce geste revient à l’équipe de l’appel" in body(response)
    assert written(candidacy) == before


@pytest.mark.usefixtures("ground")
def test_before_the_freeze_nothing_is_examined(client: TimedClient) -> None:
    call = builders.a_call()
    member = builders.joined(builders.a_signalled(call))
    builders.a_submission(member)
    client.force_login(team_of(call, Role.OFFICER)[0])
    candidacy = member.candidacy

    for at in (builders.NOW, call.closes_at + timedelta(seconds=5)):
        client.at(at)
        assert 'id="checklist"' not in page(client, candidacy)
        before = written(candidacy)
        response = client.post(address("checklist", candidacy), {"verdict-budget": "yes"})
        assert response.status_code == 409
        assert "scellés" in body(response)
        assert written(candidacy) == before


@pytest.mark.parametrize(
    "name", ["checklist", "ask", "admit", "eligible", "exclude", "assess", "shortlist", "set_aside"]
)
def test_acts_are_absent_for_another_call_and_answer_to_post_alone(
    client: TimedClient, candidacy: Candidacy, name: str
) -> None:
    others = [team_of(builders.a_call(), Role.OFFICER)[0], builders.a_user(is_staff=True, is_superuser=True)]
    client.at(AFTER)
    before = written(candidacy)

    for user in others:
        client.force_login(user)
        assert client.post(address(name, candidacy)).status_code == 404
    client.force_login(team_of(candidacy.call, Role.MANAGER)[0])

    assert client.get(address(name, candidacy)).status_code == 405
    assert written(candidacy) == before


# --- deciding


def test_an_officer_admits_and_no_letter_leaves(desk: TimedClient, candidacy: Candidacy) -> None:
    letters = Letter.objects.count()
    html = page(desk, candidacy)

    desk.post(address("admit", candidacy), filled(html, address("admit", candidacy)))

    assert "contrôles de recevabilité ne sont pas cochés" in html
    assert state(candidacy) == CandidacyState.ADMISSIBLE
    assert Letter.objects.count() == letters


def test_admitting_in_spite_of_a_negative_line_asks_why_and_keeps_the_page(
    desk: TimedClient, candidacy: Candidacy, colleague: User
) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=colleague, at=AFTER)

    refused = desk.post(address("admit", candidacy), {"admit-note": ""})
    desk.post(address("admit", candidacy), {"admit-note": "Signé depuis."})

    assert refused.status_code == 409
    assert "écrivez pourquoi vous passez outre" in body(refused)
    assert state(candidacy) == CandidacyState.ADMISSIBLE


def test_eligibility_is_decided_and_the_letter_named_beforehand(desk: TimedClient, candidacy: Candidacy) -> None:
    desk.post(address("admit", candidacy), {"admit-note": ""})

    html = page(desk, candidacy)
    desk.post(address("eligible", candidacy), {"eligible-note": ""})

    assert "Part aussitôt : la lettre « décision sur la recevabilité ou l’éligibilité »" in html
    assert state(candidacy) == CandidacyState.ELIGIBLE
    assert Letter.objects.filter(kind="eligibility_decision").count() == 2


def test_an_act_that_no_longer_applies_says_so(desk: TimedClient, candidacy: Candidacy, colleague: User) -> None:
    screening.admit(candidacy, by=colleague, at=AFTER)
    before = written(candidacy)

    response = desk.post(address("admit", candidacy), {"admit-note": ""})

    assert response.status_code == 409
    assert "pas possible dans l’état actuel" in body(response)
    assert written(candidacy) == before


# --- asking for what is missing


def test_documents_are_asked_for_from_the_page(
    desk: TimedClient, candidacy: Candidacy, officer: User, colleague: User
) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=colleague, at=AFTER)
    form = filled(page(desk, candidacy), address("ask", candidacy))
    form |= {"ask-asked-accounts": "on", "ask-reason-accounts": "Exercice 2017.", "ask-message": "Une copie suffit."}

    desk.post(address("ask", candidacy), form)

    request = CompletionRequest.objects.get()
    assert form["ask-due_at"] == "2018-12-10T17:00"
    assert (request.due_at.isoformat(), request.message) == ("2018-12-10T16:00:00+00:00", "Une copie suffit.")
    assert set(request.items.values_list("requirement__code", "reason")) == {
        ("mandate", "Non signé."),
        ("accounts", "Exercice 2017."),
    }
    assert state(candidacy) == CandidacyState.INCOMPLETE
    assert "Non signé." in Letter.objects.get(kind="completion_request").text
    assert "Attendu avant le lundi 10 décembre 2018 à 17" in page(desk, candidacy)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({}, "Cochez au moins une pièce"),
        ({"ask-asked-accounts": "on"}, "Dites ce qui manque"),
        ({"ask-reason-accounts": "Exercice 2017."}, "Cochez la pièce, ou effacez"),
        ({"ask-asked-accounts": "on", "ask-reason-accounts": "2017", "ask-due_at": "bientôt"}, "date"),
    ],
)
def test_a_request_that_asks_for_nothing_clear_is_typed_again(
    desk: TimedClient, candidacy: Candidacy, typed: dict[str, str], says: str
) -> None:
    before = written(candidacy)
    form = filled(page(desk, candidacy), address("ask", candidacy)) | {"ask-message": "Gardez-moi."} | typed

    response = desk.post(address("ask", candidacy), form)

    html = body(response)
    assert response.status_code == 422
    assert says in html
    assert "Gardez-moi." in html
    assert written(candidacy) == before


def test_a_date_already_past_is_refused_and_kept(desk: TimedClient, candidacy: Candidacy) -> None:
    before = written(candidacy)
    form = {"ask-asked-accounts": "on", "ask-reason-accounts": "2017", "ask-due_at": "2018-11-30T12:00"}

    response = desk.post(address("ask", candidacy), form)

    assert response.status_code == 409
    assert 'value="2018-11-30T12:00"' in body(response)
    assert written(candidacy) == before


@pytest.fixture
def asked(candidacy: Candidacy, officer: User) -> CompletionItem:
    accounts = candidacy.call.requirements.get(code="accounts")
    request = screening.request_completion(candidacy, {accounts: "Exercice 2017."}, due_at=DUE, by=officer, at=AFTER)
    return request.items.get()


def received(item: CompletionItem) -> CompletionItem:
    member = item.request.candidacy.members.get()
    file = builders.a_file(builders.a_pdf("Comptes 2017"))
    return screening.complete(member, item, file, name="comptes.pdf", at=AFTER + timedelta(days=1))


def test_what_was_received_is_shown_with_who_and_when(desk: TimedClient, asked: CompletionItem) -> None:
    item = received(asked)

    html = page(desk.at(AFTER + timedelta(days=2)), asked.request.candidacy)

    for said in ("Tout est reçu depuis le", "comptes.pdf", "Exercice 2017.", item.received_from.split(" <")[0]):
        assert said in html


def test_a_completion_that_did_not_come_is_shown_overdue(desk: TimedClient, asked: CompletionItem) -> None:
    candidacy = asked.request.candidacy

    before = page(desk.at(DUE - timedelta(microseconds=1)), candidacy)
    after = page(desk.at(DUE), candidacy)

    assert "Attendu avant le" in before
    assert "Proposer l’irrecevabilité" not in before
    assert "Délai passé depuis le" in after
    assert "Rien n’est reçu" in after
    assert "Proposer l’irrecevabilité" in after


def test_a_received_file_opens_for_the_team_and_its_reading_is_written(
    client: TimedClient, candidacy: Candidacy, asked: CompletionItem
) -> None:
    item = received(asked)
    client.at(AFTER + timedelta(days=2))
    url = address("completion_file", candidacy, item.pk)

    for user in (observer(candidacy.call), team_of(candidacy.call, Role.OFFICER)[0]):
        client.force_login(user)
        for _ in range(2):
            assert b"".join(client.get(url).streaming_content).startswith(b"%PDF")
        assert CandidacyLine.objects.filter(act="read_completion", actor=user).count() == 1
    for user in (team_of(builders.a_call(), Role.OFFICER)[0], builders.a_user(is_staff=True, is_superuser=True)):
        client.force_login(user)
        assert client.get(url).status_code == 404
    assert CandidacyLine.objects.filter(act="read_completion").count() == 2


def test_an_item_not_received_or_of_another_candidacy_is_absent(
    desk: TimedClient, candidacy: Candidacy, asked: CompletionItem
) -> None:
    other = a_frozen_call(builders.a_call())[0]
    other.call.team.create(user=team_of(candidacy.call, Role.OFFICER)[0], role=Role.OFFICER)

    assert desk.get(address("completion_file", candidacy, asked.pk)).status_code == 404
    received(asked)

    assert desk.get(address("completion_file", other, asked.pk)).status_code == 404


# --- excluding, two people


def test_an_exclusion_is_proposed_by_one_and_confirmed_by_another(
    desk: TimedClient, candidacy: Candidacy, officer: User, colleague: User
) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=officer, at=AFTER)
    form = filled(page(desk, candidacy), address("exclude", candidacy))
    desk.post(address("exclude", candidacy), form)
    exclusion = Exclusion.objects.get()
    mine = page(desk, candidacy)
    alone = desk.post(address("exclusion_confirm", candidacy, exclusion.pk))
    desk.force_login(colleague)
    theirs = page(desk, candidacy)

    desk.post(address("exclusion_confirm", candidacy, exclusion.pk))

    assert (exclusion.rule, exclusion.reason) == ("Pouvoir du signataire – indispensable au dépôt", "Non signé.")
    assert "attend l’avis d’un collègue" in mine
    assert "Confirmer l’exclusion" not in mine
    assert alone.status_code == 409
    assert "Confirmer l’exclusion" in theirs
    assert state(candidacy) == CandidacyState.INADMISSIBLE
    assert Letter.objects.filter(kind="eligibility_decision").count() == 2


def test_a_colleague_gives_an_exclusion_up_with_a_word(
    desk: TimedClient, candidacy: Candidacy, officer: User, colleague: User
) -> None:
    exclusion = screening.propose_exclusion(
        candidacy, stage=ExclusionStage.ADMISSIBILITY, rule="Article 3", reason="Hors champ.", by=officer, at=AFTER
    )
    desk.force_login(colleague)

    desk.post(address("exclusion_drop", candidacy, exclusion.pk), {"drop-note": "Elle est dans le champ."})

    exclusion.refresh_from_db()
    assert exclusion.dropped_at == AFTER
    assert candidacy.journal.get(act="drop_exclusion").note == "Elle est dans le champ."
    assert state(candidacy) == CandidacyState.FROZEN
    assert "a été abandonnée le" in page(desk, candidacy)


@pytest.mark.parametrize(
    ("line", "rule"), [("", ""), ("piece:mandate", "Une autre règle")], ids=["no rule", "two rules"]
)
def test_an_exclusion_names_one_rule(desk: TimedClient, candidacy: Candidacy, line: str, rule: str) -> None:
    before = written(candidacy)
    form = {"exclude-line": line, "exclude-rule": rule, "exclude-reason": "Hors champ."}

    response = desk.post(address("exclude", candidacy), form)

    assert response.status_code == 422
    assert "l’une ou l’autre" in body(response)
    assert written(candidacy) == before


def test_a_rule_may_be_typed(desk: TimedClient, candidacy: Candidacy) -> None:
    form = {"exclude-line": "", "exclude-rule": "Règlement, article 3", "exclude-reason": "Hors champ."}

    desk.post(address("exclude", candidacy), form)

    assert Exclusion.objects.get().rule == "Règlement, article 3"


def test_an_exclusion_of_another_candidacy_is_absent(desk: TimedClient, candidacy: Candidacy, officer: User) -> None:
    other = a_frozen_call(builders.a_call())[0]
    exclusion = screening.propose_exclusion(
        other,
        stage=ExclusionStage.ADMISSIBILITY,
        rule="Article 3",
        reason="Hors champ.",
        by=team_of(other.call, Role.OFFICER)[0],
        at=AFTER,
    )

    assert desk.post(address("exclusion_confirm", candidacy, exclusion.pk)).status_code == 404
    assert desk.post(address("exclusion_drop", candidacy, exclusion.pk)).status_code == 404
    assert state(other) == CandidacyState.FROZEN


def test_the_journal_of_the_page_speaks_of_lines_by_their_name(
    desk: TimedClient, candidacy: Candidacy, officer: User
) -> None:
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, comment="Non signé.", by=officer, at=AFTER)

    html = page(desk, candidacy)

    assert "contrôle : Pouvoir du signataire" in html
    assert "piece:mandate<" not in html


def test_the_page_after_the_examination_shows_no_form(desk: TimedClient, candidacy: Candidacy) -> None:
    an_eligible(candidacy)

    html = page(desk, candidacy)

    forms: list[Any] = re.findall(r'<form method="post" action="([^"]+)"', html)
    ours = [action for action in forms if "/candidacy/" in action]
    assert ours == [address("assess", candidacy)]


@pytest.mark.parametrize("due_at", ["9999-12-31T23:59", "2108-12-10T17:00"])
def test_a_year_mistyped_asks_for_nothing(desk: TimedClient, candidacy: Candidacy, due_at: str) -> None:
    action = address("ask", candidacy)
    typed = {"ask-asked-accounts": "on", "ask-reason-accounts": "Les comptes de 2017.", "ask-due_at": due_at}

    answer = desk.post(action, typed)

    assert answer.status_code == 422
    assert "Ce délai dépasse un an" in body(answer)
    assert not CompletionRequest.objects.exists()
