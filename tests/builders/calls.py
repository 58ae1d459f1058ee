"""A small call, with everything a candidate meets in a large one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from applications.actions.publication import publish_call
from applications.enums import FulfilledBy, LegalForm, Level, QuestionScope, Role, Section, TerritoryKind
from applications.models import (
    Call,
    Criterion,
    KitFile,
    Mission,
    Question,
    Requirement,
    RequirementRule,
    TeamMember,
    Territory,
)
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.files import store_bytes
from tests.builders.files import a_pdf
from tests.builders.people import a_user

OPENS = datetime(2018, 9, 12, 22, tzinfo=UTC)  # 13 September, midnight in Paris
NOW = datetime(2018, 11, 28, 8, tzinfo=UTC)  # Wednesday, 09:00 in Paris
CLOSES = datetime(2018, 11, 30, 16, tzinfo=UTC)  # Friday, 17:00 in Paris

_TERRITORIES = (
    ("01", "Ain", "de l’Ain", TerritoryKind.METROPOLITAN, "84", "Auvergne-Rhône-Alpes", 631877, "Europe/Paris"),
    ("03", "Allier", "de l’Allier", TerritoryKind.METROPOLITAN, "84", "Auvergne-Rhône-Alpes", 341613, "Europe/Paris"),
    ("07", "Ardèche", "de l’Ardèche", TerritoryKind.METROPOLITAN, "84", "Auvergne-Rhône-Alpes", 324209, "Europe/Paris"),
    ("2A", "Corse-du-Sud", "de la Corse-du-Sud", TerritoryKind.METROPOLITAN, "94", "Corse", 152730, "Europe/Paris"),
    ("67", "Bas-Rhin", "du Bas-Rhin", TerritoryKind.METROPOLITAN, "44", "Grand Est", 1116658, "Europe/Paris"),
    ("971", "Guadeloupe", "de la Guadeloupe", TerritoryKind.OVERSEAS_DEPARTEMENT, "01", "Guadeloupe", 402119,
     "America/Guadeloupe"),
    ("974", "La Réunion", "de La Réunion", TerritoryKind.OVERSEAS_DEPARTEMENT, "04", "La Réunion", 850727,
     "Indian/Reunion"),
    ("988", "Nouvelle-Calédonie", "de la Nouvelle-Calédonie", TerritoryKind.COLLECTIVITY, "988", "Nouvelle-Calédonie",
     None, "Pacific/Noumea"),
)  # fmt: skip

# code, label, how it is met, section, several, per partner, level for an association
_REQUIREMENTS = (
    ("budget", "Budget prévisionnel", FulfilledBy.SECTION, Section.BUDGET, False, False, Level.BLOCKING),
    ("mandate", "Pouvoir du signataire", FulfilledBy.UPLOAD, "", False, False, Level.BLOCKING),
    ("letters", "Lettres d’engagement des partenaires", FulfilledBy.UPLOAD, "", True, True, Level.BLOCKING),
    ("accounts", "Comptes approuvés du dernier exercice", FulfilledBy.UPLOAD, "", True, False, Level.MAY_FOLLOW),
    ("statutes", "Statuts", FulfilledBy.UPLOAD, "", False, False, Level.OBTAINABLE),
    ("chart", "Organigramme du groupe", FulfilledBy.UPLOAD, "", False, False, Level.IF_APPLICABLE),
    ("sworn", "Attestation sur l’honneur", FulfilledBy.STATEMENT, Section.STATEMENT, False, False, Level.BLOCKING),
)


def the_territories() -> dict[str, Territory]:
    """Eight territories by code: three of one region, Corsica, Alsace, two overseas départements, a collectivity."""
    names = ("code", "name", "article", "kind", "region_code", "region_name", "population", "timezone")
    rows = [Territory(**dict(zip(names, row, strict=True))) for row in _TERRITORIES]
    Territory.objects.bulk_create(rows, ignore_conflicts=True)
    return Territory.objects.in_bulk([row.code for row in rows])


def a_call(*, published: bool = True, with_kit: bool = True, **changes: Any) -> Call:
    """A call with two managers and an officer, published unless told otherwise; `changes` are fields of `Call`."""
    the_territories()
    call = Call.objects.create(**_fields(changes))
    _ask(call)
    _require(call)
    for position, (code, weight) in enumerate([("territory", 40), ("network", 35), ("economy", 25)]):
        Criterion.objects.create(call=call, code=code, position=position, label_fr=f"Critère {code}", weight=weight)
    if with_kit:
        stored = store_bytes(a_pdf("Règlement de l’appel"))
        KitFile.objects.create(
            call=call, label_fr="Règlement de l’appel", version="1", name="reglement.pdf", stored=stored
        )
    managers = [a_manager(call), a_manager(call)]
    an_officer(call)
    if published:
        return publish_call(call, by=Actor.person(managers[0]), at=call.opens_at)
    return call


def _fields(changes: dict[str, Any]) -> dict[str, Any]:
    n = Call.objects.count() + 1
    return {
        "slug": "appel-d-essai" if n == 1 else f"appel-d-essai-{n}",
        "prefix": "HFC",
        "title_fr": "Hubs d’essai",
        "title_en": "Trial hubs",
        "summary_fr": "Un petit appel, pour les essais.",
        "presentation_fr": "Un hub coordonne les aidants numériques de plusieurs départements.",
        "eligibility_fr": "Toute personne morale.",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "hearings_from": date(2018, 12, 3),
        "hearings_until": date(2019, 1, 18),
        "results_planned_on": date(2019, 1, 31),
        "envelope": Decimal(5_000_000),
        "expected_awards": 12,
        "grant_ceiling": Decimal(500_000),
        "grant_rate_ceiling": Decimal("0.8"),
        "service_name": "Équipe de l’appel d’essai",
        "service_address": "12, rue de l’Exemple\n75000 Paris",
        "service_phone": "01 99 00 20 18",
        "service_hours": "du lundi au vendredi, de 9 h 00 à 18 h 00",
        "service_email": "equipe@exemple.invalid",
        "silence_fr": "Le silence gardé deux mois vaut rejet.",
        "appeal_fr": "Vous pouvez contester une décision dans les deux mois.",
    } | changes


def _ask(call: Call) -> None:
    mission = Mission.objects.create(
        call=call, number=1, title_fr="Coordonner les acteurs", text_fr="Recenser, articuler et coordonner."
    )
    asked: list[dict[str, Any]] = [
        {"section": Section.PROJECT, "code": "title", "label_fr": "Titre du projet", "single_line": True},
        {"section": Section.PROJECT, "code": "summary", "label_fr": "Le projet en quelques phrases"},
        {"section": Section.PROJECT, "code": "remarks", "label_fr": "Autres remarques", "required": False},
        {"section": Section.TERRITORIES, "code": "needs", "label_fr": "Les besoins", "scope": QuestionScope.TERRITORY},
        {"section": Section.MISSIONS, "code": "network", "label_fr": "Comment coordonner ?", "mission": mission},
    ]
    for position, question in enumerate(asked):
        Question.objects.create(call=call, position=position, **question)


def _require(call: Call) -> None:
    for position, (code, label, by, section, several, per_partner, level) in enumerate(_REQUIREMENTS):
        requirement = Requirement.objects.create(
            call=call,
            code=code,
            position=position,
            label_fr=label,
            why_fr="Parce qu’elle est demandée.",
            fulfilled_by=by,
            section=section,
            several=several,
            per_partner=per_partner,
        )
        for form in (LegalForm.ASSOCIATION, LegalForm.LOCAL_AUTHORITY):
            RequirementRule.objects.create(requirement=requirement, legal_form=form, level=level)


def a_manager(call: Call, **fields: Any) -> User:
    """Somebody who runs the call."""
    return _on_the_team(call, Role.MANAGER, fields)


def an_officer(call: Call, **fields: Any) -> User:
    """Somebody who examines its candidacies."""
    return _on_the_team(call, Role.OFFICER, fields)


def _on_the_team(call: Call, role: Role, fields: dict[str, Any]) -> User:
    user = a_user(is_staff=True, **fields)
    TeamMember.objects.create(call=call, user=user, role=role)
    return user
