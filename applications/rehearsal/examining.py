"""What the invented officers and managers do with a dossier: read, tick, ask, admit, exclude, assess, choose."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils.text import slugify

from applications.actions import assessment, reading, screening
from applications.enums import CandidacyState, CheckVerdict, ExclusionStage, Level
from applications.models import Candidacy, CompletionItem, Exclusion, Requirement, ScreeningCheck, Submission
from applications.rehearsal import deeds, judgement, setting
from applications.rehearsal.agenda import HEARD, AskedPiece, Examination
from applications.rehearsal.papers import leaf
from applications.rules.checklist import Line, checklist
from applications.rules.completeness import Expectations
from applications.rules.grid import HIGHEST, total
from applications.workflow import CANDIDACY
from hubs_portal.accounts.models import User
from hubs_portal.rehearsal.timeline import PassedOver
from hubs_portal.templatetags.french import paris_short

_BETWEEN_TICKS = timedelta(seconds=20)
_FLAWLESS: dict[str, str] = {}
Y, N, NA = CheckVerdict.YES, CheckVerdict.NO, CheckVerdict.NA


def candidacy_of(examination: Examination, step: str) -> Candidacy:
    """The candidacy, if it can take that step now; raises `Refusal` when somebody has taken it elsewhere."""
    candidacy = deeds.contact(examination.player).candidacy
    CANDIDACY.step(step, CandidacyState(candidacy.state))
    return candidacy


def screen(examination: Examination, at: datetime) -> None:
    """Read the dossier, then tick what the documents show."""
    candidacy = candidacy_of(examination, "admit")
    if candidacy.state != CandidacyState.FROZEN:
        raise PassedOver("ce dossier est déjà examiné")
    officer = setting.teammate(examination.officer)
    version, expected = _version(candidacy)
    reading.record_reading(version, by=officer, at=at - timedelta(minutes=12))
    asked = {f"piece:{piece.requirement}": piece.reason for piece in examination.ask.pieces} if examination.ask else {}
    lines = [line for line in checklist(expected, version.says) if line.stage == ExclusionStage.ADMISSIBILITY]
    _tick(candidacy, lines, expected, asked, by=officer, at=at)


def ask(examination: Examination, at: datetime) -> None:
    """Ask for the documents that do not do."""
    assert examination.ask
    candidacy = candidacy_of(examination, "request_completion")
    wanted = {piece.requirement: piece.reason for piece in examination.ask.pieces}
    requirements = Requirement.objects.filter(call=candidacy.call, code__in=wanted)
    screening.request_completion(
        candidacy,
        {requirement: wanted[requirement.code] for requirement in requirements},
        due_at=examination.ask.due,
        message=examination.ask.message,
        by=setting.teammate(examination.officer),
        at=at,
    )


def answer(examination: Examination, piece: AskedPiece, at: datetime) -> None:
    """The structure sends one of the documents it was asked for."""
    member = deeds.contact(examination.player)
    items = CompletionItem.objects.filter(request__candidacy=member.candidacy_id, stored__isnull=True)
    item = items.select_related("request", "requirement__call").filter(requirement__code=piece.requirement).first()
    if item is None:
        raise PassedOver("cette pièce n’est pas demandée")
    title = slugify(piece.title.replace("'", " "))
    name = f"{title}-{examination.player.slug}.pdf"
    content = leaf(examination.player, piece.title, piece.paragraphs)
    screening.complete(member, item, ContentFile(content, name), name=name, at=at)
    deeds.opened_by_the_worker("inspect_completionitem", f"{item.pk} {at.isoformat()}")


def admit(examination: Examination, at: datetime) -> None:
    """The dossier is complete; what was received in the meantime is ticked."""
    candidacy = candidacy_of(examination, "admit")
    officer = setting.teammate(examination.officer)
    received = CompletionItem.objects.filter(request__candidacy=candidacy, received_at__isnull=False)
    for item in received.select_related("requirement"):
        told = f"Reçue le {paris_short(item.received_at)}."
        screening.tick(candidacy, f"piece:{item.requirement.code}", Y, comment=told, by=officer, at=at)
    note = _RECONSIDERED if candidacy.exclusions.exists() else ""
    screening.admit(candidacy, by=officer, at=at, note=note)


# What is written when a colleague did not follow a proposal to exclude: a line is still « non conforme ».
_RECONSIDERED = "Relu à deux : ce qui manquait ne fait pas obstacle aux conditions de l’appel."


def find_eligible(examination: Examination, at: datetime) -> None:
    """The conditions of the call are met."""
    candidacy = candidacy_of(examination, "find_eligible")
    officer = setting.teammate(examination.officer)
    _tick_conditions(candidacy, _FLAWLESS, by=officer, at=at)
    note = _RECONSIDERED if candidacy.exclusions.exists() else ""
    screening.find_eligible(candidacy, by=officer, at=at, note=note)


def propose_exclusion(examination: Examination, at: datetime) -> None:
    """Propose to exclude it, the failing line ticked."""
    excluded = examination.excluded
    assert excluded
    by_substance = excluded.stage == ExclusionStage.ELIGIBILITY
    candidacy = candidacy_of(examination, "find_ineligible" if by_substance else "refuse")
    officer = setting.teammate(examination.officer)
    if by_substance:
        _tick_conditions(candidacy, {excluded.line: excluded.reason}, by=officer, at=at)
    screening.propose_exclusion(
        candidacy, stage=excluded.stage, rule=excluded.rule, reason=excluded.reason, by=officer, at=at
    )


def confirm_exclusion(examination: Examination, at: datetime) -> None:
    """A colleague of whoever proposed it agrees."""
    candidacy = deeds.contact(examination.player).candidacy
    waiting = candidacy.exclusions.filter(confirmed_at__isnull=True, dropped_at__isnull=True).first()
    if waiting is None:
        raise PassedOver("aucune exclusion n’attend")
    screening.confirm_exclusion(waiting, by=_another(waiting, examination), at=at)


def _another(exclusion: Exclusion, examination: Examination) -> User:
    author, colleague = setting.teammate(examination.officer), setting.teammate(examination.colleague)
    return author if exclusion.proposed_by_id == colleague.pk else colleague


def assess(examination: Examination, at: datetime) -> None:
    """Mark it against the published criteria."""
    candidacy, player = candidacy_of(examination, "assess"), examination.player
    officer = setting.teammate(examination.officer)
    marks = {c: judgement.mark(player, c.code, officer.email) for c in candidacy.call.criteria.all()}
    average = total(marks) * HIGHEST / Decimal(100)
    assessment.assess(candidacy, marks, opinion=judgement.opinion(player, average, officer.email), by=officer, at=at)


def choose(examination: Examination, at: datetime) -> None:
    """A manager calls it to a hearing, or does not."""
    player, manager = examination.player, setting.teammate(0)
    if player.fate in HEARD:
        assessment.shortlist(candidacy_of(examination, "shortlist"), by=manager, at=at)
    else:
        said = judgement.reasons(player, "set_aside")
        assessment.set_aside(candidacy_of(examination, "set_aside"), reason=said, by=manager, at=at)


def _version(candidacy: Candidacy) -> tuple[Submission, Expectations]:
    version = Submission.objects.latest_of_each().select_related("candidacy").get(candidacy=candidacy)
    form = version.says["organisation"]["legal_form"]
    return version, Expectations.of(candidacy.call, form, version.arrived_at.date())


def _tick_conditions(candidacy: Candidacy, flaws: dict[str, str], *, by: User, at: datetime) -> None:
    version, expected = _version(candidacy)
    lines = [line for line in checklist(expected, version.says) if line.stage == ExclusionStage.ELIGIBILITY]
    _tick(candidacy, lines, expected, flaws, by=by, at=at)


def _tick(
    candidacy: Candidacy,
    lines: Iterable[Line],
    expected: Expectations,
    flaws: dict[str, str],
    *,
    by: User,
    at: datetime,
) -> None:
    """One line every few seconds until `at`; those somebody has ticked stay as they are."""
    ticked = set(ScreeningCheck.objects.filter(candidacy=candidacy).values_list("code", flat=True))
    left = [line for line in lines if line.code not in ticked]
    for rank, line in enumerate(left, 1):
        verdict, comment = _found(line, expected, flaws)
        before = _BETWEEN_TICKS * (len(left) - rank)
        screening.tick(candidacy, line.code, verdict, comment=comment, by=by, at=at - before)


def _found(line: Line, expected: Expectations, flaws: dict[str, str]) -> tuple[CheckVerdict, str]:
    if line.code in flaws:
        return N, flaws[line.code]
    if line.stage == ExclusionStage.ELIGIBILITY or line.seen == Y:
        return Y, ""
    level = expected.levels[line.code.removeprefix("piece:")]
    if level == Level.OBTAINABLE:
        return Y, "Obtenue par le service."
    return NA, ""
