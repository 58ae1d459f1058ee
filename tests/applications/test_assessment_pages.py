"""The grid on the working page, and the shortlist of the call: marks, totals, who is heard, and who may say so."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import assessment
from applications.actions.conclusion import conclude, mark_heard
from applications.enums import CandidacyState, Outcome, Role
from applications.models import Assessment, Call, Candidacy, CandidacyLine
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.letters.models import Letter
from tests import builders
from tests.builders.browsers import TimedClient
from tests.builders.examined import AFTER, a_frozen_call, an_eligible, team_of


@pytest.fixture
def call(db: None) -> Call:
    call = builders.a_call()
    call.criteria.filter(code="network").update(threshold=3, anchor_0_fr="Rien de prévu.", anchor_5_fr="Réseau réuni.")
    return call


@pytest.fixture
def officer(call: Call) -> User:
    return team_of(call, Role.OFFICER)[0]


@pytest.fixture
def manager(call: Call) -> User:
    return team_of(call, Role.MANAGER)[0]


@pytest.fixture
def office(client: TimedClient) -> TimedClient:
    return client.at(AFTER)


def observer(call: Call) -> User:
    user = builders.a_user(is_staff=True)
    call.team.create(user=user, role=Role.OBSERVER)
    return user


def an_assessed(candidacy: Candidacy, marks: str) -> Candidacy:
    """« 4 3.5 2 »: a mark for each criterion, in the order of the grid."""
    an_eligible(candidacy)
    given = {c: Decimal(m) for c, m in zip(candidacy.call.criteria.all(), marks.split(), strict=True)}
    (officer, *_others) = team_of(candidacy.call, Role.OFFICER)
    return assessment.assess(candidacy, given, opinion="Solide.", by=officer, at=AFTER).candidacy


def some_assessed(call: Call, *marks: str) -> list[Candidacy]:
    return [an_assessed(c, m) for c, m in zip(a_frozen_call(call, len(marks)), marks, strict=True)]


def desk(candidacy: Candidacy, name: str = "change") -> str:
    return reverse(f"admin:applications_candidacy_{name}", args=[candidacy.pk])


def ranking(call: Call) -> str:
    return reverse("admin:applications_call_shortlist", args=[call.pk])


def body(response: Any) -> str:
    """The page; its no-break spaces made plain, which no test here is about."""
    return str(response.content.decode()).replace("\u00a0", " ")


def state(candidacy: Candidacy) -> str:
    return Candidacy.objects.get(pk=candidacy.pk).state


def written(call: Call) -> tuple[list[str], int, int, int]:
    states = list(Candidacy.objects.filter(call=call).order_by("pk").values_list("state", flat=True))
    acts = CandidacyLine.objects.exclude(act="read").count()
    return states, acts, Letter.objects.count(), Assessment.objects.count()


# --- the grid

MARKS = {"mark-territory": "4", "mark-network": "2.5", "mark-economy": "3"}


def test_the_grid_shows_weights_thresholds_and_what_marks_mean(office: TimedClient, call: Call, officer: User) -> None:
    candidacy = an_eligible(a_frozen_call(call)[0])
    office.force_login(officer)

    html = body(office.get(desk(candidacy)))

    for said in ("Critère network", "poids 35", "seuil 3", "Rien de prévu.", "Réseau réuni.", "3,5"):
        assert said in html
    assert "<dt>3</dt>" not in html


def test_an_officer_marks_every_criterion_and_the_total_is_shown(
    office: TimedClient, call: Call, officer: User
) -> None:
    candidacy = an_eligible(a_frozen_call(call)[0])
    office.force_login(officer)

    html = body(office.post(desk(candidacy, "assess"), MARKS | {"opinion": "Un bon ancrage."}, follow=True))

    scores = Assessment.objects.get().scores.values_list("criterion__code", "value")
    assert dict(scores) == {"territory": Decimal(4), "network": Decimal("2.5"), "economy": Decimal(3)}
    assert state(candidacy) == CandidacyState.ASSESSED
    for said in ("Évaluation : 64,5 sur 100", "sous le seuil de 3", "Un bon ancrage.", officer.name):
        assert said in html


def test_a_total_is_worked_out_without_writing_anything(office: TimedClient, call: Call, officer: User) -> None:
    candidacy = an_eligible(a_frozen_call(call)[0])
    office.force_login(officer)
    before = written(call)

    response = office.post(desk(candidacy, "assess"), MARKS | {"opinion": "À garder.", "preview": "1"})

    assert response.status_code == 200
    assert "Total : <strong>64,5 sur 100</strong>" in body(response)
    assert "À garder." in body(response)
    assert response.context["forms"]["assess"]["mark-network"].value() == "2.5"
    assert written(call) == before


@pytest.mark.parametrize("wrong", ["", "5.5", "2.3", "beaucoup"])
def test_a_grid_with_a_wrong_mark_is_refused_whole(office: TimedClient, call: Call, officer: User, wrong: str) -> None:
    candidacy = an_eligible(a_frozen_call(call)[0])
    office.force_login(officer)
    before = written(call)

    response = office.post(desk(candidacy, "assess"), MARKS | {"mark-economy": wrong, "opinion": "À garder."})

    assert response.status_code == 422
    assert "À garder." in body(response)
    assert written(call) == before


def test_an_observer_reads_the_marks_and_gives_none(office: TimedClient, call: Call) -> None:
    candidacy = an_eligible(a_frozen_call(call)[0])
    office.force_login(observer(call))
    before = written(call)

    assert office.post(desk(candidacy, "assess"), MARKS).status_code == 409
    assert "mark-network" not in body(office.get(desk(candidacy)))
    assert written(call) == before


# --- the shortlist


def test_assessed_candidacies_are_ranked_with_what_one_chooses_by(
    office: TimedClient, call: Call, officer: User
) -> None:
    low, high, level = some_assessed(call, "2 2 2", "5 5 4", "2 2 2")
    office.force_login(officer)

    response = office.get(ranking(call))

    rows = response.context["shortlist"].rows
    assert [(row.rank, row.candidacy.pk, row.grid.total) for row in rows] == [
        (1, high.pk, Decimal(95)),
        *sorted([(2, low.pk, Decimal(40)), (2, level.pk, Decimal(40))], key=lambda r: _number(r[1])),
    ]
    html = body(response)
    for said in ("Ain (01)", "250 000 €", "Critère network : 2 (seuil 3)", "3 candidatures à décider"):
        assert said in html
    assert 'type="checkbox"' not in html


def _number(pk: int) -> str:
    return Candidacy.objects.get(pk=pk).number


def test_a_manager_chooses_several_at_once(office: TimedClient, call: Call, manager: User) -> None:
    candidacies = some_assessed(call, "4 4 4", "5 5 5", "1 1 1")
    letters = Letter.objects.count()
    office.force_login(manager)

    response = office.post(
        ranking(call), {"chosen": [c.pk for c in candidacies[:2]], "decision": "hear", "reason": ""}, follow=True
    )

    assert "2 candidatures à auditionner." in body(response)
    assert [state(c) for c in candidacies] == ["shortlisted", "shortlisted", "assessed"]
    assert Letter.objects.count() == letters


def test_those_kept_out_each_receive_the_reason(office: TimedClient, call: Call, manager: User) -> None:
    candidacies = some_assessed(call, "4 4 4", "1 1 1", "1 1 2")
    office.force_login(manager)
    form = {"chosen": [c.pk for c in candidacies[1:]], "decision": "keep_out", "reason": "Sous les seuils publiés."}

    office.post(ranking(call), form)

    assert [state(c) for c in candidacies] == ["assessed", "not_shortlisted", "not_shortlisted"]
    letters = Letter.objects.filter(kind="not_shortlisted")
    assert {letter.subject_key for letter in letters} == {c.key for c in candidacies[1:]}
    assert all("Sous les seuils publiés." in letter.text for letter in letters)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"decision": "keep_out", "reason": " "}, "Écrivez le motif"),
        ({"decision": "hear", "chosen": []}, "Cochez au moins une candidature"),
        ({"decision": "hear", "chosen": ["999999"]}, "rechargez la page"),
        ({"decision": "award"}, "award"),
    ],
)
def test_a_choice_that_is_not_clear_moves_nothing(
    office: TimedClient, call: Call, manager: User, typed: dict[str, Any], says: str
) -> None:
    (candidacy,) = some_assessed(call, "4 4 4")
    office.force_login(manager)
    before = written(call)

    response = office.post(ranking(call), {"chosen": [candidacy.pk], "reason": ""} | typed)

    assert response.status_code == 422
    assert says in body(response)
    assert written(call) == before


def test_a_candidacy_that_cannot_be_chosen_is_named_and_the_others_go_on(
    office: TimedClient, call: Call, manager: User
) -> None:
    first, second = some_assessed(call, "4 4 4", "5 5 5")
    assessment.shortlist(second, by=manager, at=AFTER)  # by a colleague, since the page was shown
    office.force_login(manager)
    form = {"chosen": [first.pk, second.pk], "decision": "keep_out", "reason": "Gardé tel quel."}

    response = office.post(ranking(call), form)

    html = body(response)
    assert response.status_code == 409
    assert f"<strong>{second.organisation.name}</strong> ({second.number})" in html
    assert f"<strong>{first.organisation.name}</strong>" not in html
    assert "Gardé tel quel." in html
    assert (state(first), state(second)) == (CandidacyState.NOT_SHORTLISTED, CandidacyState.SHORTLISTED)


def test_only_managers_choose_and_only_the_team_reads(office: TimedClient, call: Call, officer: User) -> None:
    (candidacy,) = some_assessed(call, "4 4 4")
    form = {"chosen": [candidacy.pk], "decision": "hear", "reason": ""}
    outside = [team_of(builders.a_call(), Role.MANAGER)[0], builders.a_user(is_staff=True, is_superuser=True)]
    before = written(call)
    answers = []

    for user in (officer, observer(call), *outside):
        office.force_login(user)
        answers.append((office.get(ranking(call)).status_code, office.post(ranking(call), form).status_code))

    assert answers == [(200, 403), (200, 403), (404, 404), (404, 404)]
    assert written(call) == before


def test_a_manager_chooses_from_the_working_page_too(office: TimedClient, call: Call, manager: User) -> None:
    first, second = some_assessed(call, "4 4 4", "1 1 1")
    office.force_login(manager)

    office.post(desk(first, "shortlist"))
    silent = office.post(desk(second, "set_aside"), {"set_aside-reason": ""})
    office.post(desk(second, "set_aside"), {"set_aside-reason": "Sous les seuils."})

    assert silent.status_code == 422
    assert (state(first), state(second)) == (CandidacyState.SHORTLISTED, CandidacyState.NOT_SHORTLISTED)


def test_an_officer_does_not_choose_from_the_working_page(office: TimedClient, call: Call, officer: User) -> None:
    (candidacy,) = some_assessed(call, "4 4 4")
    office.force_login(officer)
    before = written(call)

    html = body(office.get(desk(candidacy)))

    assert "Un responsable de l’appel décide des auditions." in html
    assert office.post(desk(candidacy, "shortlist")).status_code == 409
    assert written(call) == before


def test_an_outcome_shows_nowhere_before_the_release(office: TimedClient, call: Call, manager: User) -> None:
    kept, awarded = some_assessed(call, "1 1 1", "4 4 4")
    assessment.set_aside(kept, reason="Sous les seuils.", by=manager, at=AFTER)
    assessment.shortlist(awarded, by=manager, at=AFTER)
    mark_heard(awarded, by=Actor.machine("audition"), at=AFTER)
    office.force_login(manager)
    pages = [ranking(call), desk(awarded), reverse("admin:index"), reverse("admin:applications_candidacy_changelist")]
    before = [body(office.get(page)) for page in pages]

    conclude(
        awarded,
        outcome=Outcome.AWARDED,
        amount=Decimal(123456),
        reasons="Un canari dans la mine.",
        by=Actor.person(manager),
        at=AFTER,
    )

    after = [body(office.get(page)) for page in pages]
    for html in after:
        assert "canari" not in html
        assert "123 456" not in html
        assert "lauréate" not in html
    assert len(after[0]) == len(before[0])


def test_the_shortlist_of_a_call_without_assessment_says_so(office: TimedClient, call: Call, manager: User) -> None:
    a_frozen_call(call)
    office.force_login(manager)

    assert "Aucune candidature n’est encore évaluée" in body(office.get(ranking(call)))
