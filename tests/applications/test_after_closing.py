"""After the closing, a candidate's pages tell what was notified, its date and what follows; and nothing else."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.actions import assessment, closing, conclusion, screening, withdrawal
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Outcome, Role
from applications.models import Candidacy, Member
from applications.selectors.course import course
from applications.selectors.followed import follow
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from juries.actions import attendance, hearings
from tests.builders import (
    TimedClient,
    a_call,
    a_convened,
    a_juror,
    a_jury,
    a_panel,
    a_signalled,
    a_slot,
    a_submission,
    a_user,
    joined,
    without_ties,
)
from tests.builders.examined import AFTER, a_frozen_call, a_heard, a_shortlisted, an_eligible, team_of

LATER = datetime(2018, 12, 12, 9, tzinfo=UTC)  # Wednesday, 10:00 in Paris; after the hearing of the builders
BEFORE = datetime(2018, 12, 6, 9, tzinfo=UTC)  # before it
RELEASE = datetime(2019, 1, 31, 9, tzinfo=UTC)
DUE = datetime(2018, 12, 14, 16, tzinfo=UTC)
JURY = Actor.machine("jury")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ground")]


def common_ground() -> None:
    """A candidacy of a frozen call, whose contact has an account."""
    (frozen,) = a_frozen_call(a_call())
    joined(frozen.members.get(), at=AFTER)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def a_followed(client: TimedClient, at: datetime = LATER) -> Candidacy:
    """The candidacy of the ground, the browser of its contact signed in at that instant."""
    frozen = Candidacy.objects.earliest("pk")
    member = frozen.members.get()
    assert member.user
    client.force_login(member.user)
    client.at(at)
    return frozen


def officer_of(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.OFFICER)[0]


def manager_of(candidacy: Candidacy) -> User:
    return team_of(candidacy.call, Role.MANAGER)[0]


def dossier(client: TimedClient, candidacy: Candidacy) -> str:
    return plain(client.get(reverse("dossier", args=[candidacy.number])).text)


def line(candidacy: Candidacy, at: datetime = LATER) -> list[tuple[str, str]]:
    """The steps as the candidate reads them: title and word."""
    candidacy = Candidacy.objects.select_related("call", "dossier").get(pk=candidacy.pk)
    return [(step.title, step.word) for step in follow(candidacy, at).steps]


def missing_from(page: str, *expected: str) -> list[str]:
    return [text for text in expected if text not in page]


# ---------------------------------------------------------------- what was told, in words


def test_a_filed_dossier_is_examined_and_says_when_results_come(client: TimedClient) -> None:
    candidacy = a_followed(client)

    page = dossier(client, candidacy)

    expected = (
        "DÉPOSÉ le 28 novembre 2018",
        "Vous serez informé par courriel de la suite. Résultats prévus le 31 janvier 2019.",
        "Où en est ma candidature",
        'aria-current="step"',
        reverse("submitted", args=[candidacy.number, 1]),
        reverse("section", args=[candidacy.number, "project"]),
    )
    assert missing_from(page, *expected) == []
    assert line(candidacy) == [
        ("Dépôt du dossier", "Terminé"),
        ("Examen du dossier", "En cours"),
        ("Évaluation et présélection", "À venir"),
        ("Audition par le jury", "À venir"),
        ("Résultats", "À venir"),
    ]
    assert "À commencer" not in page


def test_results_that_are_late_are_said_to_be(client: TimedClient) -> None:
    candidacy = a_followed(client, datetime(2019, 2, 1, 9, tzinfo=UTC))

    page = dossier(client, candidacy)

    assert "Les résultats étaient prévus le 31 janvier 2019 ; ils ne sont pas encore publiés." in page


def test_an_eligible_candidacy_knows_the_days_to_keep(client: TimedClient) -> None:
    candidacy = a_followed(client)
    an_eligible(candidacy)

    page = dossier(client, candidacy)

    expected = (
        "CANDIDATURE ÉLIGIBLE",
        "le jury vous entendra entre le 3 décembre 2018 et le 18 janvier 2019",
        "Être éligible n’est pas encore être retenu.",
    )
    assert missing_from(page, *expected) == []
    assert [word for _title, word in line(candidacy)] == ["Terminé", "Terminé", "En cours", "À venir", "À venir"]


@pytest.mark.parametrize(
    ("stage", "word"),
    [
        (ExclusionStage.ADMISSIBILITY, "CANDIDATURE IRRECEVABLE"),
        (ExclusionStage.ELIGIBILITY, "CANDIDATURE INÉLIGIBLE"),
    ],
)
def test_an_exclusion_is_read_with_its_rule_its_reason_and_the_appeals(
    client: TimedClient, stage: ExclusionStage, word: str
) -> None:
    candidacy = a_followed(client)
    if stage == ExclusionStage.ELIGIBILITY:
        screening.admit(candidacy, by=officer_of(candidacy), at=AFTER)
    said: dict[str, Any] = {"stage": stage, "rule": "Règlement, article 3", "reason": "Pas de personnalité morale."}
    exclusion = screening.propose_exclusion(candidacy, **said, by=officer_of(candidacy), at=AFTER)
    screening.confirm_exclusion(exclusion, by=manager_of(candidacy), at=AFTER)

    page = dossier(client, candidacy)

    expected = (
        word,
        "Règlement, article 3",
        "Pas de personnalité morale.",
        "Vous pouvez contester une décision dans les deux mois.",
        "01 99 00 20 18",
    )
    assert missing_from(page, *expected) == []
    assert line(candidacy) == [("Dépôt du dossier", "Terminé"), ("Examen du dossier", "Terminé ici")]


def test_a_candidacy_set_aside_reads_why(client: TimedClient) -> None:
    candidacy = a_followed(client)
    an_eligible(candidacy)
    marks = {criterion: Decimal(2) for criterion in candidacy.call.criteria.all()}
    assessment.assess(candidacy, marks, opinion="Avis interne.", by=officer_of(candidacy), at=AFTER)
    assessment.set_aside(candidacy, reason="La coordination n’est pas décrite.", by=manager_of(candidacy), at=AFTER)

    page = dossier(client, candidacy)

    expected = ("CANDIDATURE NON PRÉSÉLECTIONNÉE", "La coordination n’est pas décrite.", "dans les deux mois")
    assert missing_from(page, *expected) == []
    assert "Avis interne." not in page
    assert line(candidacy)[-1] == ("Évaluation et présélection", "Terminé ici")


@pytest.mark.parametrize(
    ("outcome", "amount", "expected", "appeals"),
    [
        (Outcome.AWARDED, 450_000, ("CANDIDATURE LAURÉATE – subvention de 450 000 €", "préparer la convention"), False),
        (Outcome.RESERVE, None, ("CANDIDATURE SUR LISTE COMPLÉMENTAIRE", "se désiste"), True),
        (Outcome.NOT_SELECTED, None, ("CANDIDATURE NON RETENUE",), True),
    ],
)
def test_the_result_is_read_with_its_reasons_once_released(
    client: TimedClient, outcome: Outcome, amount: int | None, expected: tuple[str, ...], appeals: bool
) -> None:
    candidacy = a_followed(client, RELEASE)
    a_heard(candidacy)
    granted = Decimal(amount) if amount else None
    conclusion.conclude(candidacy, outcome=outcome, amount=granted, reasons="Un avis motivé.", by=JURY, at=AFTER)
    managers = team_of(candidacy.call, Role.MANAGER)
    publication = conclusion.request_release(candidacy.call, by=managers[0], at=RELEASE)
    conclusion.release_results(publication, by=managers[1], at=RELEASE)

    page, desk = dossier(client, candidacy), plain(client.get(reverse("desk")).text)

    assert missing_from(page, *expected, "Un avis motivé.", "Voir les résultats publiés") == []
    assert ("dans les deux mois" in page) == appeals
    assert expected[0] in desk


def test_a_dossier_never_filed_and_one_withdrawn_say_why_there_is_nothing_to_follow(client: TimedClient) -> None:
    call, user = a_call(), a_user()
    draft, taken_back = a_signalled(call, user=user), a_signalled(call, user=user)
    a_submission(taken_back)
    withdrawal.withdraw(taken_back, at=AFTER - timedelta(days=1))
    closing.close_due_calls(at=AFTER)
    client.force_login(user)
    client.at(LATER)

    pages = [dossier(client, member.candidacy) for member in (draft, taken_back)]

    assert ["Aucune version n’a été déposée avant la clôture" in pages[0], "Appelez le service" in pages[0]] == [
        True
    ] * 2
    assert "Vous avez retiré cette candidature : elle n’est pas examinée." in pages[1]
    assert ["Où en est ma candidature</h2>" in page for page in pages] == [False, False]


@pytest.mark.parametrize("state", [*CandidacyState])
def test_every_state_that_may_be_told_has_its_words_and_its_place(client: TimedClient, state: CandidacyState) -> None:
    candidacy = a_followed(client)
    Candidacy.objects.filter(pk=candidacy.pk).update(notified_state=state)

    shown = follow(Candidacy.objects.select_related("call", "dossier").get(pk=candidacy.pk), LATER)

    assert shown.banner.word
    assert bool(shown.steps) == (shown.counted is not None)
    Candidacy.objects.filter(pk=candidacy.pk).update(notified_state=candidacy.notified_state)


def test_english_readers_follow_their_candidacy_too(client: TimedClient) -> None:
    candidacy = a_followed(client)

    page = client.get(reverse("dossier", args=[candidacy.number]), headers={"Accept-Language": "en"}).text

    assert missing_from(page, "Where my application stands", "Results expected on 31 January 2019.") == []


# ---------------------------------------------------------------- two worlds


def everything_shown(client: TimedClient, candidacy: Candidacy) -> dict[str, tuple[int, str]]:
    """What the candidate and the public obtain at every address about this candidacy."""
    number, slug = candidacy.number, candidacy.call.slug
    mine = ["dossier", "documents", "review", "members", "messages", "completion", "hearing", "hearing_ics"]
    addresses = [reverse(name, args=[number]) for name in mine]
    addresses += [reverse("section", args=[number, "project"]), reverse("submitted", args=[number, 1])]
    addresses += [reverse(name, args=[slug]) for name in ("call", "signal", "results_csv", "results_json")]
    addresses += [reverse(name) for name in ("desk", "home", "site_map")]
    found = {}
    for address in addresses:
        response = client.get(address)
        text = re.sub(r'(csrfmiddlewaretoken" value|csrf-token" content)="\w+"', "", response.text)
        found[address] = (response.status_code, text)
    return found


def nothing(_candidacy: Candidacy) -> None:
    """The dossier was frozen, and that is all."""


def completion_asked(candidacy: Candidacy) -> None:
    accounts = candidacy.call.requirements.get(code="accounts")
    screening.request_completion(candidacy, {accounts: "2017."}, due_at=DUE, by=officer_of(candidacy), at=AFTER)


def admitted(candidacy: Candidacy) -> None:
    screening.admit(candidacy, by=officer_of(candidacy), at=AFTER)


def ticked_and_proposed(candidacy: Candidacy) -> None:
    said: dict[str, Any] = {"comment": "Non signé.", "by": officer_of(candidacy), "at": AFTER}
    screening.tick(candidacy, "piece:mandate", CheckVerdict.NO, **said)
    stage = ExclusionStage.ADMISSIBILITY
    screening.propose_exclusion(candidacy, stage=stage, rule="3", reason="Secret.", by=officer_of(candidacy), at=AFTER)


def eligible(candidacy: Candidacy) -> None:
    an_eligible(candidacy)


def assessed(candidacy: Candidacy) -> None:
    marks = {criterion: Decimal(2) for criterion in candidacy.call.criteria.all()}
    assessment.assess(candidacy, marks, opinion="Secret.", by=officer_of(candidacy), at=AFTER)


def assessed_and_shortlisted(candidacy: Candidacy) -> None:
    assessed(candidacy)
    assessment.shortlist(candidacy, by=manager_of(candidacy), at=AFTER)


def hearing_booked(candidacy: Candidacy) -> None:
    assessed_and_shortlisted(candidacy)
    jury = a_jury(candidacy.call)
    seats = [a_juror(jury) for _ in range(2)]
    panel = a_panel(jury, seats, [candidacy])
    without_ties(*seats)
    hearings.book_hearing(a_slot(panel), candidacy, by=manager_of(candidacy), at=AFTER + timedelta(hours=2))


def convened(candidacy: Candidacy) -> None:
    a_shortlisted(candidacy)
    jury = a_jury(candidacy.call)
    seats = [a_juror(jury) for _ in range(2)]
    panel = a_panel(jury, seats, [candidacy])
    without_ties(*seats)
    a_convened(panel, candidacy)


def held(candidacy: Candidacy) -> None:
    hearing = candidacy.hearings.get()
    seats = list(hearing.panel.jury.seats.all())
    attendance.hold_hearing(hearing, present=seats, by=manager_of(candidacy), at=hearing.slot.ends_at)


def held_and_awarded(candidacy: Candidacy) -> None:
    held(candidacy)
    said: dict[str, Any] = {"outcome": Outcome.AWARDED, "amount": Decimal(400_000), "reasons": "Secret."}
    conclusion.conclude(candidacy, **said, by=JURY, at=LATER)


def held_and_rejected_and_asked_to_release(candidacy: Candidacy) -> None:
    held(candidacy)
    said: dict[str, Any] = {"outcome": Outcome.NOT_SELECTED, "amount": None, "reasons": "Secret."}
    conclusion.conclude(candidacy, **said, by=JURY, at=LATER)
    conclusion.request_release(candidacy.call, by=manager_of(candidacy), at=LATER)


@pytest.mark.parametrize(
    ("told", "untold"),
    [
        (nothing, admitted),
        (nothing, ticked_and_proposed),
        (completion_asked, admitted),
        (eligible, assessed),
        (eligible, assessed_and_shortlisted),
        (eligible, hearing_booked),
        (convened, held),
        (convened, held_and_awarded),
        (convened, held_and_rejected_and_asked_to_release),
    ],
)
def test_what_was_not_told_changes_no_byte_of_any_page(
    client: TimedClient, told: Callable[[Candidacy], None], untold: Callable[[Candidacy], None]
) -> None:
    candidacy = a_followed(client)
    told(candidacy)
    before = everything_shown(client, candidacy)

    untold(candidacy)

    after = everything_shown(client, candidacy)
    assert [address for address in before if before[address] != after[address]] == []
    assert [status for status, _text in before.values() if status >= 500] == []


def test_an_award_that_waits_for_its_release_is_read_nowhere(client: TimedClient) -> None:
    candidacy = a_followed(client)
    convened(candidacy)
    held_and_awarded(candidacy)

    shown = everything_shown(client, candidacy)

    words = re.compile(r"400[\s\u00a0]000|Secret\.|[Ll]auréate")
    assert [address for address, (_status, text) in shown.items() if words.search(text)] == []


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize("told", [nothing, completion_asked, eligible, convened])
def test_the_pages_of_a_candidacy_cost_few_queries(
    client: TimedClient, told: Callable[[Candidacy], None], django_assert_max_num_queries: Any
) -> None:
    candidacy = a_followed(client)
    told(candidacy)
    addresses = [reverse(name, args=[candidacy.number]) for name in ("dossier", "documents", "messages", "members")]

    for address in [*addresses, reverse("desk")]:
        client.get(address)
        with django_assert_max_num_queries(15):
            client.get(address)


def test_the_desk_after_the_closing_costs_as_much_for_many_candidacies_as_for_one(client: TimedClient) -> None:
    candidacy = a_followed(client)
    user = Member.objects.get(candidacy=candidacy).user

    def one_of_each() -> int:
        for told in (completion_asked, convened):
            (another,) = a_frozen_call(a_call(with_kit=False))
            joined(another.members.get(), user, at=AFTER)
            told(another)
        client.get(reverse("desk"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk"))
        return len(queries)

    assert one_of_each() == one_of_each() <= 15


def test_the_line_of_steps_asks_the_database_nothing(client: TimedClient, django_assert_num_queries: Any) -> None:
    candidacy = Candidacy.objects.select_related("call", "dossier").get(pk=a_followed(client).pk)
    shown = follow(candidacy, LATER)
    assert shown.counted

    with django_assert_num_queries(0):
        course(candidacy, shown.told, shown.counted, LATER)
