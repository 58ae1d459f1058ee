"""Two versions of a dossier side by side: everything that changed, nothing that did not, whatever was typed."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import documents, drafting
from applications.enums import BudgetCategory, Rights, Role, Section
from applications.models import BudgetLine, FundingLine, Member, Question, Requirement
from applications.rules.differences import Difference, Kind, Patience, Piece, difference
from tests.builders import (
    CLOSES,
    NOW,
    TimedClient,
    a_call,
    a_complete_dossier,
    a_file,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    joined,
)
from tests.builders.candidacies import _RESOURCES as RESOURCES
from tests.builders.examined import team_of

LATER = NOW + timedelta(hours=1)
HOSTILE = "<script>alert(1)</script> & {{ 7 }} «\u202e»"


def said(pieces: list[Piece]) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in pieces]


# ---------------------------------------------------------------- two texts


def test_words_are_marked_and_the_space_around_them_is_not() -> None:
    found = difference("Un hub pour deux départements.", "Un hub pour trois départements.", Patience())

    assert said(found.before) == [
        ("same", "Un hub pour "),
        ("removed", "deux"),
        ("same", " "),
        ("same", "départements."),
    ]
    assert said(found.after) == [("same", "Un hub pour "), ("added", "trois"), ("same", " "), ("same", "départements.")]


def test_an_amount_changes_as_a_whole() -> None:
    found = difference("300\u00a0000\u00a0€", "320\u00a0000\u00a0€", Patience())

    assert found == Difference([Piece(Kind.REMOVED, "300\u00a0000\u00a0€")], [Piece(Kind.ADDED, "320\u00a0000\u00a0€")])


def test_what_one_side_lacks_is_all_on_the_other() -> None:
    assert difference("", "Neuf", Patience()) == Difference([], [Piece(Kind.ADDED, "Neuf")])
    assert difference("Vieux", "", Patience()) == Difference([Piece(Kind.REMOVED, "Vieux")], [])


def test_the_long_middle_that_did_not_change_is_left_out() -> None:
    middle = " ".join(f"mot{n}" for n in range(500))

    found = difference(f"Un {middle} fin", f"Deux {middle} terme", Patience())

    assert [piece.kind.value for piece in found.before] == ["removed", "same", "same", "same", "removed"]
    assert sum(len(piece.text) for piece in found.before) < 400
    assert sum(piece.hidden + len(piece.text) for piece in found.before) == len(f"Un {middle} fin")


def test_words_between_two_changes_are_found_again_in_a_long_text() -> None:
    sentences = [f"Le hub de la ville n° {n} forme les aidants de la ville et de ses communes.\n" for n in range(300)]
    changed = [line.replace("forme", "accompagne") if n % 50 == 7 else line for n, line in enumerate(sentences)]

    found = difference("".join(sentences), "".join(changed), Patience())

    assert [piece.text for piece in found.before if piece.kind is Kind.REMOVED] == ["forme"] * 6
    assert [piece.text for piece in found.after if piece.kind is Kind.ADDED] == ["accompagne"] * 6


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a x " * 200_000, "a y " * 200_000),
        ("ligne\n" * 150_000, "autre\nligne\n" * 100_000),
        ("x" * 1_000_000, "y" * 1_000_000),
        ("\n" * 1_000_000, " " * 1_000_000),
        (" ".join(map(str, range(150_000))), " ".join(map(str, range(150_000, 0, -1)))),
    ],
)
def test_a_text_of_a_million_signs_is_compared_at_once_and_shown_in_part(before: str, after: str) -> None:
    started = time.monotonic()

    found = difference(before, after, Patience())

    assert time.monotonic() - started < 10  # a hang, not a slow machine
    for pieces, text in ((found.before, before), (found.after, after)):
        assert sum(len(piece.text) for piece in pieces) < 20_000 or not text.strip()


def test_a_page_of_stubborn_texts_gives_up_comparing_words() -> None:
    patience = Patience()

    found = [difference("a x " * 30, "a y " * 30, patience) for _ in range(200)]

    assert 0 <= patience.left < 400_000
    assert (len(found[0].before) > 30, len(found[-1].before)) == (True, 3)


# ---------------------------------------------------------------- the page


@pytest.fixture
def member(client: TimedClient) -> Member:
    """The contact of a dossier submitted once, signed in."""
    found = a_signalled(a_call(), user=a_user())
    a_complete_dossier(found)
    a_submission(found)
    assert found.user
    client.force_login(found.user)
    return found


def page(member: Member, query: str = "") -> str:
    return reverse("compare", args=[member.candidacy.number]) + query


def text(response: Any) -> str:
    return " ".join(str(response.content.decode()).replace("\u00a0", " ").split())


def write(member: Member, answer: str, *, at: Any = LATER) -> None:
    question = Question.objects.filter(call=member.candidacy.call, section=Section.PROJECT).order_by("position")[0]
    drafting.save_answers(member, Section.PROJECT, {question: answer}, at=at)


def test_the_draft_is_laid_beside_the_last_version_field_by_field(client: TimedClient, member: Member) -> None:
    write(member, "Un autre titre")
    drafting.save_organisation(member, {"city": "Nantua", "website": "https://hub.invalid"}, at=LATER)
    lines = [{"category": BudgetCategory.STAFF, "label": "Coordination", "amount": Decimal("320000.00")}]
    drafting.save_rows(member, Section.BUDGET, {BudgetLine: lines, FundingLine: RESOURCES}, at=LATER)
    statutes = Requirement.objects.get(call=member.candidacy.call, code="mandate")
    former = member.candidacy.dossier.documents.current().get(requirement=statutes)
    added = documents.add_document(member, statutes, a_file(a_pdf("Neufs")), name="neufs.pdf", at=LATER)

    shown = client.get(page(member))

    kinds = {field.label: field.kind for part in shown.context["shown"].parts for field in part.fields}
    assert kinds == {
        "Adresse": "changed",
        "Site internet": "added",
        "Titre du projet": "changed",
        "Dépenses – charges de personnel, Coordination": "changed",
        "Dépenses – déplacements, Déplacements": "removed",
        "Total des dépenses": "changed",
    }
    (files,) = shown.context["shown"].files
    assert (files.kind, files.before[0].sha256, files.after[0].sha256) == (
        "changed",
        former.stored.digest,
        added.stored.digest,
    )
    body = text(shown)
    assert "Ce qui change depuis la version 1" in body
    for words in ("<del>", "<ins>", "[retiré :", "[ajouté :", "Modifié", "Remplacée", "320 000 €"):
        assert words in body, words


def test_two_submitted_versions_are_compared_and_one_may_choose_which(client: TimedClient, member: Member) -> None:
    write(member, "Deux")
    a_submission(member, arrived_at=LATER)
    write(member, "Trois", at=LATER)
    a_submission(member, arrived_at=LATER + timedelta(minutes=1))

    usual, chosen = client.get(page(member)), client.get(page(member, "?avant=1&apres=3"))

    assert (usual.context["before"].number, usual.context["after"].number) == (2, 3)
    assert "Ce qui change entre la version 1 et la version 3" in text(chosen)
    wrong = [client.get(page(member, f"?avant={n}")).status_code for n in ("9", "brouillon", "x", "0", "-1")]
    assert wrong == [404] * 5


def test_the_same_is_said_to_be_the_same(client: TimedClient, member: Member) -> None:
    only = client.get(page(member))

    assert only.context["shown"].is_empty
    assert "Ces deux versions disent la même chose" in text(only)


def test_nothing_submitted_is_nothing_to_compare(client: TimedClient) -> None:
    started = a_signalled(a_call(), user=a_user())
    assert started.user
    client.force_login(started.user)

    assert client.get(page(started)).status_code == 404


def test_what_people_typed_is_shown_as_text(client: TimedClient, member: Member) -> None:
    write(member, HOSTILE)
    drafting.save_organisation(member, {"name": HOSTILE, "city": HOSTILE}, at=LATER)

    body = client.get(page(member)).content.decode()

    assert "<script>alert(1)" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body
    assert "{{ 7 }}" in body


def test_the_pages_that_say_a_draft_is_ahead_lead_there(client: TimedClient, member: Member) -> None:
    number = member.candidacy.number
    before = client.get(reverse("dossier", args=[number])).content.decode()
    write(member, "Deux")

    pages: dict[str, list[Any]] = {"dossier": [number], "review": [number], "submitted": [number, 1]}
    shown = {name: client.get(reverse(name, args=args)).content.decode() for name, args in pages.items()}

    assert page(member) not in before
    assert [name for name, body in shown.items() if page(member) not in body] == []
    a_submission(member, arrived_at=LATER)
    assert f"{page(member)}?avant=1&amp;apres=2" in client.get(reverse("submitted", args=[number, 2])).content.decode()


def test_after_the_closing_a_reader_still_compares_and_others_find_nothing(
    client: TimedClient, another_client: TimedClient, member: Member
) -> None:
    write(member, "Deux")
    reader = joined(an_invited(member, rights=Rights.VIEW))
    manager = team_of(member.candidacy.call, Role.MANAGER)[0]
    rival = a_signalled(member.candidacy.call, user=a_user())

    answers = []
    for user in (reader.user, manager, rival.user):
        assert user
        client.force_login(user)
        answers.append(client.at(CLOSES + timedelta(hours=1)).get(page(member)).status_code)

    assert answers == [200, 404, 404]
    assert another_client.get(page(member)).status_code == 302


def test_it_costs_fifteen_queries_at_most_whatever_changed(
    client: TimedClient, member: Member, django_assert_max_num_queries: Any
) -> None:
    lines = [{"category": BudgetCategory.STAFF, "label": f"Poste {n}", "amount": Decimal(n + 1)} for n in range(100)]
    drafting.save_rows(member, Section.BUDGET, {BudgetLine: lines, FundingLine: RESOURCES}, at=LATER)

    with django_assert_max_num_queries(15):
        shown = client.get(page(member))

    assert shown.context["shown"].changes > 100
