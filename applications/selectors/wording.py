"""The letters of a call whose subject and first sentences may be adapted, and what a call says instead.

A letter is one of them when its first sentences are in `letters/<kind>.opening.txt` and it has its line in `KINDS`;
the facts a letter must tell stay in its other templates, whatever anybody writes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from applications.models import Call, Candidacy, LetterWording
from applications.models.wording import LANGUAGES
from applications.selectors import specimens, words
from applications.selectors.placeholders import (
    IN_BRACES,
    PLACEHOLDERS,
    Placeholder,
    Variables,
    as_typed,
    filled,
    filled_on_a_line,
)
from hubs_portal.letters.compose import Addressee, Composed, Wording, compose, own_opening, own_subject
from hubs_portal.refusals import Sentence

_OF_A_CALL = "appel destinataire service telephone courriel cloture lien"
_ABOUT_A_CANDIDACY = {"candidacy", "organisation", "local_times"}
_OF_A_CANDIDACY = "numero structure cloture_locale"


@dataclass(frozen=True)
class Kind:
    """A letter that may be adapted: when it leaves, the names it knows beside the usual ones, an example of it.

    `letter` names its templates when the same letter has two texts, one for each of its publics. `decides`: it tells
    a decision, of which a preview shows nothing real.
    """

    code: str
    leaves: Sentence
    names: str = ""
    specimen: specimens.Specimen = specimens.nothing
    about_candidacy: bool = True
    to_jury: bool = False
    after_release: bool = False
    decides: bool = False
    letter: str = ""

    @property
    def template(self) -> str:
        """The kind of the ledger."""
        return self.letter or self.code

    @property
    def title(self) -> str:
        """The nature of the letter."""
        return words.letter_kind(self.template)

    @property
    def placeholders(self) -> list[Placeholder]:
        """The names it knows, its own first."""
        names = f"{self.names} {_OF_A_CANDIDACY if self.about_candidacy else ''} {_OF_A_CALL}"
        return [PLACEHOLDERS[name] for name in names.split()]


@dataclass(frozen=True)
class Text:
    """A subject and an opening as they are typed; empty: the letter's own."""

    subject: str = ""
    body: str = ""


KINDS: dict[str, Kind] = {}


def adaptable(*kinds: Kind) -> None:
    """Add letters to the table, in the order they leave."""
    KINDS.update((kind.code, kind) for kind in kinds)


# The table: one line a letter. The jury phase adds its own (juries/selectors/wording.py).
adaptable(
    Kind("signalling", _("quand une candidature est signalée"), "lien_personnel", specimens.signalling),
    Kind("dossier_opened", _("quand le dossier s’ouvre")),
    Kind("member_invited", _("quand une personne est invitée"), "lien_personnel invitant droits", specimens.invitation),
    Kind("neighbour_message", _("quand une structure des mêmes territoires écrit"), "expediteur", specimens.neighbour),
    Kind("draft_reminder", _("à J-7, J-2, J-1 et H-3, si rien n’est déposé"), "reste", specimens.reminder),
    Kind("submission_receipt", _("au premier dépôt"), "recepisse version depose_le", specimens.first_receipt),
    Kind("new_version_receipt", _("à chaque nouveau dépôt"), "recepisse version depose_le", specimens.next_receipt),
    Kind("withdrawal_receipt", _("quand la candidature est retirée")),
    Kind("resumption_receipt", _("quand la candidature est reprise")),
    Kind("call_amended", _("quand la clôture est reportée"), "ancienne_cloture motif", specimens.extension),
    Kind("not_submitted", _("à la clôture, si rien n’est déposé")),
    Kind("completion_request", _("quand une pièce est demandée"), "echeance pieces", specimens.completion),
    Kind("completion_reminder", _("deux jours avant la fin du délai"), "echeance pieces", specimens.completion_left),
    Kind("completion_received", _("quand tout est reçu"), "echeance pieces", specimens.completion),
    Kind("file_to_replace", _("quand un fichier déposé ne peut pas être lu"), "", specimens.unreadable_file),
    Kind(
        "replacement_received",
        _("quand un autre fichier arrive à la place d’un fichier illisible"),
        "",
        specimens.sent_instead,
    ),
    Kind("eligibility_decision", _("à la décision"), "issue", specimens.exclusion, decides=True),
    Kind(
        "not_shortlisted", _("quand la candidature n’est pas présélectionnée"), "motif", specimens.reason, decides=True
    ),
    Kind(
        "result",
        _("à la publication des résultats"),
        "issue montant motif",
        specimens.award,
        decides=True,
        after_release=True,
    ),
    Kind("agreement_to_sign", _("quand la convention est envoyée"), "montant", specimens.agreement, after_release=True),
    Kind("agreement_signed", _("quand la convention est signée"), "montant", specimens.agreement, after_release=True),
    Kind(
        "report_due",
        _("à J-60 et J-15 du compte rendu financier, puis s’il n’est pas arrivé"),
        "montant",
        specimens.agreement,
        after_release=True,
    ),
    Kind("problem_received", _("quand un problème est signalé"), "", specimens.problem),
    Kind("problem_answered", _("quand l’équipe répond à un problème"), "", specimens.problem),
)


# --- what is written


def adapted(kind: str, call: Call) -> Callable[[Variables], Wording | None] | None:
    """For `write_letter`: what the call says in this letter, in the language of the person it is written to."""
    return partial(_adapted, kind, call) if kind in KINDS else None


def _adapted(kind: str, call: Call, variables: Variables) -> Wording | None:
    found = LetterWording.objects.filter(call=call, kind=kind, language=variables["language"]).first()
    return worded(Text(found.subject, found.body), variables) if found else None


def worded(text: Text, variables: Variables) -> Wording:
    """The text with its names replaced."""
    return Wording(filled_on_a_line(text.subject, variables), filled(text.body, variables))


# --- what is shown


def specimen(
    kind: Kind, call: Call, language: str, at: datetime, candidacy: Candidacy | None = None
) -> tuple[Addressee, dict[str, Any]]:
    """To whom, and with which variables, the letter would be written about this candidacy, or about nobody."""
    with override(language):
        about = candidacy if kind.about_candidacy else None
        given = {**specimens.common(call, about), **kind.specimen(call, about, at)}
        if not kind.about_candidacy:
            given = {name: value for name, value in given.items() if name not in _ABOUT_A_CANDIDACY}
        to = specimens.addressee(None if kind.to_jury else about, language)
        return to, given


def preview(
    kind: Kind, call: Call, language: str, text: Text, *, at: datetime, candidacy: Candidacy | None = None
) -> Composed:
    """The letter as it would be read, with a line above that says it is none."""
    to, given = specimen(kind, call, language, at, candidacy)
    with override(language):
        notice = str(_DECIDES if kind.decides else _EXAMPLES)
    return compose(
        kind.template, to=to, at=at, context=given, adapted=lambda variables: worded(text, variables), notice=notice
    )


_EXAMPLES = _("Aperçu, jamais envoyé : ce qui est marqué [exemple] est inventé, dates comprises.")
_DECIDES = _("Aperçu, jamais envoyé : la décision est inventée, personne ne l’a prise.")


def example_variables(kind: Kind, call: Call, language: str) -> dict[str, Any]:
    """The variables of a letter about nobody, two days before the closing."""
    at = call.closes_at - timedelta(days=2)
    to, given = specimen(kind, call, language, at)
    return {**given, "to": to, "at": at, "language": language}


def own_text(kind: Kind, call: Call, language: str) -> Text:
    """What the letter says when nobody adapted it, with its names in braces."""
    variables = example_variables(kind, call, language)
    with override(language):
        subject, opening = own_subject(kind.template, variables), own_opening(kind.template, variables)
        known = kind.placeholders
        return Text(as_typed(subject, variables, known), as_typed(opening, variables, known))


@dataclass(frozen=True)
class Edited:
    """A letter of a call in one language, and what the call says in it, if anything."""

    kind: Kind
    call: Call
    language: str
    row: LetterWording | None

    def own(self) -> Text:
        """What it says when nobody adapts it."""
        return own_text(self.kind, self.call, self.language)


def edited(kind: Kind, call: Call, language: str) -> Edited:
    """One query."""
    row = call.wordings.select_related("author").filter(kind=kind.code, language=language).first()
    return Edited(kind, call, language, row)


def skeleton(kind: Kind, call: Call, language: str, subject: str = "") -> str:
    """The words of a subject, typed or the letter's own, without what changes from one letter to the next."""
    variables = example_variables(kind, call, language)
    with override(language):
        typed = as_typed(subject or own_subject(kind.template, variables), variables, kind.placeholders)
    return IN_BRACES.sub(" ", typed)


# --- the pages


@dataclass(frozen=True)
class Line:
    """A letter of a call, and what was adapted of it, by language."""

    kind: Kind
    rows: list[tuple[str, str, LetterWording | None]]


def lines(call: Call) -> list[tuple[Sentence, list[Line]]]:
    """Every letter that may be adapted, by public, in the order they leave: one query."""
    known = {(row.kind, row.language): row for row in call.wordings.select_related("author")}
    in_order = sorted(KINDS.values(), key=lambda kind: kind.after_release)
    found = [
        Line(kind, [(code, str(name), known.get((kind.code, code))) for code, name in LANGUAGES]) for kind in in_order
    ]
    return [
        (_("Aux candidats"), [line for line in found if not line.kind.to_jury]),
        (_("Aux jurés"), [line for line in found if line.kind.to_jury]),
    ]
