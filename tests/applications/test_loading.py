"""The reference data and the set-up of the 2018 call, whole."""

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from docx import Document as WordDocument
from openpyxl import load_workbook
from pypdf import PdfReader

from applications.enums import CallState, LegalForm
from applications.loading import CALLS, call_file, load_call, load_territories, read_call
from applications.models import Call, CallLine, KitFile, Question, Requirement, RequirementRule, Territory
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal

NOW = datetime(2018, 9, 1, 8, 0, tzinfo=UTC)
MACHINE = Actor.machine("tests")
FILE = CALLS / "hubs-france-connectee.json"

ARTICLES = """
01 de l’Ain|02 de l’Aisne|03 de l’Allier|04 des Alpes-de-Haute-Provence|05 des Hautes-Alpes|06 des Alpes-Maritimes
07 de l’Ardèche|08 des Ardennes|09 de l’Ariège|10 de l’Aube|11 de l’Aude|12 de l’Aveyron|13 des Bouches-du-Rhône
14 du Calvados|15 du Cantal|16 de la Charente|17 de la Charente-Maritime|18 du Cher|19 de la Corrèze
21 de la Côte-d’Or|22 des Côtes-d’Armor|23 de la Creuse|24 de la Dordogne|25 du Doubs|26 de la Drôme|27 de l’Eure
28 d’Eure-et-Loir|29 du Finistère|2A de la Corse-du-Sud|2B de la Haute-Corse|30 du Gard|31 de la Haute-Garonne
32 du Gers|33 de la Gironde|34 de l’Hérault|35 d’Ille-et-Vilaine|36 de l’Indre|37 d’Indre-et-Loire|38 de l’Isère
39 du Jura|40 des Landes|41 de Loir-et-Cher|42 de la Loire|43 de la Haute-Loire|44 de la Loire-Atlantique|45 du Loiret
46 du Lot|47 de Lot-et-Garonne|48 de la Lozère|49 de Maine-et-Loire|50 de la Manche|51 de la Marne
52 de la Haute-Marne|53 de la Mayenne|54 de Meurthe-et-Moselle|55 de la Meuse|56 du Morbihan|57 de la Moselle
58 de la Nièvre|59 du Nord|60 de l’Oise|61 de l’Orne|62 du Pas-de-Calais|63 du Puy-de-Dôme|64 des Pyrénées-Atlantiques
65 des Hautes-Pyrénées|66 des Pyrénées-Orientales|67 du Bas-Rhin|68 du Haut-Rhin|69 du Rhône|70 de la Haute-Saône
71 de Saône-et-Loire|72 de la Sarthe|73 de la Savoie|74 de la Haute-Savoie|75 de Paris|76 de la Seine-Maritime
77 de Seine-et-Marne|78 des Yvelines|79 des Deux-Sèvres|80 de la Somme|81 du Tarn|82 de Tarn-et-Garonne|83 du Var
84 de Vaucluse|85 de la Vendée|86 de la Vienne|87 de la Haute-Vienne|88 des Vosges|89 de l’Yonne
90 du Territoire de Belfort|91 de l’Essonne|92 des Hauts-de-Seine|93 de la Seine-Saint-Denis|94 du Val-de-Marne
95 du Val-d’Oise|971 de la Guadeloupe|972 de la Martinique|973 de la Guyane|974 de La Réunion
975 de Saint-Pierre-et-Miquelon|976 de Mayotte|977 de Saint-Barthélemy|978 de Saint-Martin
984 des Terres australes et antarctiques françaises|986 de Wallis-et-Futuna|987 de la Polynésie française
988 de la Nouvelle-Calédonie|989 de l’île de Clipperton
"""

# domain.md §1.4: association, collectivité, syndicat mixte, GIP, société, SCIC, fondation.
# I indispensable, S peut suivre, O le service se la procure, C si concerné, – non demandée.
MATRIX = {
    "project_note": "IIIIIII",
    "budget": "IIIIIII",
    "funding_plan": "IIIIIII",
    "timeline": "IIIIIII",
    "indicators": "IIIIIII",
    "commitment_letters": "IIIIIII",
    "local_support_letters": "CCCCCCC",
    "consortium_agreement": "CCCCCCC",
    "signatory_power": "CCCCCCC",
    "bank_details": "SSSSSSS",
    "statutes": "I–I–III",
    "declaration_receipt": "O–––––C",
    "officers_list": "I–CIIII",
    "kbis": "––––OO–",
    "founding_agreement": "––CI–––",
    "deliberation": "CSSS––C",
    "accounts_3y": "ICCIIII",
    "auditor_report": "C––CCCC",
    "activity_report": "I–CICCI",
    "tax_social_certificate": "C––COOC",
    "sworn_statement": "IIIIIII",
    "state_aid_declaration": "I–CCIII",
    "republican_contract": "I–––––I",
    "image_and_publication_consent": "IIIIIII",
}
LETTERS = {"blocking": "I", "may_follow": "S", "obtainable": "O", "if_applicable": "C"}


@pytest.fixture
def call(db: None) -> Call:
    return load_call(FILE, at=NOW, by=MACHINE, with_kit=False)[0]


def test_every_territory_takes_its_article_in_correct_french(db: None) -> None:
    expected = dict(line.split(" ", 1) for line in ARTICLES.strip().replace("\n", "|").split("|"))

    load_territories()

    assert dict(Territory.objects.values_list("code", "article")) == expected
    assert len(expected) == 109


def test_territories_are_the_101_departements_and_8_collectivities_whatever_the_number_of_loads(db: None) -> None:
    numbers = [load_territories(), load_territories()]

    kinds = [Territory.objects.filter(kind=kind).count() for kind in ("metro", "drom", "com")]
    assert (numbers, kinds) == ([109, 109], [96, 5, 8])
    assert Territory.objects.filter(region_code="76").count() == 13


def test_a_territory_loaded_again_is_corrected(db: None) -> None:
    load_territories()
    Territory.objects.filter(pk="21").update(name="Cote d'Or", timezone="UTC")

    load_territories()

    gold = Territory.objects.get(pk="21")
    assert (gold.name, gold.region_name, gold.timezone) == ("Côte-d’Or", "Bourgogne-Franche-Comté", "Europe/Paris")


def test_overseas_territories_have_their_own_time(db: None) -> None:
    load_territories()

    assert dict(Territory.objects.exclude(timezone="Europe/Paris").values_list("code", "timezone")) == {
        "971": "America/Guadeloupe",
        "972": "America/Martinique",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "976": "Indian/Mayotte",
        "977": "America/St_Barthelemy",
        "978": "America/Marigot",
        "984": "Indian/Kerguelen",
        "986": "Pacific/Wallis",
        "987": "Pacific/Tahiti",
        "988": "Pacific/Noumea",
        "989": "Etc/GMT+8",
    }


def test_inhabitants_are_counted_once(db: None) -> None:
    load_territories()

    population = dict(Territory.objects.values_list("code", "population"))
    assert 68_000_000 < sum(number or 0 for number in population.values()) < 70_000_000
    assert 2_000_000 < (population["75"] or 0) < 2_300_000
    assert [code for code, number in population.items() if number is None] == ["984", "989"]


def test_territories_without_the_package_are_refused_with_what_to_do(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRITORIES_FOLDER", str(tmp_path))

    with pytest.raises(CommandError, match="lancez « npm ci »"):
        call_command("load_territories")

    assert not Territory.objects.exists()


def test_the_call_says_what_the_founding_texts_say(call: Call) -> None:
    call.refresh_from_db()
    assert (call.state, call.closes_at) == (CallState.DRAFT, datetime(2018, 11, 30, 16, 0, tzinfo=UTC))
    assert call.opens_at == datetime(2018, 9, 12, 22, 0, tzinfo=UTC)
    dates = (call.hearings_from, call.hearings_until, call.results_planned_on)
    assert dates == (date(2018, 12, 3), date(2019, 1, 18), date(2019, 1, 31))
    assert (call.envelope, call.expected_awards, call.duration_months) == (Decimal(5_000_000), 12, 18)
    assert (call.grant_ceiling, call.grant_rate_ceiling) == (Decimal(500_000), Decimal("0.8"))
    assert (call.territories_min, call.territories_max, call.territories_mode) == (2, 5, "warn")
    assert call.service_email == "AAP-Hubsinclusifs@caissedesdepots.fr"
    assert call.service_phone.startswith("01 99 00 ")  # the range kept for fiction
    assert call.presentation_fr.count("\n\n") == 3


def test_the_call_has_four_missions_and_its_grid_weighs_a_hundred(call: Call) -> None:
    grid = list(call.criteria.values_list("code", "weight", "threshold"))

    assert list(call.missions.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert grid == [
        ("c1_territory", 15, 2),
        ("c2_coordination", 15, 3),
        ("c3_fundraising", 10, None),
        ("c4_pooling", 15, 3),
        ("c5_evaluation", 10, None),
        ("c6_consortium", 15, 3),
        ("c7_business_model", 15, 2),
        ("c8_feasibility_inclusion", 5, None),
    ]
    assert sum(weight for _, weight, _ in grid) == 100


def test_each_legal_form_is_asked_what_the_matrix_says(call: Call) -> None:
    levels = {
        (rule.requirement.code, rule.legal_form): LETTERS[rule.level]
        for rule in RequirementRule.objects.select_related("requirement")
    }
    codes = list(call.requirements.values_list("code", flat=True))

    assert {code: "".join(levels.get((code, form), "–") for form in LegalForm) for code in codes} == MATRIX


def test_nothing_is_asked_twice(call: Call) -> None:
    by = {
        way: list(call.requirements.filter(fulfilled_by=way).values_list("code", "section"))
        for way in ("section", "statement")
    }

    assert by == {
        "section": [
            ("project_note", "project"),
            ("budget", "budget"),
            ("funding_plan", "budget"),
            ("timeline", "calendar"),
            ("indicators", "calendar"),
        ],
        "statement": [("sworn_statement", "statement"), ("image_and_publication_consent", "statement")],
    }
    assert [r.code for r in call.requirements.filter(per_partner=True)] == ["commitment_letters"]
    assert [(r.code, r.valid_from) for r in call.requirements.exclude(valid_from=None)] == [
        ("republican_contract", date(2022, 1, 2))
    ]


def test_questions_come_in_order_and_stay_few(call: Call) -> None:
    sections: dict[str, list[str]] = {}
    for question in call.questions.all():
        sections.setdefault(question.section, []).append(question.code)

    assert {section: len(codes) for section, codes in sections.items()} == {
        "project": 6,
        "territories": 5,
        "missions": 8,
        "consortium": 3,
        "budget": 2,
        "calendar": 1,
    }
    per_mission = [call.questions.filter(mission__number=number).count() for number in (1, 2, 3, 4)]
    assert per_mission == [2, 2, 2, 2]
    assert list(call.questions.filter(scope="territory").values_list("code", flat=True)) == [
        "territory_needs",
        "territory_initiatives",
        "territory_actors",
        "territory_priorities",
    ]
    assert not call.questions.filter(help_fr="").exists()


def test_every_text_of_the_file_exists_in_both_languages_and_is_typeset() -> None:
    def pairs(part: Any) -> list[str]:
        if isinstance(part, list):
            return [name for item in part for name in pairs(item)]
        if not isinstance(part, dict):
            return []
        missing = [name for name in part if name.endswith("_fr") and not part.get(f"{name[:-3]}_en")]
        return missing + [name for item in part.values() for name in pairs(item)]

    text = FILE.read_text(encoding="utf-8")
    french = [line for line in text.splitlines() if '_en"' not in line]

    assert pairs(json.loads(text)) == []
    assert "'" not in text
    assert [line for line in french if re.search(r"\w [;?!]|\w : (?![\[{\"\d])|« | »", line)] == []


def test_an_english_reader_reads_english(call: Call) -> None:
    with translation.override("en"):
        assert call.missions.get(number=2).title == "Raise funds"


def test_loading_writes_one_line_in_the_journal_of_the_call(call: Call) -> None:
    assert [(line.act, line.actor_label, line.details) for line in CallLine.objects.all()] == [
        ("load", "tests", {"file": "hubs-france-connectee.json"})
    ]


def test_a_call_loaded_again_keeps_what_the_team_edited(call: Call) -> None:
    Call.objects.update(title_fr="Titre revu", state=CallState.PUBLISHED)
    Question.objects.filter(code="project_title").delete()
    out = StringIO()

    call_command("load_call", "--without-kit", stdout=out)

    assert out.getvalue() == "L’appel « hubs-france-connectee » existe déjà : rien n’a été changé.\n"
    kept = Call.objects.get()
    assert (kept.title_fr, kept.state, kept.questions.count()) == ("Titre revu", CallState.PUBLISHED, 24)
    assert CallLine.objects.count() == 1


def broken(tmp_path: Path, change: Any) -> Path:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda c: c.update(couleur="bleu"), "appel : clé inconnue « couleur »"),
        (lambda c: c.update(state="published"), "appel : clé inconnue « state »"),
        (lambda c: c.pop("closes_at"), "appel : il manque « closes_at »"),
        (lambda c: c.pop("criteria"), "« criteria » : il faut une liste d’objets, qui ne soit pas vide"),
        (lambda c: c["criteria"][0].update(weight=16), "criteria : la somme des poids fait 101, elle doit faire 100"),
        (lambda c: c["criteria"][1].pop("label_fr"), "criteria, n° 2 (c2_coordination) : il manque « label_fr »"),
        (
            lambda c: c["questions"][1].update(code="project_title"),
            "questions, code : « project_title » est donné 2 fois",
        ),
        (
            lambda c: c["questions"][11].update(mission=7),
            "questions, n° 12 (mission1_inventory) : la mission 7 n’existe pas",
        ),
        (lambda c: c["missions"][3].update(number=3), "missions, numéro : « 3 » est donné 2 fois"),
        (
            lambda c: c["requirements"][1].pop("section"),
            "requirements, n° 2 (budget) : Indiquez la rubrique qui fournit cette pièce.",
        ),
        (
            lambda c: c["requirements"][13]["rules"][0]["legal_forms"].append("scic"),
            "requirements, n° 14 (kbis), forme juridique : « scic » est donné 2 fois",
        ),
        (
            lambda c: c.update(opens_at="2018-12-13T00:00:00+01:00"),
            "appel : La clôture doit suivre l’ouverture.",
        ),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_the_sentence_and_nothing_is_written(
    db: None, tmp_path: Path, change: Any, sentence: str
) -> None:
    path = broken(tmp_path, change)

    with pytest.raises(Refusal) as refused:
        load_call(path, at=NOW, by=MACHINE)

    assert sentence in refused.value.items
    assert (refused.value.code, Call.objects.count(), KitFile.objects.count()) == ("invalid_call_file", 0, 0)


def test_every_mistake_is_told_at_once_by_the_command(db: None, tmp_path: Path) -> None:
    path = broken(tmp_path, lambda c: (c.update(couleur="bleu"), c["requirements"][0]["rules"][0].update(level="must")))

    with pytest.raises(CommandError) as refused:
        call_command("load_call", str(path))

    lines = str(refused.value).split("\n")
    assert lines[:2] == [
        "Le fichier broken.json n’est pas utilisable : rien n’a été écrit.",
        "- appel : clé inconnue « couleur »",
    ]
    assert len(lines) == 2 + len(LegalForm)


def test_a_file_that_is_not_json_or_not_there_is_refused(db: None, tmp_path: Path) -> None:
    (tmp_path / "torn.json").write_text('{"slug": ')

    with pytest.raises(Refusal) as torn:
        read_call(tmp_path / "torn.json")
    with pytest.raises(Refusal) as absent:
        call_file("no-such-call")

    assert (torn.value.code, absent.value.code) == ("invalid_call_file", "call_file_not_found")


# WeasyPrint 70 forgets to close its colour profile.
@pytest.mark.filterwarnings("ignore:.*sRGB2014:ResourceWarning")
def test_the_kit_holds_four_real_files_made_from_the_call(db: None) -> None:
    call, _ = load_call(FILE, at=NOW, by=MACHINE)

    kit = {row.name.removeprefix("hubs-france-connectee-"): row for row in call.kit.all()}
    read = {name: _bytes(row) for name, row in kit.items()}
    models = {name: getattr(row.requirement, "code", None) for name, row in kit.items()}
    assert models == {
        "reglement.pdf": None,
        "dossier-vierge.pdf": None,
        "budget.xlsx": "budget",
        "lettre-engagement.docx": "commitment_letters",
    }
    assert {row.version for row in kit.values()} == {"2018-09"}
    rules = _words(read["reglement.pdf"])
    assert "vendredi 30 novembre 2018 à 17 h 00 (heure de Paris)" in rules
    asked = Requirement.objects.exclude(code="republican_contract")
    assert [row.label_fr for row in asked if _plain(row.label_fr) not in rules] == []
    assert "Contrat d’engagement républicain" not in rules
    blank = _words(read["dossier-vierge.pdf"])
    assert [row.label_fr for row in Question.objects.all() if _plain(row.label_fr) not in blank] == []
    book = load_workbook(BytesIO(read["budget.xlsx"]))
    assert book.sheetnames == ["Mode d’emploi", "Dépenses", "Ressources", "Récapitulatif"]
    letter = "\n".join(p.text for p in WordDocument(BytesIO(read["lettre-engagement.docx"])).paragraphs)
    assert "Lettre d’engagement de partenaire" in letter


def _bytes(row: KitFile) -> bytes:
    with row.stored.open() as file:
        content: bytes = file.read()
    return content


def _words(pdf: bytes) -> str:
    return _plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def _plain(text: str) -> str:
    return " ".join(text.split())
