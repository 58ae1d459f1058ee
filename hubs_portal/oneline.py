"""Texts of one line: names, titles, places. They end up in the head of a letter, where a line break would end it."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Written in another order than they are read (embeddings, overrides, isolates): a name must not hide itself.
_REORDERING = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def one_line(text: str) -> None:
    """Raise `ValidationError` when the text breaks its line, or holds a character that cannot be seen or reorders it.

    Marks of direction and zero-width joiners, which some languages need, are left alone.
    """
    for place, character in enumerate(text):
        before = text[max(0, place - 20) : place].strip()
        if unicodedata.category(character) in {"Zl", "Zp"} or character in "\n\r\v\f\x1c\x1d\x1e\x85":
            raise ValidationError(
                _("Ce texte tient sur une ligne : retirez le retour à la ligne après « %(before)s ».")
                if before
                else _("Ce texte tient sur une ligne : retirez le retour à la ligne qui le commence."),
                code="line_break",
                params={"before": before},
            )
        if unicodedata.category(character) in {"Cc", "Cs"} or character in _REORDERING:
            raise ValidationError(
                _(
                    "Ce texte contient un caractère invisible (U+%(code)s), sans doute collé d’un autre document :"
                    " effacez le texte et tapez-le de nouveau."
                ),
                code="invisible_character",
                params={"code": f"{ord(character):04X}"},
            )


class OneLineForm(forms.BaseForm):
    """A form whose fields of one line refuse what does not fit on it, with the place of what they cannot hold."""

    base_fields: dict[str, forms.Field]  # what its metaclass declares

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        for field in self.base_fields.values():
            if is_one_line(field) and one_line not in field.validators:
                field.validators.append(one_line)
        super().__init__(*args, **kwargs)


def is_one_line(field: forms.Field) -> bool:
    """Whether people type one line there, that nothing else checks."""
    checked = forms.PasswordInput | forms.HiddenInput | forms.EmailInput | forms.URLInput
    typed = isinstance(field, forms.CharField) and isinstance(field.widget, forms.TextInput)
    return typed and not isinstance(field.widget, checked)
