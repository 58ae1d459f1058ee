"""What a dossier lacks. The same list refuses a submission and guides the candidate."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from applications.content import Content
from applications.enums import FulfilledBy, LegalForm, Level, PartnerFamily, QuestionScope, Section, TerritoryMode
from applications.models import Call, Question, Requirement, RequirementRule
from applications.rules import money
from hubs_portal.refusals import Sentence

DOCUMENTS = "documents"


class Weight(StrEnum):
    """What an absence means."""

    BLOCKING = "blocking"
    WILL_FOLLOW = "will_follow"
    OBTAINED_BY_SERVICE = "obtained_by_service"
    ADVICE = "advice"


@dataclass(frozen=True)
class Missing:
    """One thing that is not there: what to do, where, and whether the submission waits for it."""

    sentence: Sentence
    place: str
    weight: Weight = Weight.BLOCKING
    anchor: str = ""


@dataclass(frozen=True)
class Expectations:
    """What a call expects of a dossier: its questions, its requirements and their level for one legal form."""

    call: Call
    questions: list[Question]
    requirements: list[Requirement]
    levels: Mapping[str, str]
    conditions: Mapping[str, str]

    @classmethod
    def of(cls, call: Call, legal_form: str, on: date) -> "Expectations":
        """Read them from the call: two queries. A requirement not yet valid on this day is not asked."""
        rules = RequirementRule.objects.filter(requirement__call=call).select_related("requirement")
        return cls.among(call, call.questions.select_related("mission"), rules, legal_form, on)

    @classmethod
    def among(
        cls, call: Call, questions: Iterable[Question], rules: Iterable[RequirementRule], legal_form: str, on: date
    ) -> "Expectations":
        """The same, chosen among the questions and the rules (with their requirement) of a call: no query."""
        in_order = sorted(rules, key=lambda rule: (rule.requirement.position, rule.requirement_id))
        asked = [
            rule
            for rule in in_order
            if rule.legal_form == legal_form and (not rule.requirement.valid_from or rule.requirement.valid_from <= on)
        ]
        levels = {rule.requirement.code: rule.level for rule in asked}
        conditions = {rule.requirement.code: rule.condition for rule in asked}
        return cls(call, list(questions), [rule.requirement for rule in asked], levels, conditions)


def missing(expected: Expectations, content: Content, unreadable: Collection[str] = ()) -> list[Missing]:
    """Everything the content lacks, in the order of the sections; `unreadable` are digests of files nobody can open."""
    return [
        *_organisation(content),
        *_answers(expected, content),
        *_territories(expected, content),
        *_consortium(content),
        *_money(expected, content),
        *_calendar(content),
        *_statement(content),
        *_documents(expected, content, unreadable),
    ]


def blocking(items: list[Missing]) -> list[Missing]:
    """Those a submission waits for."""
    return [item for item in items if item.weight is Weight.BLOCKING]


def _organisation(content: Content) -> Iterator[Missing]:
    labels = {
        "name": _("le nom de la structure"),
        "siret": _("le numéro SIRET"),
        "address": _("l’adresse de la structure"),
        "postcode": _("le code postal"),
        "city": _("la commune"),
        "phone": _("le téléphone de la structure"),
        "representative_name": _("le nom du représentant légal"),
        "representative_title": _("la qualité du représentant légal"),
        "representative_email": _("l’adresse électronique du représentant légal"),
    }
    for field, label in labels.items():
        if not content["organisation"][field]:
            yield Missing(_("Indiquez %(what)s.") % {"what": label}, Section.ORGANISATION, anchor=f"id_{field}")
    said = content["organisation"]
    if said["legal_form"] == LegalForm.ASSOCIATION and not said["rna"] and not said["registry"]:
        sentence = _("Indiquez le numéro RNA de l’association ou, en Alsace-Moselle, son inscription au registre.")
        yield Missing(sentence, Section.ORGANISATION, Weight.ADVICE, anchor="id_rna")


def _answers(expected: Expectations, content: Content) -> Iterator[Missing]:
    for question in expected.questions:
        if not question.required or question.scope != QuestionScope.DOSSIER:
            continue
        if not content["answers"].get(question.code, "").strip():
            yield Missing(
                _("Répondez à la question « %(question)s ».") % {"question": question.label},
                question.section,
                anchor=f"id_{question.code}",
            )


def _territories(expected: Expectations, content: Content) -> Iterator[Missing]:
    call, chosen = expected.call, content["territories"]
    if not chosen:
        yield Missing(_("Choisissez les territoires où le hub interviendra."), Section.TERRITORIES, anchor="choix")
    elif not call.territories_min <= len(chosen) <= call.territories_max:
        bounds = {"n": len(chosen), "min": call.territories_min, "max": call.territories_max}
        if call.territories_mode == TerritoryMode.BLOCK:
            yield Missing(
                _("Vous avez choisi %(n)s territoire(s) : l’appel en demande de %(min)s à %(max)s.") % bounds,
                Section.TERRITORIES,
                anchor="choix",
            )
        elif not content["territories_reason"].strip():
            yield Missing(
                _(
                    "Vous avez choisi %(n)s territoire(s) alors que l’appel en prévoit de %(min)s à %(max)s :"
                    " expliquez pourquoi."
                )
                % bounds,
                Section.TERRITORIES,
                anchor="id_territories_reason",
            )
    for territory in chosen:
        for question in expected.questions:
            asked = question.required and question.scope == QuestionScope.TERRITORY
            if asked and not territory["answers"].get(question.code, "").strip():
                yield Missing(
                    _("%(territory)s : répondez à la question « %(question)s ».")
                    % {"territory": territory["name"], "question": question.label},
                    Section.TERRITORIES,
                    anchor=f"id_{question.code}-{territory['code']}",
                )


def missing_families(content: Content) -> list[PartnerFamily]:
    """The families no partner belongs to, nor the candidate by its own legal form."""
    own = {
        "association": PartnerFamily.ASSOCIATIVE,
        "foundation": PartnerFamily.ASSOCIATIVE,
        "company": PartnerFamily.PRIVATE,
        "scic": PartnerFamily.PRIVATE,
    }.get(content["organisation"]["legal_form"], PartnerFamily.PUBLIC)
    present = {partner["family"] for partner in content["partners"]} | {own}
    return [family for family in PartnerFamily if family not in present]


def _consortium(content: Content) -> Iterator[Missing]:
    if not content["partners"]:
        yield Missing(_("Ajoutez au moins un partenaire : un hub associe plusieurs acteurs."), Section.CONSORTIUM)
    for family in missing_families(content):
        yield Missing(
            _("Aucun %(family)s dans le consortium : le hub doit associer acteurs publics, privés et associatifs.")
            % {"family": family.label},
            Section.CONSORTIUM,
            Weight.ADVICE,
        )


def _money(expected: Expectations, content: Content) -> Iterator[Missing]:
    sums = money.balance(content)
    if not content["expenses"]:
        yield Missing(_("Ajoutez les dépenses du budget prévisionnel."), Section.BUDGET)
    if not content["resources"]:
        yield Missing(_("Ajoutez les ressources du plan de financement."), Section.BUDGET)
    if content["expenses"] and content["resources"] and not sums.is_balanced:
        yield Missing(
            _("Équilibrez le budget : les ressources et les dépenses diffèrent de %(gap)s €.") % {"gap": abs(sums.gap)},
            Section.BUDGET,
        )
    if content["resources"] and not sums.requested:
        yield Missing(_("Indiquez la subvention demandée au présent appel."), Section.BUDGET)
    if money.exceeds_ceiling(expected.call, sums):
        yield Missing(
            _("La subvention demandée dépasse le plafond indicatif de l’appel."), Section.BUDGET, Weight.ADVICE
        )
    if money.exceeds_rate(expected.call, sums):
        yield Missing(_("Le taux de subvention dépasse le taux indicatif de l’appel."), Section.BUDGET, Weight.ADVICE)


def _calendar(content: Content) -> Iterator[Missing]:
    if not content["milestones"]:
        yield Missing(_("Ajoutez au moins un jalon au calendrier."), Section.CALENDAR)
    if not content["indicators"]:
        yield Missing(_("Ajoutez au moins un indicateur de résultat."), Section.CALENDAR)


def _statement(content: Content) -> Iterator[Missing]:
    statement = content["statement"]
    if not statement["signatory_name"] or not statement["signatory_title"]:
        yield Missing(_("Indiquez le nom et la qualité du signataire."), Section.STATEMENT, anchor="id_signatory_name")
    if not statement["accuracy"]:
        yield Missing(_("Attestez l’exactitude du dossier."), Section.STATEMENT, anchor="id_states_accuracy")
    if not statement["obligations"]:
        yield Missing(
            _("Attestez que la structure est à jour de ses obligations."),
            Section.STATEMENT,
            anchor="id_states_obligations",
        )


def _documents(expected: Expectations, content: Content, unreadable: Collection[str]) -> Iterator[Missing]:
    joined = {d["requirement"] for d in content["documents"] if d["sha256"] not in unreadable}
    damaged = {d["requirement"] for d in content["documents"] if d["sha256"] in unreadable} - joined
    promised = {p["requirement"] for p in content["promises"]}
    for requirement in expected.requirements:
        if requirement.fulfilled_by != FulfilledBy.UPLOAD or requirement.code in joined:
            continue
        if requirement.per_partner and not content["partners"]:
            continue
        yield from _document(requirement, expected.levels[requirement.code], damaged, promised)


def _document(
    requirement: Requirement, level: str, damaged: Collection[str], promised: Collection[str]
) -> Iterator[Missing]:
    label, anchor = {"label": requirement.label}, f"piece-{requirement.code}"
    if requirement.code in damaged:
        yield Missing(
            _("Le fichier joint pour « %(label)s » est illisible : remplacez-le.") % label, DOCUMENTS, anchor=anchor
        )
    elif level == Level.BLOCKING:
        yield Missing(_("Joignez la pièce « %(label)s ».") % label, DOCUMENTS, anchor=anchor)
    elif level == Level.MAY_FOLLOW and requirement.code in promised:
        yield Missing(
            _("« %(label)s » suivra, à la date que vous avez promise.") % label, DOCUMENTS, Weight.WILL_FOLLOW, anchor
        )
    elif level == Level.MAY_FOLLOW:
        yield Missing(
            _("Joignez la pièce « %(label)s », ou dites pourquoi et quand elle suivra.") % label,
            DOCUMENTS,
            anchor=anchor,
        )
    elif level == Level.OBTAINABLE:
        yield Missing(
            _("« %(label)s » : à défaut, le service se la procurera.") % label,
            DOCUMENTS,
            Weight.OBTAINED_BY_SERVICE,
            anchor,
        )
