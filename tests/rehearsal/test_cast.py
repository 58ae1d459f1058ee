"""The invented structures: theirs are no real numbers, their words never change, their budgets balance."""

from collections import Counter
from datetime import timedelta

import phonenumbers
import pytest
from stdnum.fr import siren, siret

from applications.content import Content
from applications.enums import FunderKind, PartnerFamily
from applications.identifiers import clean_rna, clean_siret
from applications.models import Territory
from applications.rehearsal import figures, papers, script
from applications.rehearsal.cast import Player, players
from applications.rehearsal.words import Writer, allies
from applications.rules import money
from hubs_portal import inspection
from hubs_portal.files import store
from tests.builders import a_file

SUBMITTED = [player for player in players() if player.fate not in {"withdrawn", "not_submitted"}]


def test_the_funnel_is_that_of_the_demonstration() -> None:
    fates = Counter(player.fate for player in players())

    assert (len(players()), len(SUBMITTED)) == (60, 42)
    assert fates == {
        "awarded": 11,
        "reserve": 2,
        "not_selected": 7,
        "not_shortlisted": 15,
        "ineligible": 3,
        "inadmissible": 4,
        "withdrawn": 2,
        "not_submitted": 16,
    }


def test_the_peak_is_in_the_last_hours() -> None:
    last = [player.submits[-1] for player in SUBMITTED]

    assert sum(at >= script.CLOSES - timedelta(hours=24) for at in last) == 26
    assert sum(at >= script.CLOSES - timedelta(hours=1) for at in last) == 9
    assert all(at < script.CLOSES for at in last)
    assert [player.slug for player in players() if player.late] == ["derniere-minute"]


def test_legal_forms_are_mixed_as_they_would_be() -> None:
    forms = Counter(player.form for player in SUBMITTED)

    assert forms == {"association": 24, "company": 5, "local_authority": 4, "scic": 3, "gip": 3, "joint_body": 3}


def test_numbers_are_well_formed_and_nobody_s() -> None:
    assert len({player.siret for player in players()}) == 60
    for player in players():
        assert siren.is_valid(player.siren)
        assert siret.is_valid(player.siret)
        assert clean_siret(player.siret) == player.siret
        assert player.siret.startswith("0")  # the register gives no such number
        assert clean_rna(player.rna) == player.rna
        assert phonenumbers.is_valid_number(phonenumbers.parse(player.phone))
        assert player.email.endswith(".example")


def test_associations_have_one_register_or_the_other() -> None:
    for player in players():
        registered = player.form == "association" and not player.postcode.startswith("98")  # the Pacific has its own
        assert bool(player.rna) + bool(player.registry) == registered, player.slug


@pytest.mark.parametrize("player", players(), ids=lambda player: player.slug)
def test_budgets_balance_to_the_euro(player: Player) -> None:
    content: Content = {"expenses": figures.expenses(player), "resources": figures.resources(player)}

    sums = money.balance(content)

    assert sums.is_balanced
    assert 300_000 <= sums.requested <= 500_000
    assert all(line["amount"] > 0 for line in [*content["expenses"], *content["resources"]])
    assert [line["kind"] for line in content["resources"]].count(FunderKind.REQUESTED) == 1


def test_every_consortium_brings_the_three_families_together() -> None:
    for player in players():
        assert {ally.family for ally in allies(player)} == set(PartnerFamily)
        assert 3 <= len(allies(player)) <= 5


def test_a_draft_is_written_in_order_before_it_is_submitted() -> None:
    for player in players():
        steps = [at for _name, at in script.drafting(player)]
        assert steps == sorted(set(steps)), player.slug
        ends = [at for at in (*player.submits[:1], player.late) if at]
        assert all(step < end for step in steps[-1:] for end in ends), player.slug
        assert all(step > player.signalled for step in steps), player.slug


def writer_of(player: Player) -> Writer:
    known = [Territory(code=code, name=code, article=f"de {code}", population=300_000) for code in player.territories]
    return Writer(player, known)


def test_words_and_files_never_change() -> None:
    player = players()[3]

    assert writer_of(player).answer("project_context") == writer_of(player).answer("project_context")
    assert papers.paper(player, writer_of(player), "statutes") == papers.paper(player, writer_of(player), "statutes")
    assert writer_of(player).answer("project_context") != writer_of(players()[0]).answer("project_context")


@pytest.mark.django_db
def test_every_file_opens_and_is_what_its_name_says() -> None:
    codes = [code for code in papers._models() if code != "*"]

    for player in (players()[0], players()[32]):
        for code in codes:
            for name, content in papers.paper(player, writer_of(player), code):
                assert inspection.contradiction(a_file(content, name), name) is None
                finding = inspection.inspect(store(a_file(content, name)), name)
                assert finding.readable
                assert finding.pages is not None
                assert 1 <= finding.pages <= 8


def test_answers_are_set_as_french_is() -> None:
    for code in ("project_summary", "budget_explanation", "mission3_services", "*"):
        text = writer_of(players()[8]).answer(code)
        assert "'" not in text
        assert "{" not in text
        assert " :" not in text
