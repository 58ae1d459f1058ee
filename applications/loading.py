"""Reference data and the set-up of a call, from files people can read, into rows."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from applications.enums import QuestionScope, Section
from applications.kit import make_kit
from applications.models import (
    Call,
    CallLine,
    Criterion,
    Mission,
    Question,
    Requirement,
    RequirementRule,
    Territory,
)
from hubs_portal import journal
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal

ROOT = Path(__file__).resolve().parents[1]
CALLS = ROOT / "applications" / "data"
_PACKAGE = ROOT / "node_modules" / "@etalab" / "decoupage-administratif" / "data"

# INSEE's TNCC: how a name takes its article.
_LINKS = {0: "de ", 1: "d’", 2: "du ", 3: "de la ", 4: "des ", 5: "de l’"}
_NAMES = {"986": "Wallis-et-Futuna"}
# INSEE gives an article to some names their own prefecture writes without one, and none to the collectivities.
_WITH_DE = {
    "41": "de Loir-et-Cher",
    "47": "de Lot-et-Garonne",
    "82": "de Tarn-et-Garonne",
    "84": "de Vaucluse",
    "984": "des Terres australes et antarctiques françaises",
    "987": "de la Polynésie française",
    "988": "de la Nouvelle-Calédonie",
    "989": "de l’île de Clipperton",
}
_ZONES = {
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


def territories_folder() -> Path:
    """Where the JSON of `@etalab/decoupage-administratif` is: the folder the environment names, or node's own."""
    named = os.environ.get("TERRITORIES_FOLDER", "")
    folder = Path(named) if named else _PACKAGE
    if (folder / "departements.json").is_file() and (folder / "regions.json").is_file():
        return folder
    raise Refusal(
        f"Les départements sont introuvables dans {folder} : lancez « npm ci », ou indiquez dans "
        "TERRITORIES_FOLDER le dossier qui contient departements.json et regions.json.",
        code="territories_not_found",
    )


def read_territories(folder: Path) -> list[Territory]:
    """Every département and overseas collectivity the files describe, not saved."""
    regions = {row["code"]: _typographic(row["nom"]) for row in _json(folder / "regions.json")}
    population = _population(folder / "communes.json")
    return [
        Territory(
            code=row["code"],
            name=_name(row),
            article=_WITH_DE.get(row["code"]) or _LINKS[row["typeLiaison"]] + _name(row),
            kind=row["zone"],
            region_code=row["region"],
            region_name=_NAMES.get(row["region"], regions[row["region"]]),
            population=population[row["code"]] or None,
            timezone=_ZONES.get(row["code"], "Europe/Paris"),
        )
        for row in _json(folder / "departements.json")
    ]


def load_territories() -> int:
    """Write every territory, those already there included, and return how many there are."""
    rows = read_territories(territories_folder())
    changing = ["name", "article", "kind", "region_code", "region_name", "population", "timezone"]
    Territory.objects.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=changing)
    return len(rows)


def _name(row: Mapping[str, Any]) -> str:
    return _NAMES.get(row["code"]) or _typographic(row["nom"])


def _typographic(name: str) -> str:
    return name.replace("'", "’")


def _population(communes: Path) -> Counter[str]:
    """Inhabitants per territory. The file is large and optional: without it no population is known."""
    total: Counter[str] = Counter()
    for row in _json(communes) if communes.is_file() else []:
        # Districts of Paris, Lyon and Marseille, and merged communes, are counted in their commune.
        if row["type"] == "commune-actuelle":
            total[row["departement"]] += row.get("population", 0)
    return total


@dataclass
class CallPlan:
    """The rows a file describes, checked and not saved."""

    call: Call
    missions: list[Mission] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    requirements: list[Requirement] = field(default_factory=list)
    rules: list[RequirementRule] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)


def call_file(path_or_slug: str) -> Path:
    """The file meant: a path, or the slug of a call we ship."""
    path = Path(path_or_slug) if path_or_slug.endswith(".json") else CALLS / f"{path_or_slug}.json"
    if not path.is_file():
        raise Refusal(f"Le fichier {path} n’existe pas.", code="call_file_not_found")
    return path


def load_call(path: Path, *, at: datetime, by: Actor, with_kit: bool = True) -> tuple[Call, bool]:
    """Create the call as a draft with all its rows and its kit, or leave it as it is when it exists; say which."""
    plan = read_call(path)
    known = Call.objects.filter(slug=plan.call.slug).first()
    if known:
        return known, False
    with transaction.atomic():
        _save(plan)
        journal.write(CallLine, act="load", by=by, at=at, details={"file": path.name}, subject=plan.call)
        if with_kit:
            make_kit(plan.call, at=at)
    return plan.call, True


def _save(plan: CallPlan) -> None:
    plan.call.save(force_insert=True)
    for owned in (plan.missions, plan.questions, plan.requirements, plan.criteria):
        for row in owned:
            row.call = plan.call
    Mission.objects.bulk_create(plan.missions)
    Question.objects.bulk_create(plan.questions)
    Requirement.objects.bulk_create(plan.requirements)
    RequirementRule.objects.bulk_create(plan.rules)
    Criterion.objects.bulk_create(plan.criteria)


def read_call(path: Path) -> CallPlan:
    """Check the file whole and return its rows; raises `Refusal` with one sentence per mistake."""
    reading = _Reading()
    content = _json(path)
    if not isinstance(content, dict):
        raise _refused(path, ["le fichier doit contenir un objet JSON"])
    parts = {name: content.pop(name, None) for name in ("missions", "questions", "requirements", "criteria")}
    plan = CallPlan(reading.row(Call, content, "appel", never=("state",)))
    lists = {name: reading.part(name, rows) for name, rows in parts.items()}
    plan.missions = [reading.row(Mission, row, where) for where, row in lists["missions"]]
    plan.questions = [reading.question(row, where, plan.missions) for where, row in lists["questions"]]
    for where, row in lists["requirements"]:
        requirement, rules = reading.requirement(row, where)
        plan.requirements.append(requirement)
        plan.rules.extend(rules)
    plan.criteria = [reading.row(Criterion, row, where) for where, row in lists["criteria"]]
    reading.whole(plan)
    if reading.mistakes:
        raise _refused(path, reading.mistakes)
    return plan


def _refused(path: Path, mistakes: list[str]) -> Refusal:
    sentence = f"Le fichier {path.name} n’est pas utilisable : rien n’a été écrit."
    return Refusal(sentence, code="invalid_call_file", items=mistakes)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _refused(path, [f"ce n’est pas du JSON lisible ({error})"]) from error


Row = TypeVar("Row", bound=models.Model)


class _Reading:
    """Turns parts of the file into rows, and gathers every mistake met rather than stopping at the first."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def part(self, name: str, rows: Any) -> list[tuple[str, dict[str, Any]]]:
        """The objects of one list of the file, each with the name mistakes will call it by."""
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.mistakes.append(f"« {name} » : il faut une liste d’objets, qui ne soit pas vide")
            return []
        return [(f"{name}, n° {n} ({row.get('code', row.get('number', '?'))})", row) for n, row in enumerate(rows, 1)]

    def row(self, model: type[Row], given: Mapping[str, Any], where: str, *, never: Iterable[str] = ()) -> Row:
        """One row, checked by its model: a key is a field of the model, a list of strings is a text in paragraphs."""
        fields = {
            f.name: f
            for f in model._meta.concrete_fields
            if f.editable and not f.primary_key and not f.is_relation and f.name not in never
        }
        needed = {n for n, f in fields.items() if not (f.blank or f.null or f.has_default())}
        self.mistakes += [f"{where} : clé inconnue « {key} »" for key in given if key not in fields]
        self.mistakes += [f"{where} : il manque « {key} »" for key in sorted(needed - given.keys())]
        values = {key: _text(fields[key], value) for key, value in given.items() if key in fields}
        row = model(**values)
        if needed <= given.keys():
            self._clean(row, where)
        return row

    def _clean(self, row: models.Model, where: str) -> None:
        foreign = {f.name for f in row._meta.concrete_fields if f.is_relation}
        try:
            row.full_clean(exclude=foreign, validate_unique=False)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                label = "" if name == "__all__" else f"« {name} » : "
                self.mistakes += [f"{where} : {label}{message}" for message in messages]

    def question(self, given: dict[str, Any], where: str, missions: list[Mission]) -> Question:
        """A question, tied to the mission whose number it names."""
        number = given.get("mission")
        row = self.row(Question, {k: v for k, v in given.items() if k != "mission"}, where)
        row.mission = next((mission for mission in missions if mission.number == number), None)
        if number is not None and row.mission is None:
            self.mistakes.append(f"{where} : la mission {number} n’existe pas")
        if (number is not None) != (row.section == Section.MISSIONS):
            self.mistakes.append(
                f"{where} : une question nomme une mission si, et seulement si, elle est de « missions »"
            )
        if row.scope == QuestionScope.TERRITORY and row.section != Section.TERRITORIES:
            self.mistakes.append(f"{where} : seule une question de « territories » se pose pour chaque territoire")
        return row

    def requirement(self, given: dict[str, Any], where: str) -> tuple[Requirement, list[RequirementRule]]:
        """A requirement, and a rule for each legal form it names."""
        row = self.row(Requirement, {k: v for k, v in given.items() if k != "rules"}, where)
        rules: list[RequirementRule] = []
        for _, rule in self.part(f"{where}, rules", given.get("rules")):
            forms = rule.get("legal_forms")
            if not isinstance(forms, list) or not forms:
                self.mistakes.append(f"{where}, rules : « legal_forms » doit être une liste de formes juridiques")
                continue
            said = {k: v for k, v in rule.items() if k != "legal_forms"}
            rules += [self.row(RequirementRule, said | {"legal_form": form}, f"{where}, {form}") for form in forms]
        for rule_row in rules:
            rule_row.requirement = row
        self._once([rule_row.legal_form for rule_row in rules], f"{where}, forme juridique")
        return row, rules

    def whole(self, plan: CallPlan) -> None:
        """What no row can tell by itself: codes are unique, the weights make 100."""
        self._once([mission.number for mission in plan.missions], "missions, numéro")
        self._once([question.code for question in plan.questions], "questions, code")
        self._once([requirement.code for requirement in plan.requirements], "requirements, code")
        self._once([criterion.code for criterion in plan.criteria], "criteria, code")
        weights = [criterion.weight for criterion in plan.criteria]
        if all(isinstance(weight, int) for weight in weights) and sum(weights) != 100:
            self.mistakes.append(f"criteria : la somme des poids fait {sum(weights)}, elle doit faire 100")

    def _once(self, values: list[Any], what: str) -> None:
        self.mistakes += [f"{what} : « {value} » est donné {n} fois" for value, n in Counter(values).items() if n > 1]


def _text(into: Any, value: Any) -> Any:
    paragraphs = isinstance(into, models.TextField) and isinstance(value, list)
    return "\n\n".join(map(str, value)) if paragraphs else value
