"""A problem is reported, answered, closed."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import internal_letters, letters
from applications.actions.membership import still
from applications.actions.steps import lock_candidacy, record
from applications.enums import IncidentState, Rights, Role
from applications.models import Candidacy, Incident, IncidentAnswer, Member
from applications.rules.failures import parsed, path_of
from applications.rules.team import refuse_unless
from applications.workflow import INCIDENT
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.journal import current_origin
from hubs_portal.refusals import Refusal

# What one dossier may report in an hour: more than anybody needs, less than would bury the team.
MOST, WITHIN = 5, timedelta(hours=1)


@locks.retried
def report_problem(
    member: Member,
    *,
    happened: str,
    doing: str = "",
    page: str = "",
    failures: str = "",
    arrived_at: datetime,
) -> Incident:
    """Write down what a member of a dossier says happens, at the instant it arrived; open or closed, any call takes it.

    `page` is where they were and `failures` what their browser saw fail, as posted (rules/failures.py): kept as far as
    they can be read, never a reason to refuse. The same words sent twice while nobody has answered are one report: a
    double click, a retried request. The reporter has a letter with its number, the officers and managers have another.
    Raises `Refusal` for empty words, and past five reports of one dossier in an hour.
    """
    happened, doing = happened.strip(), doing.strip()
    if not happened:
        raise Refusal(_("Dites en quelques mots ce qui arrive."), code="nothing_said")
    with transaction.atomic():
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.VIEW)
        told = candidacy.incidents.open().filter(reporter=author, happened=happened, doing=doing).first()
        if told:
            return told
        _refuse_flood(candidacy, arrived_at)
        incident = Incident.objects.create(
            candidacy=candidacy,
            rank=candidacy.incidents.count() + 1,
            reporter=author,
            author=author.actor.label,
            happened=happened,
            doing=doing,
            page=path_of(page),
            failures=parsed(failures, arrived_at),
            reported_at=arrived_at,
            closes_at=candidacy.call.closes_at,
            origin=current_origin(),
        )
        record("report_problem", candidacy, by=author.actor, at=arrived_at, incident=incident.number)
        letters.problem_received(incident, at=arrived_at)
        internal_letters.incident_alert(incident, at=arrived_at)
    return incident


def _refuse_flood(candidacy: Candidacy, at: datetime) -> None:
    if candidacy.incidents.filter(reported_at__gt=at - WITHIN).count() >= MOST:
        raise Refusal(
            _(
                "Ce dossier a déjà signalé cinq problèmes en une heure : ils sont enregistrés, et l’équipe en est"
                " prévenue. Celui-ci ne l’est pas : téléphonez au service."
            ),
            code="too_many",
        )


@locks.retried
def answer_problem(incident: Incident, *, text: str, by: User, at: datetime, seen: int | None = None) -> IncidentAnswer:
    """Answer whoever reported it, by letter. Officers and managers.

    `seen` is how many answers the page showed: what a colleague answered meanwhile is read first.
    """
    if not text.strip():
        raise Refusal(_("Écrivez la réponse : elle part telle quelle."), code="nothing_said")
    with transaction.atomic():
        locked = _taken(incident, "answer", by)
        given = locked.answers.count()
        if seen is not None and seen != given:
            raise Refusal(
                _("Un collègue vient de répondre : lisez sa réponse avant d’en envoyer une autre."), code="stale"
            )
        answer = IncidentAnswer.objects.create(
            incident=locked, rank=given + 1, text=text.strip(), answered_by=by, answered_at=at
        )
        _record("answer_problem", locked, by=by, at=at)
        letters.problem_answered(answer, at=at)
    return answer


@locks.retried
def close_problem(incident: Incident, *, by: User, at: datetime, note: str) -> Incident:
    """Put a report away, saying why, without a letter: it was dealt with by telephone, or needs nothing more."""
    if not note.strip():
        raise Refusal(
            _("Écrivez pourquoi ce signalement est clos : par exemple, réglé par téléphone."), code="no_reason"
        )
    with transaction.atomic():
        locked = _taken(incident, "close", by)
        _record("close_problem", locked, by=by, at=at, note=note.strip())
    return locked


def _taken(incident: Incident, step: str, by: User) -> Incident:
    """The report, its candidacy locked, already moved."""
    candidacy = lock_candidacy(incident.candidacy_id)
    refuse_unless(candidacy.call, by, Role.OFFICER, Role.MANAGER)
    locked = Incident.objects.select_for_update(of=("self",)).select_related("reporter__user").get(pk=incident.pk)
    locked.candidacy = candidacy
    locked.state = INCIDENT.step(step, IncidentState(locked.state)).target
    locked.save(update_fields=["state"])
    return locked


def _record(act: str, incident: Incident, *, by: User, at: datetime, note: str = "") -> None:
    record(act, incident.candidacy, by=Actor.person(by), at=at, note=note, incident=incident.number)
