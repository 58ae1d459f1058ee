"""The checklist of an examination: each line with the rule behind it and what the machine already sees."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.content import Content
from applications.enums import CheckVerdict, ExclusionStage, FulfilledBy, Level
from applications.rules import money
from applications.rules.completeness import Expectations, missing_families
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import day, euros

# How the code of a line about a document begins; its requirement's follows.
PIECE = "piece:"


@dataclass(frozen=True)
class Line:
    """One thing to verify; `seen` is what the machine finds, for the officer to confirm or not."""

    code: str
    stage: ExclusionStage
    label: Sentence
    rule: Sentence
    seen: CheckVerdict | None = None
    finding: Sentence = ""


def checklist(expected: Expectations, content: Content) -> list[Line]:
    """Every line for one submission: its documents, then the conditions of eligibility."""
    return [*_documents(expected, content), *_conditions(expected, content)]


def _documents(expected: Expectations, content: Content) -> list[Line]:
    joined = {document["requirement"] for document in content["documents"]}
    promised = {p["requirement"]: p["promised_on"] for p in content["promises"]}
    lines = []
    for requirement in expected.requirements:
        if requirement.fulfilled_by != FulfilledBy.UPLOAD:
            continue
        level = Level(expected.levels[requirement.code])
        finding: Sentence = _("jointe") if requirement.code in joined else _("absente")
        if requirement.code in promised:
            finding = _("promise pour le %(day)s") % {"day": day(promised[requirement.code])}
        absent = CheckVerdict.NO if level == Level.BLOCKING else None
        lines.append(
            Line(
                code=PIECE + requirement.code,
                stage=ExclusionStage.ADMISSIBILITY,
                label=requirement.label,
                rule=requirement.rule or level.label,
                seen=CheckVerdict.YES if requirement.code in joined else absent,
                finding=finding,
            )
        )
    return lines


def _conditions(expected: Expectations, content: Content) -> list[Line]:
    call, chosen = expected.call, len(content["territories"])
    within = call.territories_min <= chosen <= call.territories_max
    families = missing_families(content)
    sums = money.balance(content)
    bounds = {"min": call.territories_min, "max": call.territories_max}
    return [
        Line(
            "territories",
            ExclusionStage.ELIGIBILITY,
            _("Périmètre de %(min)s à %(max)s territoires, ou dérogation justifiée") % bounds,
            _("Règlement de l’appel : périmètre"),
            CheckVerdict.YES if within else None,
            ngettext("%(n)s territoire", "%(n)s territoires", chosen) % {"n": chosen},
        ),
        Line(
            "legal_person",
            ExclusionStage.ELIGIBILITY,
            _("La structure est une personne morale existante"),
            _("Règlement de l’appel : porteurs éligibles"),
        ),
        Line(
            "families",
            ExclusionStage.ELIGIBILITY,
            _("Acteurs publics, privés et associatifs associés"),
            _("Règlement de l’appel : partenariat"),
            None if families else CheckVerdict.YES,
            _("manque : %(families)s") % {"families": ", ".join(str(family.label) for family in families)}
            if families
            else _("les trois familles sont représentées"),
        ),
        Line(
            "missions",
            ExclusionStage.ELIGIBILITY,
            _("Les missions de l’appel sont toutes traitées"),
            _("Règlement de l’appel : missions"),
        ),
        Line(
            "budget",
            ExclusionStage.ELIGIBILITY,
            _("Budget équilibré et dépenses éligibles"),
            _("Règlement de l’appel : financement"),
            CheckVerdict.YES if sums.is_balanced else CheckVerdict.NO,
            _("équilibré : %(cost)s") % {"cost": euros(sums.cost)}
            if sums.is_balanced
            else _("écart de %(gap)s") % {"gap": euros(sums.gap)},
        ),
    ]
