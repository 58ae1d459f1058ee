"""What the invented candidates do: each deed calls the actions, as a view would for somebody at a keyboard."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from applications.actions import documents, drafting, membership, signalling, submission, withdrawal
from applications.enums import FulfilledBy, Level, Provenance, QuestionScope, Rights, Section
from applications.models import (
    BudgetLine,
    FundingLine,
    Indicator,
    Member,
    Milestone,
    Partner,
    Question,
    Requirement,
    Territory,
)
from applications.rehearsal import figures, setting
from applications.rehearsal.cast import Player
from applications.rehearsal.papers import paper
from applications.rehearsal.words import Writer, allies
from applications.rules.completeness import Expectations
from applications.rules.deadline import TooLate
from hubs_portal import inspection
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.jobs import queue
from hubs_portal.jobs.models import Job
from hubs_portal.refusals import Refusal

Deed = Callable[[Player, datetime], object]
# How often a document that is not indispensable is joined.
_JOINED = {Level.MAY_FOLLOW: 1.0, Level.OBTAINABLE: 0.6, Level.IF_APPLICABLE: 0.35}
_BETWEEN_FILES = timedelta(seconds=40)


def contact(player: Player) -> Member:
    """The contact of a structure; raises `Refusal` when somebody who rehearses has undone its candidacy."""
    found = (
        Member.objects.present()
        .filter(email=player.email, is_contact=True, candidacy__call__slug=setting.SLUG)
        .select_related("user", "candidacy__dossier")
        .first()
    )
    if found is None:
        raise Refusal(_("Cette candidature n’existe pas."), code="not_there")
    return found


def signal(player: Player, at: datetime) -> None:
    """One in six writes an e-mail, which an officer types in; the others signal themselves."""
    by_mail = player.rank % 6 == 5
    signalling.signal(
        setting.the_call(),
        signalling.Signal(
            name=player.name,
            legal_form=player.form,
            siret=player.siret,
            rna=player.rna,
            registry=player.registry,
            contact_name=player.contact,
            contact_email=player.email,
            contact_phone=player.phone,
            territories=_territories(player),
        ),
        at=at,
        by=Actor.person(setting.officer()) if by_mail else None,
        provenance=Provenance.EMAIL if by_mail else Provenance.ONLINE,
    )


def join(player: Player, at: datetime) -> None:
    """The contact opens the letter and attaches an account."""
    membership.join(contact(player), User.objects.get(email=player.email), at=at)


def invite(player: Player, at: datetime) -> None:
    """The contact asks a colleague to help."""
    assert player.colleague
    name, email = player.colleague
    membership.invite(contact(player), email=email, name=name, rights=Rights.EDIT, at=at)


def colleague_joins(player: Player, at: datetime) -> None:
    """The colleague opens the letter."""
    assert player.colleague
    email = player.colleague[1]
    member = Member.objects.present().get(email=email, candidacy=contact(player).candidacy)
    membership.join(member, User.objects.get(email=email), at=at)


def organisation(player: Player, at: datetime) -> None:
    """Fill the structure's own section."""
    name, title = player.signs
    values = {
        "address": f"{player.rank} bis, rue des Essais",
        "postcode": player.postcode,
        "city": player.city,
        "phone": player.phone,
        "website": f"https://{player.slug}.example/",
        "representative_name": name,
        "representative_title": title,
        "representative_email": f"representant@{player.slug}.example",
    }
    drafting.save_organisation(contact(player), values, at=at)


def project(player: Player, at: datetime) -> None:
    """Write the project."""
    _answer(player, Section.PROJECT, at)


def missions(player: Player, at: datetime) -> None:
    """Write about the four missions."""
    _answer(player, Section.MISSIONS, at)


def territories(player: Player, at: datetime) -> None:
    """Choose the territories and describe each."""
    writer = _writer(player)
    asked = Question.objects.filter(call__slug=setting.SLUG, section=Section.TERRITORIES)
    everywhere: list[Territory | None] = [None]
    texts = {
        (question, territory): writer.answer(question.code, territory)
        for question in asked
        for territory in (writer.territories if question.scope == QuestionScope.TERRITORY else everywhere)
    }
    reason = "" if len(writer.territories) > 1 else _ALONE
    drafting.save_territories(contact(player), writer.territories, texts=texts, reason=reason, at=at)


_ALONE = (
    "Notre intercommunalité couvre trois anciens cantons d’un seul département. Nous avons préféré commencer par ce que"
    " nous connaissons ; le hub s’ouvrira à la Corrèze et au Lot dès la deuxième année."
)


def consortium(player: Player, at: datetime) -> None:
    """Name the partners and say how the hub is governed."""
    rows = [
        {"name": a.name, "family": a.family, "contact_name": a.contact, "contact_email": a.email, "role": a.role}
        for a in allies(player)
    ]
    _rows(player, Section.CONSORTIUM, {Partner: rows}, at)


def budget(player: Player, at: datetime) -> None:
    """Two tables that balance."""
    tables = {BudgetLine: figures.expenses(player), FundingLine: figures.resources(player)}
    _rows(player, Section.BUDGET, tables, at)


def calendar(player: Player, at: datetime) -> None:
    """Milestones and indicators."""
    writer = _writer(player)
    tables = {Milestone: figures.milestones(writer), Indicator: figures.indicators(writer)}
    _rows(player, Section.CALENDAR, tables, at)


def first_documents(player: Player, at: datetime) -> None:
    """Join the documents one has at hand."""
    _join_documents(player, at, first=True)


def other_documents(player: Player, at: datetime) -> None:
    """Join those one had to ask for, and promise what will follow."""
    _join_documents(player, at, first=False)


def statement(player: Player, at: datetime) -> None:
    """Swear."""
    name, title = player.signs
    values = {
        "signatory_name": name,
        "signatory_title": title,
        "states_accuracy": True,
        "states_obligations": True,
        "publication_consent": True,
        "public_summary": _writer(player).answer("project_summary"),
    }
    drafting.save_statement(contact(player), values, at=at)


def revise(player: Player, at: datetime) -> None:
    """Write a passage better, after a first version was submitted."""
    question = Question.objects.get(call__slug=setting.SLUG, code="project_summary")
    text = _writer(player).answer("project_summary") + " Cette version précise notre calendrier et nos partenaires."
    drafting.save_answers(contact(player), Section.PROJECT, {question: text}, at=at)


def submit(player: Player, at: datetime) -> None:
    """Press « Déposer »."""
    member = contact(player)
    submission.submit(member, revision=member.candidacy.dossier.revision, arrived_at=at)


def submit_too_late(player: Player, at: datetime) -> None:
    """Press « Déposer » when it is too late: the attempt is written down, nothing else moves."""
    try:
        submit(player, at)
    except TooLate:
        return


def withdraw(player: Player, at: datetime) -> None:
    """Give up."""
    withdrawal.withdraw(contact(player), at=at, reason="Un partenaire s’est retiré du projet.")


def resume(player: Player, at: datetime) -> None:
    """Take it up again."""
    withdrawal.resume(contact(player), at=at)


# The steps of a draft, in the order a careful candidate takes them: what is typed, then files and a signature.
STEPS: dict[str, Deed] = {
    "organisation": organisation,
    "project": project,
    "territories": territories,
    "missions": missions,
    "consortium": consortium,
    "budget": budget,
    "calendar": calendar,
    "first_documents": first_documents,
    "other_documents": other_documents,
    "statement": statement,
}
TEXTS = tuple(STEPS)[:7]


def _territories(player: Player) -> list[Territory]:
    return list(Territory.objects.filter(code__in=player.territories).order_by("code"))


def _writer(player: Player) -> Writer:
    return Writer(player, _territories(player))


def _texts(player: Player, section: Section) -> dict[Question, str]:
    writer = _writer(player)
    asked = Question.objects.filter(call__slug=setting.SLUG, section=section, scope=QuestionScope.DOSSIER)
    return {question: writer.answer(question.code) for question in asked}


def _answer(player: Player, section: Section, at: datetime) -> None:
    drafting.save_answers(contact(player), section, _texts(player, section), at=at)


def _rows(player: Player, section: Section, tables: dict[Any, figures.Rows], at: datetime) -> None:
    drafting.save_rows(contact(player), section, tables, texts=_texts(player, section), at=at)


def _join_documents(player: Player, at: datetime, *, first: bool) -> None:
    member, writer = contact(player), _writer(player)
    expected = Expectations.of(member.candidacy.call, player.form, at.date())
    wanted = [r for r in expected.requirements if _is_wanted(player, r, expected.levels[r.code])]
    half = (len(wanted) + 1) // 2
    chosen = wanted[:half] if first else wanted[half:]
    files = [(requirement, *file) for requirement in chosen for file in paper(player, writer, requirement.code)]
    for n, (requirement, name, content) in enumerate(files):
        before = _BETWEEN_FILES * (len(files) - 1 - n)
        document = documents.add_document(
            member, requirement, ContentFile(content, name), name=name, at=at - before, declared_size=len(content)
        )
        opened_by_the_worker("inspect_document", str(document.pk))
    if player.deliberation_follows and not first:
        _promise(member, expected, at)


def _is_wanted(player: Player, requirement: Requirement, level: str) -> bool:
    if requirement.fulfilled_by != FulfilledBy.UPLOAD:
        return False
    if player.deliberation_follows and requirement.code == "deliberation":
        return False
    return player.seeded(f"joins/{requirement.code}").random() < _JOINED.get(Level(level), 1.0)


def _promise(member: Member, expected: Expectations, at: datetime) -> None:
    deliberation = next(r for r in expected.requirements if r.code == "deliberation")
    drafting.promise(
        member,
        deliberation,
        reason="Le conseil communautaire se réunit le 13 décembre ; le bureau a donné son accord le 12 novembre.",
        promised_on=date(2018, 12, 14),
        at=at,
    )


def opened_by_the_worker(kind: str, key: str) -> None:
    """The worker would have opened the file within seconds; here it does so before the next one."""
    with inspection.trusting():
        queue.run(Job.objects.get(kind=kind, subject_key=key).pk)
