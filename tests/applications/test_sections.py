"""The sections of a dossier: everything typed is kept, nothing is overwritten unawares, nothing wrong is half saved."""

import gzip
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from django.http import HttpResponse
from django.urls import reverse

from applications.actions import drafting
from applications.actions.withdrawal import withdraw
from applications.content import Content, dossier_content
from applications.enums import Section, TerritoryMode
from applications.forms.fields import Amount, Day
from applications.forms.sections import population_words
from applications.models import BudgetLine, Dossier, FundingLine, Member, Question, SectionEdit, Territory
from tests.builders import NOW, a_call, a_complete_dossier, a_signalled, a_siret, a_user, an_invited, joined
from tests.builders.browsers import TimedClient

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"
ROOT = Path(__file__).resolve().parents[2]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def member(client: TimedClient) -> Member:
    user = a_user()
    call = a_call()
    for section, code in [(Section.CONSORTIUM, "governance"), (Section.BUDGET, "explain"), (Section.CALENDAR, "risks")]:
        Question.objects.create(call=call, section=section, code=code, label_fr=f"Question {code}", position=50)
    Question.objects.create(call=call, section=Section.TERRITORIES, code="together", label_fr="Pourquoi ensemble")
    signalled = a_signalled(call, user=user)
    client.force_login(user)
    return signalled


def at(member: Member, section: str) -> str:
    return reverse("section", args=[member.candidacy.number, section])


def content(member: Member) -> Content:
    return dossier_content(Dossier.objects.get(candidacy=member.candidacy_id))


def revision(member: Member) -> int:
    return Dossier.objects.get(candidacy=member.candidacy_id).revision


def spaced(html: str) -> str:
    return html.replace(NBSP, " ")


def rows(prefix: str, *lines: dict[str, str]) -> dict[str, str]:
    """What a browser posts of a formset."""
    posted = {f"{prefix}-TOTAL_FORMS": str(len(lines)), f"{prefix}-INITIAL_FORMS": "0"}
    for number, line in enumerate(lines):
        posted |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return posted


def save(client: TimedClient, member: Member, section: str, typed: dict[str, Any], **kwargs: Any) -> HttpResponse:
    return cast("HttpResponse", client.post(at(member, section), {"seen": "0", **typed}, **kwargs))


STRUCTURE = {
    "name": "Fédération des médiathèques",
    "legal_form": "association",
    "siret": f"{a_siret(7)[:3]} {a_siret(7)[3:6]}{NBSP}{a_siret(7)[6:]}",
    "rna": "w751234567",
    "registry": "",
    "address": "3, place de l’Exemple",
    "postcode": "63 000",
    "city": "Clermont-Ferrand",
    "phone": "04 73 42 20 20",
    "website": "www.exemple.fr",
    "representative_name": "Alix Représentant",
    "representative_title": "présidence",
    "representative_email": "presidence@exemple.fr",
}


def test_the_structure_is_saved_cleaned_and_read_back(client: TimedClient, member: Member) -> None:
    answer = save(client, member, "organisation", STRUCTURE | {"continue": "1"})

    assert answer.headers["Location"] == at(member, "project")
    assert content(member)["organisation"] == STRUCTURE | {
        "siret": a_siret(7),
        "rna": "W751234567",
        "postcode": "63000",
        "phone": "+33473422020",
        "website": "https://www.exemple.fr",
        "iban": "",
    }
    shown = spaced(client.get(at(member, "organisation")).text)
    assert 'value="+33 4 73 42 20 20"' in shown
    assert 'value="W751234567"' in shown


def test_answers_are_saved_with_plain_ends_of_lines_and_read_back(client: TimedClient, member: Member) -> None:
    answer = save(client, member, "project", {"title": "Un hub", "summary": "Une ligne.\r\nUne autre.", "stay": "1"})

    assert answer.headers["Location"] == at(member, "project")
    assert content(member)["answers"] == {"title": "Un hub", "summary": "Une ligne.\nUne autre."}
    assert "Une ligne.\nUne autre." in client.get(at(member, "project")).text


def test_territories_are_chosen_first_and_described_next(client: TimedClient, member: Member) -> None:
    first = save(client, member, "territories", {"territories": ["03", "01"], "choose": "1"})
    shown = spaced(client.get(at(member, "territories")).text)
    save(
        client,
        member,
        "territories",
        {
            "seen": "1",
            "territories": ["03", "01"],
            "needs-01": "Des besoins.",
            "needs-03": "",
            "together": "Un bassin.",
        },
    )

    assert first.headers["Location"] == at(member, "territories") + "#detail"
    assert "2 départements, 973 490 habitants" in shown
    assert 'name="needs-01"' in shown
    assert 'name="needs-07"' not in shown
    said = content(member)
    assert [(t["code"], t["answers"]) for t in said["territories"]] == [("01", {"needs": "Des besoins."}), ("03", {})]
    assert said["answers"] == {"together": "Un bassin."}


def test_a_number_of_territories_the_call_does_not_expect_is_explained(client: TimedClient, member: Member) -> None:
    save(client, member, "territories", {"territories": ["01"]})
    shown = spaced(client.get(at(member, "territories")).text)
    save(client, member, "territories", {"seen": "1", "territories": ["01"], "territories_reason": "Il est grand."})

    assert "L’appel prévoit de 2 à 5 territoires : expliquez votre choix sous la liste." in shown
    assert 'name="territories_reason"' in shown
    assert content(member)["territories_reason"] == "Il est grand."


def test_a_territory_taken_out_and_put_back_has_kept_what_was_said_of_it(client: TimedClient, member: Member) -> None:
    save(client, member, "territories", {"territories": ["01", "03"]})
    save(client, member, "territories", {"seen": "1", "territories": ["01", "03"], "needs-01": "Des besoins."})
    save(client, member, "territories", {"seen": "2", "territories": ["03"], "needs-01": "Des besoins."})
    save(client, member, "territories", {"seen": "3", "territories": ["01", "03"]})

    assert content(member)["territories"][0]["answers"] == {"needs": "Des besoins."}


def test_a_territory_that_is_not_of_the_call_is_refused(client: TimedClient, member: Member) -> None:
    answer = save(client, member, "territories", {"territories": ["01", "999"]})

    assert answer.status_code == 422
    assert "« 999 » n’est pas un territoire de cet appel." in spaced(answer.text)
    assert revision(member) == 0


def test_the_missions_are_answered_under_their_text(client: TimedClient, member: Member) -> None:
    shown = client.get(at(member, "missions")).text
    save(client, member, "missions", {"network": "En réseau."})

    assert "1. Coordonner les acteurs" in shown
    assert "Recenser, articuler et coordonner." in shown
    assert content(member)["answers"] == {"network": "En réseau."}


def test_partners_are_saved_in_their_order_and_the_missing_family_is_named(client: TimedClient, member: Member) -> None:
    posted = rows(
        "partners",
        {"name": "Département", "family": "public", "siret": a_siret(9), "role": "Coordonner.\r\nAider."},
        {"name": "", "family": "", "siret": "", "contact_name": "", "contact_email": "", "role": ""},
        {"name": "Amicale", "family": "associative", "contact_name": "Dominique", "contact_email": "d@exemple.fr"},
        {"name": "À retirer", "family": "private", "DELETE": "on"},
    )
    save(client, member, "consortium", posted | {"governance": "Un comité."})

    said = content(member)
    assert said["partners"] == [
        {"name": "Département", "family": "public", "siret": a_siret(9), "contact_name": "", "contact_email": "",
         "role": "Coordonner.\nAider."},
        {"name": "Amicale", "family": "associative", "siret": "", "contact_name": "Dominique",
         "contact_email": "d@exemple.fr", "role": ""},
    ]  # fmt: skip
    assert said["answers"] == {"governance": "Un comité."}
    shown = spaced(client.get(at(member, "consortium")).text)
    assert "Il manque encore, votre structure comprise : <strong>acteur privé</strong>." in shown


def test_a_budget_that_does_not_add_up_is_saved_and_the_gap_named(client: TimedClient, member: Member) -> None:
    expenses = rows(
        "expenses",
        {"category": "staff", "label": "Coordination", "amount": f"12{NBSP}500,50"},
        {"category": "travel", "label": "Trajets", "amount": "1.500 €"},
    )
    resources = rows("resources", {"kind": "european", "funder": "FEDER", "status": "asked", "amount": "10000"})
    answer = save(client, member, "budget", expenses | resources | {"explain": "Voici."})

    assert answer.status_code == 302
    said = content(member)
    assert said["expenses"] == [
        {"category": "staff", "label": "Coordination", "amount": "12500.50"},
        {"category": "travel", "label": "Trajets", "amount": "1500.00"},
    ]
    assert said["resources"] == [{"kind": "european", "funder": "FEDER", "status": "asked", "amount": "10000.00"}]
    shown = spaced(client.get(at(member, "budget")).text)
    assert "écart : il manque 4 000,50 € de ressources" in shown
    assert f'value="12{NBSP}500,50"'.replace(NBSP, " ") in shown


def test_a_balanced_budget_says_so(client: TimedClient, member: Member) -> None:
    a_complete_dossier(member)

    assert "écart : 0 €" in spaced(client.get(at(member, "budget")).text)


def test_the_calendar_and_its_indicators_are_saved(client: TimedClient, member: Member) -> None:
    posted = rows("milestones", {"label": "Recrutement", "due_on": "01/03/2019", "result": "Une équipe."})
    posted |= rows("indicators", {"label": "Aidants formés", "baseline": "0", "target": "200", "method": ""})
    save(client, member, "calendar", posted | {"risks": "Peu."})

    said = content(member)
    assert said["milestones"] == [{"label": "Recrutement", "due_on": "2019-03-01", "result": "Une équipe."}]
    assert said["indicators"] == [{"label": "Aidants formés", "baseline": "0", "target": "200", "method": ""}]
    assert 'value="01/03/2019"' in client.get(at(member, "calendar")).text


def test_the_statement_is_saved_incomplete_or_whole(client: TimedClient, member: Member) -> None:
    save(client, member, "statement", {"signatory_name": "Alix", "states_accuracy": "on"})

    assert content(member)["statement"] == {
        "signatory_name": "Alix",
        "signatory_title": "",
        "accuracy": True,
        "obligations": False,
        "publication": False,
        "public_summary": "",
    }


def test_every_section_can_be_saved_empty(client: TimedClient, member: Member) -> None:
    empty = {
        "organisation": {"legal_form": "association"},
        "consortium": rows("partners"),
        "budget": rows("expenses") | rows("resources"),
        "calendar": rows("milestones") | rows("indicators"),
    }

    answers = {s: save(client, member, s, empty.get(s, {})).status_code for s in Section.values}

    assert answers == dict.fromkeys(Section.values, 302)


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("organisation", STRUCTURE | {"siret": "732 829 320 00075"}, "Les 5 derniers chiffres ("),
        ("organisation", STRUCTURE | {"siret": "1234"}, "Un numéro SIRET a 14 chiffres ; celui-ci en a 4."),
        ("organisation", STRUCTURE | {"phone": "12"}, "Il manque des chiffres à ce numéro de téléphone : il en a 2."),
        ("organisation", STRUCTURE | {"postcode": "6300"}, "Un code postal a 5 chiffres"),
        ("consortium", rows("partners", {"name": "Amicale", "family": "private", "siret": "1"}), "a 14 chiffres"),
        ("consortium", rows("partners", {"name": "Amicale"}), "Dites s’il est public, privé ou associatif."),
        (
            "budget",
            rows("expenses", {"category": "staff", "label": "Un poste", "amount": "beaucoup"}) | rows("resources"),
            "Dépenses, ligne 1, Montant en euros : Écrivez le montant en chiffres",
        ),
        (
            "budget",
            rows("expenses") | rows("resources", {"kind": "european", "status": "asked", "amount": "5"}),
            "Nommez le fonds européen",
        ),
        (
            "calendar",
            rows("milestones", {"label": "Recrutement", "due_on": "31/02/2019"}) | rows("indicators"),
            "Écrivez la date ainsi : jour/mois/année",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_said_kept_on_the_page_and_not_saved(
    client: TimedClient, member: Member, section: str, typed: dict[str, str], sentence: str
) -> None:
    drafting.save_organisation(member, {"city": "Ailleurs"}, at=NOW)
    before = content(member)

    answer = save(client, member, section, typed)

    assert answer.status_code == 422
    shown = spaced(answer.text)
    assert sentence in shown
    for name, value in typed.items():
        if (
            value
            and "FORMS" not in name
            and name != "legal_form"
            and not name.endswith(("family", "category", "kind", "status"))
        ):
            assert f'value="{spaced(value)}"' in shown or f">\n{value}</textarea>" in shown
    assert content(member) == before


def test_two_mistakes_are_said_at_once(client: TimedClient, member: Member) -> None:
    shown = save(client, member, "organisation", STRUCTURE | {"siret": "1", "phone": "2"}).text

    assert "a 14 chiffres" in shown
    assert "Il manque des chiffres" in shown


def test_a_page_somebody_else_saved_under_is_shown_with_both_texts_and_writes_nothing(
    client: TimedClient, member: Member
) -> None:
    colleague = joined(an_invited(member))
    title = member.candidacy.call.questions.get(code="title")
    drafting.save_answers(colleague, Section.PROJECT, {title: "Le titre de Claude"}, at=NOW)
    before = content(member)

    stale = save(client, member, "project", {"title": "Mon titre", "summary": "Mon résumé"})

    assert stale.status_code == 409
    assert f"{colleague.name} a enregistré cette rubrique pendant que vous écriviez." in stale.text
    assert 'value="Mon titre"' in stale.text
    assert "Mon résumé" in stale.text
    assert "Version enregistrée" in stale.text
    assert "Le titre de Claude" in stale.text
    assert content(member) == before

    chosen = save(client, member, "project", {"seen": "1", "title": "Mon titre", "summary": "Mon résumé"})
    assert 'name="seen" id="id_seen" value="1"' in stale.text
    assert chosen.status_code == 302
    assert content(member)["answers"] == {"title": "Mon titre", "summary": "Mon résumé"}


def test_what_was_typed_of_a_territory_a_colleague_took_out_is_not_lost(client: TimedClient, member: Member) -> None:
    save(client, member, "territories", {"territories": ["01", "03"]})
    colleague = joined(an_invited(member))
    ain = Territory.objects.get(code="01")
    drafting.save_territories(colleague, [ain], texts={}, reason="", at=NOW)

    stale = save(
        client,
        member,
        "territories",
        {"seen": "1", "territories": ["01", "03"], "needs-03": "Ce que je sais de l’Allier"},
    )

    assert stale.status_code == 409
    assert "Ce que je sais de l’Allier" in stale.text


def test_a_wrong_value_on_a_stale_page_does_not_pass_for_a_comparison(client: TimedClient, member: Member) -> None:
    drafting.save_organisation(member, {"city": "Ailleurs"}, at=NOW)

    answer = save(client, member, "organisation", STRUCTURE | {"siret": "1"})

    assert answer.status_code == 422
    assert 'name="seen" id="id_seen" value="0"' in answer.text


def test_saving_what_is_already_saved_leaves_no_trace(client: TimedClient, member: Member) -> None:
    save(client, member, "project", {"title": "Un hub", "summary": "Un.\r\nDeux."})
    before = revision(member)

    answer = save(
        client, member, "project", {"seen": "1", "title": "Un hub", "summary": "Un.\r\nDeux.", "continue": "1"}
    )

    assert answer.status_code == 302
    assert revision(member) == before


def test_every_section_is_unchanged_when_posted_back_as_it_was_shown(client: TimedClient, member: Member) -> None:
    a_complete_dossier(member)
    before = revision(member)
    for section in Section.values:
        shown = client.get(at(member, section))
        page = shown.context["page"]
        typed: dict[str, Any] = {"seen": str(shown.context["seen"])}
        for form in [*page.forms, *(form for table in page.tables for form in table.forms)]:
            for field in form:
                value = field.value()
                if value not in (None, False, ""):
                    typed[field.html_name] = "on" if value is True else field.field.widget.format_value(value)
        for table in page.tables:
            typed |= {f"{table.prefix}-TOTAL_FORMS": str(len(table.forms)), f"{table.prefix}-INITIAL_FORMS": "0"}
        assert client.post(at(member, section), typed).status_code == 302, section

    assert revision(member) == before


def test_an_autosave_answers_the_hour_and_the_revision_now_shown(client: TimedClient, member: Member) -> None:
    answer = save(client, member, "project", {"title": "Un hub"}, headers=HTMX)

    shown = spaced(answer.text)
    assert answer.status_code == 200
    assert shown.strip().startswith("Enregistré à 9 h 00")
    assert '<input type="hidden" name="seen" id="id_seen" value="1" hx-swap-oob="true">' in shown
    assert "BROUILLON – NON DÉPOSÉ" in shown
    assert "<html" not in shown
    assert content(member)["answers"] == {"title": "Un hub"}


def test_an_autosave_with_something_wrong_says_which_and_saves_nothing(client: TimedClient, member: Member) -> None:
    posted = rows("expenses", {"category": "staff", "label": "Un poste", "amount": "dix"}) | rows("resources")

    answer = save(client, member, "budget", posted | {"explain": "Voici."}, headers=HTMX)

    assert answer.status_code == 422
    assert (
        spaced(answer.text)
        .strip()
        .startswith("Pas encore enregistré. Dépenses, ligne 1, Montant en euros : Écrivez le montant en chiffres")
    )
    assert revision(member) == 0


def test_an_autosave_of_a_stale_page_says_who_wrote_and_what_to_do(client: TimedClient, member: Member) -> None:
    colleague = joined(an_invited(member))
    title = member.candidacy.call.questions.get(code="title")
    drafting.save_answers(colleague, Section.PROJECT, {title: "Autre"}, at=NOW)

    answer = save(client, member, "project", {"title": "Un hub"}, headers=HTMX)

    assert answer.status_code == 409
    assert f"{colleague.name} a enregistré cette rubrique" in answer.text
    assert "Choisissez « Enregistrer » pour comparer" in spaced(answer.text)


def test_an_autosave_that_chooses_a_territory_brings_its_questions(client: TimedClient, member: Member) -> None:
    first = save(client, member, "territories", {"territories": ["01"]}, headers=HTMX).text
    posted = {"seen": "1", "territories": ["01"], "needs-01": "Oui", "territories_reason": "Seul."}
    second = save(client, member, "territories", posted, headers=HTMX).text

    assert 'name="needs-01"' in first
    assert 'name="territories_reason"' in first
    assert 'name="needs-01"' not in second
    assert 'name="territories_reason"' not in second


def test_a_save_that_arrives_at_the_closing_time_is_refused_and_what_was_typed_stays(
    client: TimedClient, member: Member, closes: Any
) -> None:
    answer = save(client.at(closes), member, "project", {"title": "Trop tard"})

    assert answer.status_code == 409
    assert "L’appel est clos : ce que vous avez envoyé est arrivé après l’heure limite." in spaced(answer.text)
    assert 'value="Trop tard"' in answer.text
    assert revision(member) == 0


def test_a_withdrawn_dossier_is_not_written_in(client: TimedClient, member: Member) -> None:
    withdraw(member, at=NOW)

    answer = save(client, member, "project", {"title": "Encore"})

    assert (answer.status_code, "Ce dossier n’est plus modifiable." in answer.text, revision(member)) == (409, True, 0)


@pytest.mark.parametrize("lines", [1, 100])
def test_the_budget_page_costs_the_same_for_one_line_and_a_hundred(
    client: TimedClient, member: Member, lines: int, django_assert_num_queries: Any
) -> None:
    line = {"category": "staff", "label": "Un poste", "amount": Decimal(10)}
    funded = {"kind": "own", "funder": "", "status": "asked", "amount": Decimal(10)}
    drafting.save_rows(member, Section.BUDGET, {BudgetLine: [line] * lines, FundingLine: [funded] * lines}, at=NOW)

    with django_assert_num_queries(11):
        client.get(at(member, "budget"))


@pytest.mark.parametrize("section", Section.values)
def test_no_section_costs_more_than_fifteen_queries(
    client: TimedClient, member: Member, section: str, django_assert_max_num_queries: Any
) -> None:
    a_complete_dossier(member, territories=("01", "03", "07", "2A", "67"))

    with django_assert_max_num_queries(15):
        client.get(at(member, section))


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12 500,50", "12500.50"),
        (f"12{NBSP}500{NBSP}€", "12500.00"),
        ("12\u202f500\u202f€", "12500.00"),
        ("12.500,5", "12500.50"),
        ("1.234.567", "1234567.00"),
        ("12500.5 euros", "12500.50"),
        ("\uff11\uff12", "12.00"),
    ],
)
def test_an_amount_is_understood_as_people_type_it(typed: str, amount: str) -> None:
    assert Amount().clean(typed) == Decimal(amount)


def test_a_day_is_understood_as_people_type_it() -> None:
    assert {Day().clean(typed) for typed in ["01/03/2019", "1/3/2019", "2019-03-01", " 01.03.2019 "]} == {
        date(2019, 3, 1)
    }


def test_who_saved_last_is_written_down(client: TimedClient, member: Member) -> None:
    save(client, member, "project", {"title": "Un hub"})

    edit = SectionEdit.objects.get()
    assert (edit.section, edit.revision, edit.edited_by) == ("project", 1, member.name)


# ---------------------------------------------------------------- territories: the map, the rule, the table


def test_the_map_is_drawn_with_what_is_chosen_and_hidden_from_those_the_list_serves(
    client: TimedClient, member: Member
) -> None:
    save(client, member, "territories", {"territories": ["01", "2A", "974"]})

    shown = client.get(at(member, "territories")).text

    drawn = re.findall(r'data-place="(\w+)"(?: data-larger)? class="([^"]+)"', shown)
    assert [code for code, kind in drawn if "place--chosen" in kind] == ["01", "2A", "974"]
    assert {code for code, _kind in drawn} == set(re.findall(r'name="territories" value="(\w+)"', shown))
    assert re.search(r'<div class="map__sheet"[^>]* aria-hidden="true">', shown)
    assert "build/departements.svg#d2A" in shown


def test_the_ground_of_the_map_has_every_mainland_departement_and_says_whose_it_is() -> None:
    ground = (ROOT / "static/build/departements.svg").read_text()

    codes = {*(f"{n:02}" for n in range(1, 96) if n != 20), "2A", "2B"}
    assert set(re.findall(r'<path id="d(\w+)" d="m[-\d ]+', ground)) == codes
    assert "Victor Cazanave, from MapSVG (mapsvg.com); CC-BY-4.0" in ground
    assert len(gzip.compress(ground.encode())) < 11_000


def test_overseas_territories_are_together_at_the_end_of_the_list(client: TimedClient, member: Member) -> None:
    regions = client.get(at(member, "territories")).context["page"].details.regions()

    assert regions[-1].name == "Outre-mer"
    overseas = [territory.code for territory, _ticked in regions[-1].territories]
    assert overseas == sorted(overseas)
    assert {territory.kind for region in regions[:-1] for territory, _ticked in region.territories} == {"metro"}


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (["01"], "1 département, "),
        (["01", "03"], "2 départements, "),
        (["01", "988"], "2 territoires, "),
    ],
)
def test_what_is_chosen_is_counted_in_the_right_word(
    client: TimedClient, member: Member, codes: list[str], words: str
) -> None:
    save(client, member, "territories", {"territories": codes})

    assert spaced(client.get(at(member, "territories")).context["page"].chosen_words).startswith(words)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, ""),
        (5_790, "5 790 habitants"),
        (999_999, "999 999 habitants"),
        (1_949_999, "1,9 million d’habitants"),
        (1_950_000, "2,0 millions d’habitants"),
        (3_612_444, "3,6 millions d’habitants"),
    ],
)
def test_a_population_is_said_as_people_say_it(number: int, words: str) -> None:
    assert spaced(population_words(number)) == words


def test_a_call_that_blocks_takes_no_explanation_and_no_submission(client: TimedClient, member: Member) -> None:
    call = member.candidacy.call
    call.territories_mode = TerritoryMode.BLOCK
    call.save()

    save(client, member, "territories", {"territories": ["01"]})
    shown = client.get(at(member, "territories"))

    assert "L’appel demande de 2 à 5 territoires : le dossier ne pourra pas être déposé ainsi." in spaced(shown.text)
    assert 'name="territories_reason"' not in shown.text
    assert [(item.anchor, item.weight) for item in shown.context["lacks"] if "1 territoire" in item.sentence] == [
        ("choix", "blocking")
    ]


def test_a_call_that_warns_waits_for_the_explanation(client: TimedClient, member: Member) -> None:
    def waiting() -> list[str]:
        lacks = client.get(at(member, "territories")).context["lacks"]
        return [item.weight for item in lacks if item.anchor == "id_territories_reason"]

    save(client, member, "territories", {"territories": ["01"]})
    before = waiting()
    save(client, member, "territories", {"seen": "1", "territories": ["01"], "territories_reason": "Il est grand."})

    assert (before, waiting()) == (["blocking"], [])


def test_the_table_of_the_territories_names_each_with_its_people(client: TimedClient, member: Member) -> None:
    save(client, member, "territories", {"territories": ["01", "03"]})

    shown = spaced(client.get(at(member, "territories")).text)

    lines = re.findall(
        r'<tr id="territoire-(\w+)">\s*<th scope="row">([^<]+)<span class="told__help">([^<]+)<br>', shown
    )
    assert lines == [
        ("01", "Ain (01)", "Auvergne-Rhône-Alpes"),
        ("03", "Allier (03)", "Auvergne-Rhône-Alpes"),
    ]
    # What is being typed while a save brings other lines stays as it is.
    assert '<div id="div_id_needs-01" hx-preserve>' in shown
    assert '<span class="visually-hidden">Ain : </span>' in shown
