"""The letters to the team of a call: one function each, linked to the call and never to what a candidate receives.

None of them tells what a dossier holds before the closing time, a score, or the content of a decision.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.enums import Role
from applications.models import Call, CallLetter, Candidacy, Exclusion, Extension, Incident, LateAttempt, Publication
from applications.models.correspondence import team_drawer
from applications.selectors.release import unseen_by
from hubs_portal.accounts.models import User
from hubs_portal.letters.compose import Addressee, write_letter
from hubs_portal.letters.models import Letter
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import PARIS

WORKING = (Role.OFFICER, Role.MANAGER)
# Of the late attempts at one closing time, so many candidacies are worth a letter: past that, the platform is at fault
# and its team on the telephone; the office and the evening's digest count the others.
_LATE_LETTERS = 20


def colleagues(call: Call, *roles: Role, but: User | None = None) -> list[User]:
    """The people of the team in one of these roles (any when none is named), without the author of the act."""
    team = call.team.filter(user__is_active=True, **({"role__in": roles} if roles else {}))
    found = team.exclude(user=but) if but else team
    return [member.user for member in found.select_related("user").order_by("pk")]


def write_to(
    user: User,
    kind: str,
    call: Call,
    *,
    subject_key: str,
    at: datetime,
    occurrence: str = "",
    candidacy: Candidacy | None = None,
    link: str = "",
    **context: Any,
) -> Letter:
    """One letter to somebody of the team; `link` is the address, in the office, of what it is about."""
    about = {"candidacy": candidacy, "organisation": candidacy.organisation} if candidacy else {}
    letter = write_letter(
        kind,
        to=Addressee(user.email, user.name, user.language, user),
        subject_key=subject_key,
        occurrence=occurrence,
        at=at,
        reply_to=call.service_email,
        drawer=team_drawer(call.pk),
        context={"call": call, "link": settings.PUBLIC_URL + (link or reverse("admin:index")), **about, **context},
    )
    CallLetter.objects.get_or_create(letter=letter, defaults={"call": call, "candidacy": candidacy})
    return letter


def incident_alert(incident: Incident, *, at: datetime) -> None:
    """A candidate reports a problem: to those who may answer, with the telephone of whoever reported it."""
    candidacy = incident.candidacy
    for user in colleagues(candidacy.call, *WORKING):
        write_to(
            user,
            "incident_alert",
            candidacy.call,
            subject_key=candidacy.key,
            occurrence=str(incident.rank),
            at=at,
            candidacy=candidacy,
            link=reverse("admin:applications_incident_change", args=[incident.pk]),
            incident=incident,
        )


def late_attempt(attempt: LateAttempt, *, at: datetime) -> None:
    """Somebody pressed « Déposer » too late: once per candidacy and hour after the closing, however often they press.

    Beyond twenty candidacies nobody is written to any more: a hundred letters say no more than twenty.
    """
    candidacy = attempt.candidacy
    tried = LateAttempt.objects.filter(candidacy__call=candidacy.call_id, closes_at=attempt.closes_at)
    if tried.exclude(candidacy=candidacy).order_by().values("candidacy").distinct().count() >= _LATE_LETTERS:
        return
    hours = max(0, int(attempt.lateness // 3600))
    for user in colleagues(candidacy.call, *WORKING):
        write_to(
            user,
            "late_attempt",
            candidacy.call,
            subject_key=candidacy.key,
            occurrence=f"{attempt.closes_at:%Y%m%dT%H%M%S}+{hours}h",
            at=at,
            candidacy=candidacy,
            link=reverse("admin:applications_candidacy_change", args=[candidacy.pk]),
            attempt=attempt,
            contact=candidacy.members.present().filter(is_contact=True).first(),
            last=candidacy.submissions.order_by("-version").first(),
        )


# ---------------------------------------------------------------- a second signature


def extension_to_sign(extension: Extension, *, at: datetime) -> None:
    """A later closing time was proposed: to the other managers."""
    _second_signature(
        extension.call,
        _("Un report de la clôture est proposé : il n’entre en vigueur qu’une fois signé par un autre responsable."),
        colleagues(extension.call, Role.MANAGER, but=extension.proposed_by),
        by=extension.proposed_by,
        occurrence=f"extension:{extension.pk}",
        at=at,
        link=reverse("admin:applications_call_extension", args=[extension.call_id]),
    )


def release_to_sign(publication: Publication, *, at: datetime) -> None:
    """The release was asked for: to the other managers. Given up and asked for again, it is another letter."""
    _second_signature(
        publication.call,
        _("La publication des résultats est demandée : elle attend la signature d’un autre responsable."),
        colleagues(publication.call, Role.MANAGER, but=publication.requested_by),
        by=publication.requested_by,
        occurrence=f"release:{publication.requested_at.isoformat()}",
        at=at,
        link=reverse("admin:applications_call_release", args=[publication.call_id]),
    )


def exclusion_to_confirm(exclusion: Exclusion, *, at: datetime) -> None:
    """A decision was proposed on a candidacy: to the colleagues who may look at it, which one it is left unsaid."""
    candidacy = exclusion.candidacy
    asked = colleagues(candidacy.call, *WORKING, but=exclusion.proposed_by)
    _second_signature(
        candidacy.call,
        _("Une décision proposée sur cette candidature attend l’avis d’un second membre de l’équipe."),
        [user for user in asked if candidacy.pk not in unseen_by(user, candidacy.call)],
        by=exclusion.proposed_by,
        occurrence=f"exclusion:{exclusion.pk}",
        at=at,
        candidacy=candidacy,
        link=reverse("admin:applications_candidacy_change", args=[candidacy.pk]),
    )


def deliberation_to_sign(call: Call, *, key: str, link: str, signed_by: User, at: datetime) -> None:
    """The jury phase asks: a deliberation has its first signature; to the managers who have not signed."""
    _second_signature(
        call,
        FIRST_SIGNATURE,
        colleagues(call, Role.MANAGER, but=signed_by),
        by=signed_by,
        occurrence=key,
        at=at,
        link=link,
    )


FIRST_SIGNATURE: Sentence = _("Une délibération porte une première signature : elle en attend une seconde.")


def _second_signature(
    call: Call,
    what: Sentence,
    users: Iterable[User],
    *,
    by: User,
    occurrence: str,
    at: datetime,
    link: str,
    candidacy: Candidacy | None = None,
) -> None:
    for user in users:
        write_to(
            user,
            "second_signature",
            call,
            subject_key=candidacy.key if candidacy else f"call:{call.pk}",
            occurrence=occurrence,
            at=at,
            candidacy=candidacy,
            link=link,
            what=what,
            by=by,
        )


# ---------------------------------------------------------------- what time sends


def evening_digest(user: User, call: Call, *, on: date, says: Any, at: datetime) -> Letter:
    """What happened since the evening before and what waits; `says` is a `selectors.evening.Evening`."""
    return write_to(
        user, "evening_digest", call, subject_key=f"call:{call.pk}", occurrence=on.isoformat(), at=at, on=on, says=says
    )


def open_data_due(call: Call, *, step: str, released_at: datetime, due_on: date, at: datetime) -> None:
    """The grants are to be published as open data: to the managers. `step` names the reminder."""
    for user in colleagues(call, Role.MANAGER):
        write_to(
            user,
            "open_data_due",
            call,
            subject_key=f"call:{call.pk}",
            occurrence=step,
            at=at,
            link=reverse("admin:applications_call_release", args=[call.pk]),
            released_at=released_at,
            due_on=due_on,
            is_past=at.astimezone(PARIS).date() > due_on,
        )
