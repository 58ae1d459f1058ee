"""The banner of a dossier after the closing: what was notified, the next step and its date, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import AgreementState, CandidacyState
from applications.models import Agreement, Call, Candidacy, Dossier, Submission
from applications.selectors.banner import Banner, filed, that_counts, withdrawn
from applications.selectors.told import Appointment, Told
from hubs_portal.templatetags.french import clock, day, euros, paris

S = CandidacyState


@dataclass(frozen=True)
class Stand:
    """Everything the words are chosen from: what was told, what was filed, and the instant."""

    candidacy: Candidacy
    told: Told
    last: Submission
    is_dirty: bool
    at: datetime

    @property
    def call(self) -> Call:
        """The call answered."""
        return self.candidacy.call


def after_closing(candidacy: Candidacy, dossier: Dossier, last: Submission | None, told: Told, at: datetime) -> Banner:
    """The banner, by what was told: no query."""
    if told.state == S.WITHDRAWN:
        return withdrawn(candidacy, at)
    counted = that_counts(candidacy, last)
    if counted is None:
        return Banner(
            "closed",
            _("APPEL CLOS – DOSSIER NON DÉPOSÉ"),
            [_("L’appel a fermé le %(closing)s.") % {"closing": paris(candidacy.call.closes_at)}],
        )
    return _BANNERS[told.state](Stand(candidacy, told, counted, dossier.revision > counted.revision, at))


def results_words(call: Call, at: datetime) -> str:
    """When the results come; once that day is past, that they are late: the same whatever is decided inside."""
    said = {"day": day(call.results_planned_on)}
    if timezone.localdate(at) <= call.results_planned_on:
        return _("Résultats prévus le %(day)s.") % said
    return _("Les résultats étaient prévus le %(day)s ; ils ne sont pas encore publiés.") % said


def _examined(stand: Stand) -> Banner:
    lines = [
        _("L’appel est clos, votre dossier est examiné. Vous serez informé par courriel de la suite.")
        + " "
        + results_words(stand.call, stand.at)
    ]
    if stand.is_dirty:
        lines.append(_("Ce qui a été modifié après ce dépôt n’est pas pris en compte."))
    return Banner("filed", filed(stand.last), lines)


def _incomplete(stand: Stand) -> Banner:
    asked = stand.told.asked
    if asked is None:
        return _examined(stand)
    url = reverse("completion", args=[stand.candidacy.number])
    if asked.answered_at:
        received = {"day": day(asked.answered_at), "hour": clock(asked.answered_at)}
        lines = [
            _("Vos compléments sont arrivés le %(day)s à %(hour)s : l’examen reprend.") % received,
            results_words(stand.call, stand.at),
        ]
        return Banner("filed", filed(stand.last), lines)
    due = {"due": paris(asked.due_at)}
    if stand.at >= asked.due_at:
        lines = [_("Votre dossier est examiné en l’état. Vous serez informé par courriel de la suite.")]
        return Banner("closed", _("COMPLÉMENT – DÉLAI PASSÉ le %(due)s") % due, lines)
    count = ngettext("Il manque une pièce.", "Il manque %(n)s pièces.", stand.told.awaited) % {"n": stand.told.awaited}
    lines = [count + " " + _("Sans elles, votre dossier sera examiné en l’état.")]
    return Banner("changed", _("À COMPLÉTER avant le %(due)s") % due, lines, (url, _("Voir ce qui est demandé")))


def _eligible(stand: Stand) -> Banner:
    between = {"first": day(stand.call.hearings_from), "last": day(stand.call.hearings_until)}
    lines = [
        _("Elle est évaluée au regard des critères publiés. Être éligible n’est pas encore être retenu."),
        _("Si elle est présélectionnée, le jury vous entendra entre le %(first)s et le %(last)s.") % between
        + " "
        + results_words(stand.call, stand.at),
    ]
    return Banner("done", _("CANDIDATURE ÉLIGIBLE"), lines)


def _shortlisted(stand: Stand) -> Banner:
    word, appointment = _("CANDIDATURE PRÉSÉLECTIONNÉE"), stand.told.appointment
    results = results_words(stand.call, stand.at)
    if appointment is None:
        return Banner("done", word, [_("Le service vous dira quand le jury vous entend."), results])
    when = {"when": paris(appointment.starts_at)}
    see = (appointment.url, _("Voir ma convocation"))
    if appointment.is_cancelled:
        lines = [_("L’audition prévue le %(when)s est annulée. Le service vous dira la suite.") % when]
        return Banner("done", word, lines, see)
    if appointment.is_past(stand.at):
        lines = [_("Votre audition était fixée au %(when)s. Le jury rend son avis après la dernière audition.") % when]
        return Banner("done", word, [*lines, results])
    if appointment.waits_for_an_answer(stand.at):
        word = _("AUDITION À CONFIRMER – %(when)s") % when
        return Banner("changed", word, [_("Votre candidature est présélectionnée : le jury vous entend.")], see)
    word = _("AUDITION – %(when)s") % when
    lines = [_("Votre candidature est présélectionnée : le jury vous entend.") + " " + _confirmed(appointment)]
    return Banner("done", word, [*lines, results], see)


def _confirmed(appointment: Appointment) -> str:
    return _("Votre venue est confirmée.") if appointment.is_confirmed else ""


def _excluded(stand: Stand) -> Banner:
    words = {
        S.INADMISSIBLE: _("CANDIDATURE IRRECEVABLE"),
        S.INELIGIBLE: _("CANDIDATURE INÉLIGIBLE"),
        S.NOT_SHORTLISTED: _("CANDIDATURE NON PRÉSÉLECTIONNÉE"),
        S.NOT_SELECTED: _("CANDIDATURE NON RETENUE"),
    }
    return Banner(
        "closed", words[stand.told.state], [_("L’examen de cette candidature est terminé.")], _decision(stand)
    )


def _decision(stand: Stand) -> tuple[str, str]:
    return reverse("dossier", args=[stand.candidacy.number]), _("Lire la décision")


def _awarded(stand: Stand) -> Banner:
    award = stand.told.award
    word = _("CANDIDATURE LAURÉATE")
    if award:
        word = _("CANDIDATURE LAURÉATE – subvention de %(amount)s") % {"amount": euros(award.amount)}
    return Banner("done", word, [_next(stand.told.agreement)], _decision(stand))


def _next(agreement: Agreement | None) -> str:
    if agreement is None:
        return _("L’équipe de l’appel vous appellera pour préparer la convention.")
    if agreement.state == AgreementState.SENT:
        return _("Votre convention est à retourner signée avant le %(day)s.") % {"day": day(agreement.return_by)}
    if agreement.state == AgreementState.SIGNED:
        said = {"day": day(agreement.report_due_on)}
        return _("Votre convention est signée. Le compte rendu financier est attendu le %(day)s au plus tard.") % said
    return _("Votre convention est signée, et votre compte rendu financier est arrivé.")


def _reserve(stand: Stand) -> Banner:
    lines = [_("Elle pourra être financée si une candidature lauréate se désiste.")]
    return Banner("done", _("CANDIDATURE SUR LISTE COMPLÉMENTAIRE"), lines, _decision(stand))


_BANNERS: Mapping[CandidacyState, Callable[[Stand], Banner]] = {
    S.SUBMITTED: _examined,
    S.FROZEN: _examined,
    S.INCOMPLETE: _incomplete,
    S.ADMISSIBLE: _examined,
    S.INADMISSIBLE: _excluded,
    S.ELIGIBLE: _eligible,
    S.INELIGIBLE: _excluded,
    S.ASSESSED: _eligible,
    S.SHORTLISTED: _shortlisted,
    S.NOT_SHORTLISTED: _excluded,
    S.HEARD: _shortlisted,
    S.AWARDED: _awarded,
    S.RESERVE: _reserve,
    S.NOT_SELECTED: _excluded,
}
