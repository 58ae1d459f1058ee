"""What is typed in place of a letter's own subject and opening."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.office import OfficeForm
from applications.rules.wording import faults, tidy
from applications.selectors.wording import Edited, Text

_AS_IT_IS = _("Ce texte est celui d’origine : il n’y a rien à enregistrer.")


class WordingForm(OfficeForm):
    """The letter as it reads now, to be rewritten; a part left as the letter's own is not kept.

    `previewing`: nothing is kept, so nothing has to differ.
    """

    subject = forms.CharField(
        label=_("Objet"),
        required=False,
        strip=False,
        help_text=_("Le titre de l’appel et {numero} aident à s’y retrouver. Ni lien, ni motif, ni décision."),
    )
    body = forms.CharField(
        label=_("Texte"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("Une ligne vide sépare deux paragraphes. C’est du texte : ni gras, ni HTML."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    candidacy = forms.ChoiceField(label=_("Prévisualiser pour"), required=False)

    def __init__(
        self,
        edited: Edited,
        data: Any = None,
        *,
        seen: str,
        candidacies: Iterable[tuple[int, str]],
        previewing: bool,
        may_write: bool,
    ) -> None:
        self.edited, self.own, self.previewing = edited, edited.own(), previewing
        said = edited.row or self.own
        now = {"subject": said.subject or self.own.subject, "body": said.body or self.own.body, "seen": seen}
        super().__init__(data, initial=now)
        choices = [("", _("un dossier inventé")), *((str(pk), name) for pk, name in candidacies)]
        self.fields["candidacy"].choices = choices  # type: ignore[attr-defined] # a ChoiceField
        for name in ("subject", "body"):
            self.fields[name].disabled = not may_write

    def clean(self) -> dict[str, Any]:
        """The same rule as the act, said beside the field it is about."""
        given = super().clean() or self.cleaned_data
        typed = tidy(Text(given.get("subject", ""), given.get("body", "")))
        for name, empty in (("subject", _("L’objet est vide.")), ("body", _("Le texte est vide."))):
            if name in given and not getattr(typed, name):
                self.add_error(name, empty)
        text = given["text"] = Text(self._changed("subject", typed), self._changed("body", typed))
        if self.errors or (self.previewing and text == Text()):
            return given
        if text == Text():
            self.add_error(None, _AS_IT_IS)
            return given
        for fault in faults(self.edited.kind, self.edited.call, self.edited.language, text):
            self.add_error(fault.field or None, str(fault.sentence))
        return given

    def _changed(self, name: str, typed: Text) -> str:
        """What was typed, or nothing where the letter says the same."""
        said: str = getattr(typed, name)
        return "" if _plain(said) == _plain(getattr(self.own, name)) else said


def _plain(text: str) -> str:
    return " ".join(text.split())
