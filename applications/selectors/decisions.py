"""The decision that ends a candidacy or settles its examination, as its letter said it: reasons, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from applications.enums import CandidacyState
from applications.models import Candidacy
from applications.selectors.told import Told
from hubs_portal.refusals import Sentence
from hubs_portal.templatetags.french import day, euros

S = CandidacyState


@dataclass(frozen=True)
class Decision:
    """What ends or settles the examination, as its letter said it; `appeals` when it may be contested."""

    kind: str
    title: str
    text: str
    rows: Sequence[tuple[Sentence, str]]
    appeals: bool


def decision(candidacy: Candidacy, told: Told) -> Decision | None:
    """The decision notified, with its reasons; `None` while there is none. One query at most."""
    if told.state in {S.INADMISSIBLE, S.INELIGIBLE}:
        return _exclusion(candidacy, told.state)
    if told.state == S.NOT_SHORTLISTED:
        return _set_aside(candidacy)
    return _outcome(told)


def _exclusion(candidacy: Candidacy, state: CandidacyState) -> Decision | None:
    made = candidacy.exclusions.filter(confirmed_at__isnull=False).order_by("-confirmed_at").first()
    if made is None or made.confirmed_at is None:
        return None
    title = _("Votre candidature est irrecevable") if state == S.INADMISSIBLE else _("Votre candidature est inéligible")
    return Decision(
        "closed",
        title,
        _("Après examen de votre dossier, la candidature est écartée pour la raison qui suit."),
        [
            (_("Décision du"), day(made.confirmed_at)),
            (_("Règle non respectée"), made.rule),
            (_("Motif"), made.reason),
        ],
        appeals=True,
    )


def _set_aside(candidacy: Candidacy) -> Decision | None:
    line = candidacy.journal.filter(act="set_aside").order_by("-sequence").first()
    if line is None:
        return None
    return Decision(
        "closed",
        _("Votre candidature n’est pas appelée à l’audition"),
        _("Le jury n’entend que les candidatures qui répondent le mieux aux critères publiés."),
        [(_("Décision du"), day(line.at)), (_("Motif"), line.note)],
        appeals=True,
    )


def _outcome(told: Told) -> Decision | None:
    award = told.award
    if award is None:
        return None
    opinion = [(_("Avis du jury"), award.reasons)]
    if told.state == S.AWARDED:
        return Decision(
            "done",
            _("Votre candidature est lauréate"),
            _("Le jury a retenu votre candidature.") if told.agreement else _to_prepare(),
            [(_("Subvention attribuée"), euros(award.amount)), *opinion],
            appeals=False,
        )
    if told.state == S.RESERVE:
        return Decision(
            "done",
            _("Votre candidature est sur la liste complémentaire"),
            _("Elle pourra être financée si une candidature lauréate se désiste. Vous en seriez informé par courriel."),
            opinion,
            appeals=True,
        )
    return Decision(
        "closed",
        _("Votre candidature n’est pas retenue"),
        _("Après l’audition, le jury n’a pas retenu votre candidature."),
        opinion,
        appeals=True,
    )


def _to_prepare() -> str:
    return _(
        "L’équipe de l’appel vous appellera pour préparer la convention : elle demandera les pièces qui"
        " devaient suivre et les coordonnées bancaires de la structure."
    )
