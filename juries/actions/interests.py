"""Declare one's ties before reading anything, and stay out of what one should not judge (domain: impartiality)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Candidacy
from hubs_portal import locks
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.refusals import Refusal
from juries.actions import convocations
from juries.actions.steps import lock_jury, record
from juries.enums import RecusalOrigin, Verdict
from juries.models import InterestDeclaration, Jury, Recusal, ScoreSheet, Seat
from juries.rules.docket import docket, still_sitting
from juries.rules.offices import is_recused, manages, presides, refuse_if_recused, refuse_unless_leading


@locks.retried
def declare_interest(
    seat: Seat, candidacy: Candidacy, *, verdict: Verdict, at: datetime, reason: str = ""
) -> InterestDeclaration:
    """Say what ties one has with a candidacy of one's docket. A tie discovered later is declared in the same way.

    « Déport » closes everything about it at once and for good; « à examiner » keeps the dossier closed until the
    chair or the office has looked. A tie already declared is not undone by its author.
    """
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        seat = still_sitting(seat)
        if not docket(seat).filter(pk=candidacy.pk).exists():
            raise Refusal(_("Cette candidature ne vous est pas attribuée."), code="not_yours")
        if verdict != Verdict.NONE and not reason.strip():
            raise Refusal(_("Décrivez le lien en une phrase."), code="no_reason")
        known = InterestDeclaration.objects.filter(seat=seat, candidacy=candidacy).first()
        if known is not None and verdict == Verdict.NONE:
            return _unchanged(known)
        declaration, _created = InterestDeclaration.objects.update_or_create(
            seat=seat,
            candidacy=candidacy,
            defaults={
                "verdict": verdict,
                "reason": reason.strip(),
                "declared_at": at,
                "examined_by": None,
                "examined_at": None,
                "examination": "",
            },
        )
        record("declare", jury, by=seat.actor, at=at, candidacy=candidacy.number, verdict=verdict)
        if verdict == Verdict.RECUSED:
            _keep_out(jury, seat, candidacy, RecusalOrigin.DECLARATION, reason, by=seat.user, at=at)
    return declaration


def _unchanged(known: InterestDeclaration) -> InterestDeclaration:
    if known.verdict != Verdict.NONE:
        raise Refusal(
            _("Vous avez déclaré un lien : la présidence du jury ou le service l’examine."), code="already_declared"
        )
    return known


def clear_interest(declaration: InterestDeclaration, *, reason: str, by: User, at: datetime) -> InterestDeclaration:
    """The chair or the office examined a declared tie and found no obstacle: the dossier opens to the juror."""
    if not reason.strip():
        raise Refusal(_("Écrivez ce que l’examen a conclu."), code="no_reason")
    with transaction.atomic():
        jury = lock_jury(declaration.seat.jury_id)
        declaration = InterestDeclaration.objects.select_related("seat__user", "candidacy").get(pk=declaration.pk)
        _refuse_unless_judge(jury, declaration.seat, declaration.candidacy, by)
        if declaration.verdict != Verdict.TO_EXAMINE or is_recused(declaration.seat.user, declaration.candidacy):
            raise Refusal(_("Cette déclaration n’est plus à examiner."), code="not_to_examine")
        declaration.verdict = Verdict.NONE
        declaration.examined_by, declaration.examined_at, declaration.examination = by, at, reason.strip()
        declaration.save(update_fields=["verdict", "examined_by", "examined_at", "examination"])
        record(
            "clear_interest",
            jury,
            by=Actor.person(by),
            at=at,
            note=reason,
            candidacy=declaration.candidacy.number,
            juror=declaration.seat.user.email,
        )
    return declaration


@locks.retried
def recuse(seat: Seat, candidacy: Candidacy, *, reason: str, by: User, at: datetime) -> Recusal:
    """Keep a juror out of a candidacy, by the chair or the office: what they had written of it is annulled.

    Asking again for somebody already kept out changes nothing.
    """
    if not reason.strip():
        raise Refusal(_("Écrivez le motif du déport : il figure au procès-verbal."), code="no_reason")
    with transaction.atomic():
        jury = lock_jury(seat.jury_id)
        seat = Seat.objects.select_related("user").get(pk=seat.pk)
        _refuse_unless_judge(jury, seat, candidacy, by)
        if candidacy.call_id != jury.call_id:
            raise Refusal(_("Cette candidature n’est pas de cet appel."), code="other_call")
        origin = RecusalOrigin.CHAIR if presides(jury, by) and not manages(jury, by) else RecusalOrigin.OFFICE
        return _keep_out(jury, seat, candidacy, origin, reason, by=by, at=at)


def _refuse_unless_judge(jury: Jury, seat: Seat, candidacy: Candidacy, user: User) -> None:
    refuse_unless_leading(jury, user)
    refuse_if_recused(user, candidacy)
    if seat.user_id == user.pk:
        raise Refusal(_("Personne n’examine ses propres liens."), code="own_tie")


def _keep_out(
    jury: Jury, seat: Seat, candidacy: Candidacy, origin: RecusalOrigin, reason: str, *, by: User, at: datetime
) -> Recusal:
    recusal, kept = Recusal.objects.get_or_create(
        seat=seat,
        candidacy=candidacy,
        defaults={"origin": origin, "decided_by": by, "reason": reason.strip(), "recused_at": at},
    )
    if kept:
        sheets = ScoreSheet.objects.filter(seat__user=seat.user, candidacy=candidacy, annulled_at=None)
        annulled = sheets.update(annulled_at=at)
        record(
            "recuse",
            jury,
            by=Actor.person(by),
            at=at,
            note=reason,
            candidacy=candidacy.number,
            juror=seat.user.email,
            origin=origin,
            annulled=annulled,
        )
        convocations.retell_of(seat, candidacy=candidacy.pk, at=at)
    return recusal
