"""« Où en est ma candidature » : the line of steps of a candidacy after the closing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.urls import reverse
from django.utils.translation import gettext as _

from applications.enums import CandidacyState
from applications.models import Candidacy, Submission
from applications.selectors.after_closing import results_words
from applications.selectors.told import RESULTS, Told
from hubs_portal.templatetags.french import clock, clock_second, day, paris

S = CandidacyState
# Which step of the line a state told stands on.
_PLACE = {
    S.SUBMITTED: 1,
    S.FROZEN: 1,
    S.INCOMPLETE: 1,
    S.ADMISSIBLE: 1,
    S.INADMISSIBLE: 1,
    S.INELIGIBLE: 1,
    S.ELIGIBLE: 2,
    S.ASSESSED: 2,
    S.NOT_SHORTLISTED: 2,
    S.SHORTLISTED: 3,
    S.HEARD: 4,
    S.AWARDED: 4,
    S.RESERVE: 4,
    S.NOT_SELECTED: 4,
}
_STOPPED = frozenset({S.INADMISSIBLE, S.INELIGIBLE, S.NOT_SHORTLISTED})


class Mark(StrEnum):
    """Where a step stands; `waits` is the present one when it waits for the candidate."""

    DONE = "done"
    CURRENT = "current"
    WAITS = "waits"
    STOPPED = "stopped"
    TO_COME = "to_come"


@dataclass(frozen=True)
class Step:
    """A step of the procedure as the candidate knows it; `link` is an address and the words that lead to it."""

    title: str
    mark: Mark
    note: str
    link: tuple[str, str] | None = None

    @property
    def word(self) -> str:
        """The state in a word."""
        return {
            Mark.DONE: _("Terminé"),
            Mark.CURRENT: _("En cours"),
            Mark.WAITS: _("À vous"),
            Mark.STOPPED: _("Terminé ici"),
            Mark.TO_COME: _("À venir"),
        }[self.mark]

    @property
    def is_current(self) -> bool:
        """Whether the candidacy is there."""
        return self.mark in {Mark.CURRENT, Mark.WAITS, Mark.STOPPED}


def course(candidacy: Candidacy, told: Told, counted: Submission, at: datetime) -> list[Step]:
    """The steps, each with what was told of it and its date, up to the one that stops it: no query."""
    place = _PLACE[told.state]
    if place == 3 and told.appointment and told.appointment.is_past(at):
        place = 4
    says = (_filing, _examination, _assessment, _hearing, _results)
    steps = [
        Step(title, _mark(number, place, told, at), *say(candidacy, told, counted, at))
        for number, (title, say) in enumerate(zip(_titles(), says, strict=True))
    ]
    return steps[: place + 1] if told.state in _STOPPED else steps


def _titles() -> Sequence[str]:
    return (
        _("Dépôt du dossier"),
        _("Examen du dossier"),
        _("Évaluation et présélection"),
        _("Audition par le jury"),
        _("Résultats"),
    )


def _mark(number: int, place: int, told: Told, at: datetime) -> Mark:
    if number != place or told.state in RESULTS:
        return Mark.DONE if number <= place else Mark.TO_COME
    if told.state in _STOPPED:
        return Mark.STOPPED
    waits = told.may_complete(at) or (told.appointment is not None and told.appointment.waits_for_an_answer(at))
    return Mark.WAITS if waits else Mark.CURRENT


_Said = tuple[str, tuple[str, str] | None]


def _filing(candidacy: Candidacy, _told: Told, counted: Submission, _at: datetime) -> _Said:
    said = {"n": counted.version, "day": day(counted.arrived_at), "hour": clock_second(counted.arrived_at)}
    url = reverse("submitted", args=[candidacy.number, counted.version])
    return _("Version %(n)s, arrivée le %(day)s à %(hour)s.") % said, (url, _("Voir l’accusé de réception"))


def _examination(candidacy: Candidacy, told: Told, _counted: Submission, at: datetime) -> _Said:
    asked = told.asked
    link = (reverse("completion", args=[candidacy.number]), _("Voir le complément demandé")) if asked else None
    ended = {
        S.INADMISSIBLE: _("Votre candidature est irrecevable."),
        S.INELIGIBLE: _("Votre candidature est inéligible."),
    }
    if told.state in ended:
        return ended[told.state], link
    if _PLACE[told.state] > 1:
        return _("Votre candidature est éligible."), link
    if told.state == S.INCOMPLETE and asked:
        if asked.answered_at:
            received = {"day": day(asked.answered_at), "hour": clock(asked.answered_at)}
            return _("Compléments reçus le %(day)s à %(hour)s ; l’examen reprend.") % received, link
        due = {"due": paris(asked.due_at)}
        if at < asked.due_at:
            return _("Des pièces sont à fournir avant le %(due)s.") % due, link
        return _("Le délai pour compléter est passé le %(due)s ; le dossier est examiné en l’état.") % due, link
    return _("L’équipe vérifie que le dossier est complet et remplit les conditions de l’appel."), link


def _assessment(_candidacy: Candidacy, told: Told, _counted: Submission, _at: datetime) -> _Said:
    if told.state == S.NOT_SHORTLISTED:
        return _("Votre candidature n’est pas appelée à l’audition."), None
    if _PLACE[told.state] > 2:
        return _("Votre candidature est présélectionnée."), None
    return _("Les candidatures éligibles sont évaluées au regard des critères publiés."), None


def _hearing(candidacy: Candidacy, told: Told, _counted: Submission, at: datetime) -> _Said:
    call, appointment = candidacy.call, told.appointment
    if appointment is None:
        between = {"first": day(call.hearings_from), "last": day(call.hearings_until)}
        return _("Entre le %(first)s et le %(last)s, pour les candidatures présélectionnées.") % between, None
    when = {"when": paris(appointment.starts_at)}
    link = (appointment.url, _("Voir la convocation"))
    if appointment.is_cancelled:
        return _("L’audition prévue le %(when)s est annulée.") % when, link
    if appointment.is_past(at):
        return _("Elle était fixée au %(when)s.") % when, link
    if appointment.waits_for_an_answer(at):
        return _("Le %(when)s : confirmez votre venue.") % when, link
    return _("Le %(when)s.") % when, link


def _results(candidacy: Candidacy, told: Told, _counted: Submission, at: datetime) -> _Said:
    ended = {
        S.AWARDED: _("Votre candidature est lauréate."),
        S.RESERVE: _("Votre candidature est sur la liste complémentaire."),
        S.NOT_SELECTED: _("Votre candidature n’est pas retenue."),
    }
    if told.state in ended:
        url = reverse("call", args=[candidacy.call.slug]) + "#resultats"
        return ended[told.state], (url, _("Voir les résultats publiés"))
    return results_words(candidacy.call, at), None
