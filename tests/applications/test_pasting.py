"""Tables pasted from a spreadsheet: what is understood is put in place, what is not is said, nothing is lost."""

import time
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications.actions import drafting
from applications.content import dossier_content
from applications.enums import Rights, Section
from applications.forms.fields import Amount
from applications.forms.pasting import Pasted, understand
from applications.forms.rows import MOST, ExpenseRow, ResourceRow
from applications.forms.spreadsheet import LONGEST, cells
from applications.models import BudgetLine, Dossier, Member
from tests.builders import a_call, a_signalled, a_user, an_invited, joined
from tests.builders.browsers import TimedClient
from tests.builders.calls import CLOSES

NBSP, THIN = "\u00a0", "\u202f"
JSON = {"accept": "application/json"}


def spaced(text: str) -> str:
    return text.replace(NBSP, " ").replace(THIN, " ")


def said(pasted: Pasted) -> list[str]:
    return [spaced(text) for text in [pasted.understood, *pasted.problems]]


# ---------------------------------------------------------------- cells


def test_the_cells_of_excel_come_back_with_their_line_breaks_and_quotes() -> None:
    assert cells('Un\t"deux\nlignes ""dites"" là"\t3\r\n"Hub" numérique\t"seul\t\r\n') == [
        ["Un", 'deux\nlignes "dites" là', "3"],
        ['"Hub" numérique', '"seul', ""],
        [""],
    ]


def test_a_file_with_semicolons_is_read_and_a_semicolon_in_a_sentence_is_not_a_column() -> None:
    assert cells('Un;"deux ; trois";3\nQuatre;;5') == [["Un", "deux ; trois", "3"], ["Quatre", "", "5"]]
    assert cells("Achats ; locations\nTrajets\nSalles") == [["Achats ; locations"], ["Trajets"], ["Salles"]]


# ---------------------------------------------------------------- what is understood


def test_a_table_with_its_title_heads_and_total_fills_the_lines() -> None:
    pasted = understand(
        ExpenseRow,
        f"Budget prévisionnel du hub\t\t\n\nPoste de dépense\tIntitulé\tMontant TTC (€)\n"
        f"Personnel\tChef de projet\t45{THIN}000,00 €\n"
        f"charges de personnel\tFormateur\t12{NBSP}500,5\n"
        f"Total général\t\t57 500,50\n",
    )

    assert pasted.lines == [
        {"category": "staff", "label": "Chef de projet", "amount": f"45{NBSP}000"},
        {"category": "staff", "label": "Formateur", "amount": f"12{NBSP}500,50"},
    ]
    assert said(pasted) == [
        (
            "2 lignes lues, pour 57 500,50 € en tout. Colonnes reconnues : Nature (colonne 1), Dépense (colonne 2),"
            " Montant en euros (colonne 3)."
        ),
        "Une ligne de total n’a pas été reprise, les totaux sont calculés : « Total général 57 500,50 ».",
        "Laissé de côté, au-dessus du tableau : « Budget prévisionnel du hub ».",
    ]


def test_what_cannot_be_understood_is_named_line_by_line_and_kept_as_it_was_typed() -> None:
    pasted = understand(
        ExpenseRow, "RH\tUn poste\t-300\nDivers\tUn autre\t=SOMME(C1:C9)\nRH\tUn dernier\tbeaucoup\n", start=4
    )

    assert pasted.lines == [
        {"category": "", "label": "Un poste", "amount": "-300"},
        {"category": "other", "label": "Un autre", "amount": "=SOMME(C1:C9)"},
        {"category": "", "label": "Un dernier", "amount": "beaucoup"},
    ]
    assert said(pasted)[1:] == [
        "Nature à choisir, le mot n’étant pas reconnu : ligne 5 (« RH »), ligne 7 (« RH »).",
        "Montant à corriger : ligne 5 (« -300 »). Le montant doit être supérieur à zéro.",
        "Montant à corriger : ligne 6 (« =SOMME(C1:C9) »). Collez le résultat plutôt que la formule.",
        "Montant à corriger : ligne 7 (« beaucoup »). Écrivez le montant en chiffres, par exemple 12 500 ou 12 500,50.",
    ]


def test_columns_too_many_are_named() -> None:
    pasted = understand(ExpenseRow, "Nature\tDépense\tQuantité\tPrix unitaire\tTotal HT\nPersonnel\tA\t2\t10\t20\n")

    assert pasted.lines == [{"category": "staff", "label": "A", "amount": "20"}]
    assert said(pasted)[1:] == ["2 colonnes de trop n’ont pas été reprises : « Quantité », « Prix unitaire »."]


def test_the_origin_of_money_is_recognised_and_the_name_of_the_funder_kept() -> None:
    pasted = understand(
        ResourceRow,
        "Origine\tMontant\tStatut\nFEDER\t20000\tsollicité\nRégion Exemple\t10000\tacquis\nPréfecture\t5000\t\n"
        "Ressources propres\t1\tsollicité\nRégion et FEDER\t2\tsollicité\n",
    )

    assert pasted.lines == [
        {"kind": "european", "amount": f"20{NBSP}000", "status": "asked", "funder": "FEDER"},
        {"kind": "local", "amount": f"10{NBSP}000", "status": "obtained", "funder": "Région Exemple"},
        {"kind": "state", "amount": f"5{NBSP}000", "status": "asked", "funder": "Préfecture"},
        {"kind": "own", "amount": "1", "status": "asked", "funder": ""},
        {"kind": "", "amount": "2", "status": "asked", "funder": "Région et FEDER"},
    ]


def test_a_column_pasted_in_a_cell_fills_that_column_alone() -> None:
    assert understand(ExpenseRow, "100\n200,50\n", at_field="amount").lines == [{"amount": "100"}, {"amount": "200,50"}]
    assert understand(ResourceRow, "État\nRégion", at_field="kind").lines == [{"kind": "state"}, {"kind": "local"}]
    assert understand(ExpenseRow, "Personnel\nDivers", at_field="category").lines == [
        {"category": "staff"},
        {"category": "other"},
    ]


def test_without_heads_columns_are_known_by_what_they_hold() -> None:
    assert understand(ExpenseRow, "Chef de projet;45000\nTrains;1200").lines == [
        {"label": "Chef de projet", "amount": f"45{NBSP}000"},
        {"label": "Trains", "amount": f"1{NBSP}200"},
    ]
    assert understand(ResourceRow, "Banque\tCrédit\t10\nMutuelle\tDon\t5").lines == [
        {"kind": "", "funder": "Crédit", "amount": "10"},
        {"kind": "", "funder": "Don", "amount": "5"},
    ]


def test_lines_beyond_the_limit_are_given_back() -> None:
    pasted = understand(ExpenseRow, "".join(f"Ligne {n}\t{n}\n" for n in range(1, 8)), start=MOST - 5)

    assert len(pasted.lines) == 5
    assert pasted.left == "Ligne 6\t6\nLigne 7\t7\n"
    assert said(pasted)[1:] == [
        (
            "2 lignes n’ont pas trouvé de place : le tableau en tient 500. Elles sont gardées dans le cadre « Coller"
            " depuis un tableur »."
        )
    ]


def test_marks_nobody_sees_are_left_out_and_a_formula_in_a_name_is_a_name() -> None:
    pasted = understand(ExpenseRow, "\ufeffPersonnel\t=1+1 \u202eesrevni\u202c \u2067x\u2069\t\u200b10\u200b\n")

    assert pasted.lines == [{"category": "staff", "label": "=1+1 esrevni x", "amount": "10"}]


@pytest.mark.parametrize(
    "text",
    [
        "x\t" * 600_000,
        '"a\t' * 30_000,
        '"""a\t' * 20_000,
        "\n" * (LONGEST - 1),
        "a\t1\n" * 29_000,
        ("a\t" * 39 + "\n") * 1_500,
        "=cmd|'/C calc'!A0\t" * 5_000,
        "",
    ],
)
def test_a_hostile_table_is_answered_in_a_sentence_and_soon(text: str) -> None:
    begun = time.process_time()

    pasted = understand(ExpenseRow, text)

    assert said(pasted)
    assert len(pasted.lines) <= MOST
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1,234.56", "1234.56"), ("1,234,567", "1234567.00"), ("€1,234.50", "1234.50"), ("1.234,56", "1234.56")],
)
def test_an_amount_of_an_english_spreadsheet_is_understood(typed: str, amount: str) -> None:
    assert Amount().clean(typed) == Decimal(amount)


# ---------------------------------------------------------------- the page


@pytest.fixture
def member(client: TimedClient, db: None) -> Member:
    user = a_user()
    signalled = a_signalled(a_call(), user=user)
    client.force_login(user)
    return signalled


def budget(member: Member) -> str:
    return reverse("section", args=[member.candidacy.number, "budget"])


def typed(**more: str) -> dict[str, str]:
    """Two lines of expenses typed and an empty one, no resource."""
    tables = {"resources-TOTAL_FORMS": "0", "resources-INITIAL_FORMS": "0", "expenses-INITIAL_FORMS": "0"}
    first = {"expenses-0-category": "staff", "expenses-0-label": "Un poste", "expenses-0-amount": "10"}
    return {"seen": "0", "expenses-TOTAL_FORMS": "3", **tables, **first, "expenses-1-label": "À finir", **more}


def lines_of(answer: Any) -> list[tuple[str, ...]]:
    table = answer.context["page"].table("expenses")
    return [tuple(str(form[name].value() or "") for name in ("category", "label", "amount")) for form in table.forms]


def revision(member: Member) -> int:
    return Dossier.objects.get(candidacy=member.candidacy_id).revision


def test_without_scripts_the_lines_come_after_those_typed_and_nothing_is_saved(
    client: TimedClient, member: Member
) -> None:
    text = "Déplacements\tTrains\t1 234,50 €\nRH\tFormateur\t100"

    answer = client.post(budget(member), typed(paste="expenses", **{"expenses-text": text}))

    assert answer.status_code == 200
    assert lines_of(answer) == [
        ("staff", "Un poste", "10"),
        ("", "À finir", ""),
        ("travel", "Trains", f"1{NBSP}234,50"),
        ("", "Formateur", "100"),
        *[("", "", "")] * 3,
    ]
    shown = spaced(answer.text)
    assert "2 lignes lues, pour 1 334,50 € en tout." in shown
    assert "Nature à choisir, le mot n’étant pas reconnu : ligne 4 (« RH »)." in shown
    assert 'name="unpaste" value="expenses:2:2"' in shown
    assert '<dd data-sum="cost">1 344,50 €</dd>' in shown
    assert revision(member) == 0


def test_without_scripts_a_paste_is_undone_and_what_was_typed_since_stays(client: TimedClient, member: Member) -> None:
    added = {"expenses-2-label": "Collée", "expenses-3-label": "Collée aussi", "expenses-4-label": "Tapée ensuite"}

    answer = client.post(budget(member), typed(unpaste="expenses:2:2", **added) | {"expenses-TOTAL_FORMS": "7"})

    assert lines_of(answer)[:4] == [
        ("staff", "Un poste", "10"),
        ("", "À finir", ""),
        ("", "Tapée ensuite", ""),
        ("", "", ""),
    ]
    assert revision(member) == 0


def test_lines_pasted_are_saved_once_read_over(client: TimedClient, member: Member) -> None:
    shown = client.post(
        budget(member),
        typed(paste="expenses", **{"expenses-text": "Divers;Timbres;3,20"})
        | {"expenses-1-label": "", "expenses-TOTAL_FORMS": "1"},
    )
    lines = lines_of(shown)[:2]
    posted = {
        f"expenses-{rank}-{name}": text
        for rank, line in enumerate(lines)
        for name, text in zip(("category", "label", "amount"), line, strict=True)
    }

    saved = client.post(budget(member), typed(stay="1") | {"expenses-TOTAL_FORMS": "2"} | posted)

    assert saved.status_code == 302
    assert dossier_content(Dossier.objects.get(candidacy=member.candidacy_id))["expenses"] == [
        {"category": "staff", "label": "Un poste", "amount": "10.00"},
        {"category": "other", "label": "Timbres", "amount": "3.20"},
    ]


def test_scripts_are_given_the_lines_and_the_sentences(client: TimedClient, member: Member) -> None:
    asked = {"paste": "expenses", "text": "Un poste\t10\n", "start": "4", "at": "label"}

    answer = client.post(budget(member), typed(**asked), headers=JSON)

    assert answer.json() == {
        "lines": [{"label": "Un poste", "amount": "10"}],
        "understood": f"1 ligne lue, pour 10{NBSP}€ en tout. Colonnes reconnues{NBSP}: Dépense (colonne 1),"
        " Montant en euros (colonne 2).",
        "problems": [],
        "left": "",
    }
    assert revision(member) == 0


def test_a_hostile_name_comes_back_escaped(client: TimedClient, member: Member) -> None:
    text = "<script>alert(1)</script>\t{{ 7 }}<img src=x>\t<b>3"

    answer = client.post(budget(member), typed(paste="expenses", **{"expenses-text": text}))

    assert "<script>alert" not in answer.text
    assert "<img src=x>" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in answer.text


def test_a_megabyte_is_refused_in_a_sentence_and_what_was_typed_stays(client: TimedClient, member: Member) -> None:
    answer = client.post(budget(member), typed(paste="expenses", **{"expenses-text": "x" * 1_000_000}))

    assert "Ce que vous avez collé est trop long (1 000 000 caractères)" in spaced(answer.text)
    assert lines_of(answer)[:2] == [("staff", "Un poste", "10"), ("", "À finir", "")]


@pytest.mark.parametrize("told", [{"paste": "partners"}, {"unpaste": "partners:0:1"}, {"unpaste": "expenses"}])
def test_a_table_there_is_not_is_not_found(client: TimedClient, member: Member, told: dict[str, str]) -> None:
    assert client.post(budget(member), typed(**told)).status_code == 404


def test_only_those_who_may_edit_paste(client: TimedClient, member: Member) -> None:
    asked = typed(paste="expenses", text="Un poste\t10", **{"expenses-text": "Un poste\t10"})
    reader = joined(an_invited(member, rights=Rights.VIEW))
    stranger = a_user()

    answers = []
    for person in (reader.user, stranger):
        assert person
        client.force_login(person)
        answers += [client.post(budget(member), asked, headers=headers).status_code for headers in ({}, JSON)]

    assert answers == [404, 404, 404, 404]


def test_after_the_closing_what_was_pasted_is_shown_and_never_saved(client: TimedClient, member: Member) -> None:
    late = client.at(CLOSES)

    assert late.post(budget(member), typed(paste="expenses", **{"expenses-text": "A\t1"})).status_code == 200
    assert late.post(budget(member), typed(**{"expenses-1-label": ""})).status_code == 409
    assert revision(member) == 0


def test_a_paste_costs_the_same_for_one_line_and_a_hundred(
    client: TimedClient, member: Member, django_assert_num_queries: Any
) -> None:
    line = {"category": "staff", "label": "Un poste", "amount": Decimal(10)}
    drafting.save_rows(member, Section.BUDGET, {BudgetLine: [line] * 100}, at=CLOSES.replace(day=28))

    for number in (1, 100):
        with django_assert_num_queries(11):
            client.post(budget(member), typed(paste="expenses", **{"expenses-text": "A\t1\n" * number}))
