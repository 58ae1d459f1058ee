"""The forms of the examination: the checklist, the documents to ask for, the exclusion to propose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.actions.checklist import Tick
from applications.enums import CheckVerdict
from applications.forms.fields import Prose
from applications.forms.office import OfficeForm
from applications.models import Requirement
from applications.rules.examination import proposed_due
from applications.selectors.screening import Checked, Examination
from hubs_portal.oneline import OneLineForm

_LONGEST = 2000
# What the letter and the model hold.
_LONGEST_RULE = 250
# A longer time to complete is a year mistyped, and would keep any exclusion waiting for its end.
_LONGEST_TIME = timedelta(days=366)


@dataclass(frozen=True)
class Row:
    """A line of the checklist as the page shows it: what is saved, or what was typed and not saved yet."""

    entry: Checked
    name: str
    verdict: str
    comment: str
    errors: list[str]
    is_overtaken: bool

    @property
    def is_unsaved(self) -> bool:
        """Whether what is shown is not what is saved."""
        return (self.verdict, self.comment) != (self.entry.verdict, self.entry.comment)


class ChecklistForm(OneLineForm, forms.Form):
    """Every line at once. What the page showed comes back with what was typed: only lines that differ are written."""

    def __init__(self, entries: list[Checked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        for entry in entries:
            code = entry.line.code
            self.fields[_verdict(code)] = forms.ChoiceField(
                choices=CheckVerdict.choices, required=False, initial=entry.verdict, show_hidden_initial=True
            )
            self.fields[_comment(code)] = Prose(
                max_length=_LONGEST, lines=2, initial=entry.comment, show_hidden_initial=True
            )

    def clean(self) -> dict[str, Any]:
        """A « non conforme » says what is wrong, and a comment goes with a verdict."""
        given = super().clean() or self.cleaned_data
        for entry in self._changed():
            code = entry.line.code
            verdict, comment = given.get(_verdict(code), ""), given.get(_comment(code), "")
            if verdict == CheckVerdict.NO and not comment:
                self.add_error(_comment(code), _("Dites ce qui ne va pas : le candidat pourra le lire."))
            if not verdict and comment:
                self.add_error(_comment(code), _("Cochez un résultat, ou effacez ce commentaire."))
        return given

    def ticks(self) -> list[Tick]:
        """The lines somebody changed, with what they had before them."""
        given = self.cleaned_data
        return [
            Tick(
                code=entry.line.code,
                label=entry.line.label,
                verdict=CheckVerdict(given[_verdict(entry.line.code)]),
                comment=given[_comment(entry.line.code)],
                seen=self._seen(entry.line.code),
            )
            for entry in self._changed()
            if given[_verdict(entry.line.code)]
        ]

    def with_findings(self) -> "ChecklistForm":
        """The same, where lines nobody has ticked take what the machine sees « conforme »; nothing is saved by it."""
        data = dict(self.data.items())
        for entry in self.entries:
            name = _verdict(entry.line.code)
            if entry.line.seen == CheckVerdict.YES and not data.get(name):
                data[name] = CheckVerdict.YES.value
        return ChecklistForm(self.entries, data)

    def rows(self) -> dict[str, Row]:
        """Each line by its code. A line left alone shows what is saved by now, whoever saved it."""
        changed = self._changed() if self.is_bound else []
        return {entry.line.code: self._row(entry, entry in changed) for entry in self.entries}

    def _row(self, entry: Checked, is_changed: bool) -> Row:
        code = entry.line.code
        saved = (entry.verdict, entry.comment)
        shown = (self._typed(_verdict(code)), self._typed(_comment(code))) if is_changed else saved
        errors = [*self.errors.get(_verdict(code), []), *self.errors.get(_comment(code), [])] if is_changed else []
        return Row(entry, code, *shown, errors, is_changed and self._seen(code) != saved and shown != saved)

    def _changed(self) -> list[Checked]:
        names = set(self.changed_data)
        return [entry for entry in self.entries if names & {_verdict(entry.line.code), _comment(entry.line.code)}]

    def _seen(self, code: str) -> tuple[str, str]:
        return self._shown(_verdict(code)), self._shown(_comment(code))

    def _typed(self, name: str) -> str:
        return _plain(self.data.get(name, ""))

    def _shown(self, name: str) -> str:
        return _plain(self.data.get(f"initial-{name}", ""))


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _verdict(code: str) -> str:
    return f"verdict-{code}"


def _comment(code: str) -> str:
    return f"comment-{code}"


class CompletionForm(OfficeForm):
    """Which documents to ask for, why each, and until when."""

    due_at = forms.DateTimeField(
        label=_("À fournir avant le, heure de Paris"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M"],
    )
    message = Prose(
        label=_("Message, s’il en faut un"),
        lines=3,
        max_length=_LONGEST,
        help_text=_("Il est repris tel quel dans la lettre, sous la liste des pièces."),
    )

    def __init__(self, examined: Examination, *args: Any, **kwargs: Any) -> None:
        given = {"due_at": proposed_due(examined.at), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=given, prefix="ask", **kwargs)
        self.requirements, self.latest = examined.requirements, examined.at + _LONGEST_TIME
        unmet = {entry.line.code: entry.comment for entry in examined.unmet}
        for requirement in self.requirements:
            found = unmet.get(f"piece:{requirement.code}", "")
            self.fields[_asked(requirement)] = forms.BooleanField(
                label=requirement.label, required=False, initial=bool(found)
            )
            self.fields[_reason(requirement)] = forms.CharField(
                label=_("Ce qui manque"),
                required=False,
                max_length=_LONGEST,
                initial=found,
                widget=forms.TextInput(attrs={"class": "vTextField"}),
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """A document a line: the box, and what is missing."""
        return [(self[_asked(each)], self[_reason(each)]) for each in self.requirements]

    def closing_fields(self) -> list[forms.BoundField]:
        """What is said once, under the documents."""
        return [self["due_at"], self["message"]]

    def clean(self) -> dict[str, Any]:
        """Each document asked for says why; something is asked for."""
        given = super().clean() or self.cleaned_data
        asked = [each for each in self.requirements if given.get(_asked(each))]
        for requirement in self.requirements:
            reason = given.get(_reason(requirement), "").strip()
            if requirement in asked and not reason:
                self.add_error(_reason(requirement), _("Dites ce qui manque : la lettre le reprend."))
            if reason and requirement not in asked:
                self.add_error(_reason(requirement), _("Cochez la pièce, ou effacez ce qui manque."))
        if given.get("due_at") and given["due_at"] > self.latest:
            self.add_error("due_at", _("Ce délai dépasse un an : vérifiez l’année."))
        if not asked:
            self.add_error(None, _("Cochez au moins une pièce à demander."))
        return given

    def items(self) -> Mapping[Requirement, str]:
        """The documents asked for, each with its reason."""
        given = self.cleaned_data
        return {each: given[_reason(each)] for each in self.requirements if given[_asked(each)]}


def _asked(requirement: Requirement) -> str:
    return f"asked-{requirement.code}"


def _reason(requirement: Requirement) -> str:
    return f"reason-{requirement.code}"


class ExclusionForm(OfficeForm):
    """The rule that is not respected, among the lines of the checklist or in other words, and the reason."""

    line = forms.ChoiceField(label=_("Règle non respectée"), required=False)
    rule = forms.CharField(
        label=_("ou une autre règle"),
        required=False,
        max_length=_LONGEST_RULE,
        help_text=_("Le texte et son article, si la liste ne les donne pas."),
    )
    reason = Prose(
        label=_("Motif"),
        lines=4,
        max_length=_LONGEST,
        required=True,
        help_text=_("Il figure dans la décision envoyée au candidat, avec la règle et les voies de recours."),
    )

    def __init__(self, examined: Examination, *args: Any, **kwargs: Any) -> None:
        unmet = examined.unmet
        given = {
            "line": unmet[0].line.code if unmet else "",
            "reason": "\n".join(entry.comment for entry in unmet),
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=given, prefix="exclude", **kwargs)
        entries = examined.of_stage(examined.stage)
        self.rules = {entry.line.code: f"{entry.line.label} – {entry.line.rule}"[:_LONGEST_RULE] for entry in entries}
        field = self.fields["line"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("– choisir –")), *self.rules.items()]

    def clean(self) -> dict[str, Any]:
        """One rule: chosen, or written."""
        given = super().clean() or self.cleaned_data
        line, rule = given.get("line"), given.get("rule", "").strip()
        if bool(line) == bool(rule) and not self.errors:
            self.add_error("rule", _("Choisissez une règle dans la liste, ou écrivez-en une : l’une ou l’autre."))
        return given

    def named_rule(self) -> str:
        """The rule, as the letter will quote it."""
        given = self.cleaned_data
        return self.rules[given["line"]] if given["line"] else given["rule"]


class NoteForm(OfficeForm):
    """A decision that may be explained."""

    note = Prose(label=_("Note, pour le journal"), lines=2, max_length=_LONGEST)


class SetAsideForm(OfficeForm):
    """Why a candidacy is not heard."""

    reason = Prose(
        label=_("Motif"),
        lines=3,
        max_length=_LONGEST,
        required=True,
        help_text=_("Il figure dans la lettre au candidat, avec les voies de recours."),
    )
