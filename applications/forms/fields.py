"""Fields that take what people type and paste, and say in a sentence what they cannot take."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from applications.bank_accounts import clean_iban, spaced_iban
from applications.identifiers import clean_registry, clean_rna, clean_siret, compact
from applications.telephones import clean_phone, spaced_phone
from hubs_portal.oneline import OneLineForm
from hubs_portal.templatetags.french import siret as spaced_siret

_NBSP = "\u00a0"
_LARGEST = Decimal("9999999999.99")
_CLASSES = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.HiddenInput: "",
}


class _Drawn:
    """A control written without Django's templates, which cost a page of two hundred budget lines most of a second."""

    def render(
        self: Any, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The markup Django's own template would give."""
        drawn = self.get_context(name, value, attrs)["widget"]
        held = {"value": drawn["value"]} if drawn["value"] not in (None, "") else {}
        return format_html("<input{}>", flatatt({"type": drawn["type"], "name": name, **held, **drawn["attrs"]}))


class TextControl(_Drawn, forms.TextInput):
    """A line of text."""


class TickControl(_Drawn, forms.CheckboxInput):
    """A box to tick."""


class ChoiceControl(forms.Select):
    """A list to choose from, without groups, written in the same way."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The markup Django's own template would give."""
        choices = tuple((str(key), str(label)) for key, label in self.choices)
        held = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", held, _options(choices, str(value or "")))


@lru_cache(maxsize=200)
def _options(choices: tuple[tuple[str, str], ...], chosen: str) -> SafeString:
    """The same options are written on every line of a table."""
    return format_html_join(
        "", "<option{}>{}</option>", ((flatatt({"value": k, "selected": k == chosen}), label) for k, label in choices)
    )


class PlainField(forms.BoundField):
    """A field with the classes the style sheet knows; what is wrong with it is marked on the control itself."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Add the class of the control, and of its error, to what Django says of it."""
        attrs = super().build_widget_attrs(attrs, widget)
        shown = widget or self.field.widget
        kind = next((name for type_, name in _CLASSES.items() if isinstance(shown, type_)), "form-control")
        wrong = "is-invalid" if self.errors else ""
        return attrs | {"class": " ".join(filter(None, [kind, shown.attrs.get("class", ""), wrong]))}

    @property
    def is_box(self) -> bool:
        """Whether the control is a box to tick, whose label follows it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def saved_meanwhile(self) -> str | None:
        """What a colleague saved where this was typed; `None` when nobody did, or the same."""
        theirs: dict[str, str] = getattr(self.form, "theirs", {})
        return theirs.get(self.name)


class PlainForm(OneLineForm, forms.Form):
    """A form of the dossier: a draft may be incomplete, so nothing is obligatory unless a field says so."""

    bound_field_class = PlainField
    use_required_attribute = False
    # What the last save holds where it differs from what was typed, by field; filled in by the page of a stale section.
    theirs: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.theirs = {}


class Prose(forms.CharField):
    """A text of any length; ends of lines are ours, whatever the browser's."""

    def __init__(self, *, advised: int | None = None, lines: int = 6, **kwargs: Any) -> None:
        attrs: dict[str, Any] = {"rows": lines}
        if advised:
            attrs["data-counter"] = advised
        super().__init__(widget=forms.Textarea(attrs=attrs), **{"required": False, **kwargs})

    def to_python(self, value: Any) -> str:
        """The text with plain ends of lines."""
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class Line(forms.CharField):
    """A text of one line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "widget": TextControl, **kwargs})


class Cleaned(Line):
    """A number that `applications.identifiers` knows how to read; it is shown back as people write it."""

    def __init__(self, clean: Callable[[str], str], show: Callable[[str], str] = str, **kwargs: Any) -> None:
        self._clean_number, self._show = clean, show
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """The number as it is kept; empty stays empty."""
        text = super().clean(value)
        return self._clean_number(text) if text else ""

    def prepare_value(self, value: Any) -> Any:
        """The kept number with its spaces; what was typed as it was typed."""
        return self._show(value) if isinstance(value, str) else value


def _postcode(text: str) -> str:
    number = compact(text)
    if not re.fullmatch(r"\d{5}", number, re.ASCII):
        raise forms.ValidationError(_("Un code postal a 5 chiffres, par exemple 01000 ou 97400."), code="postcode")
    return number


def siret_field(**kwargs: Any) -> Cleaned:
    """A SIRET, pasted with or without spaces."""
    return Cleaned(clean_siret, spaced_siret, max_length=60, **kwargs)


def rna_field(**kwargs: Any) -> Cleaned:
    """An RNA number."""
    return Cleaned(clean_rna, max_length=40, **kwargs)


def registry_field(**kwargs: Any) -> Cleaned:
    """An entry of a register of Alsace-Moselle."""
    return Cleaned(clean_registry, max_length=120, **kwargs)


def iban_field(**kwargs: Any) -> Cleaned:
    """An IBAN, pasted with or without spaces."""
    return Cleaned(clean_iban, spaced_iban, max_length=60, **kwargs)


def phone_field(**kwargs: Any) -> Cleaned:
    """A telephone number from any French territory."""
    return Cleaned(clean_phone, spaced_phone, max_length=30, widget=TextControl(attrs={"type": "tel"}), **kwargs)


def postcode_field(**kwargs: Any) -> Cleaned:
    """A French postcode."""
    numeric = TextControl(attrs={"inputmode": "numeric", "class": "input-short"})
    return Cleaned(_postcode, max_length=12, widget=numeric, **kwargs)


class Amount(forms.Field):
    """Euros as people type them: « 12 500,50 », « 12.500,50 € », « 12500.5 »; kept as a `Decimal` of two places."""

    default_error_messages = {
        "required": _("Indiquez le montant, en euros."),
        "number": _("Écrivez le montant en chiffres, par exemple 12 500 ou 12 500,50."),
        "cents": _("Écrivez au plus deux chiffres après la virgule, par exemple 12 500,50."),
        "positive": _("Le montant doit être supérieur à zéro."),
        "large": _("Ce montant est trop grand pour être exact : vérifiez-le."),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = TextControl(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(**{"widget": widget, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:
        """The amount; raises `ValidationError` with a sentence."""
        typed = unicodedata.normalize("NFKC", str(value or ""))
        text = re.sub(r"(?i)[\s\u200b]|€|eur(os?)?", "", typed)
        # Accountants write what is owed between brackets.
        text = re.sub(r"^\((.+)\)$", r"-\1", re.sub("[\u2010-\u2013\u2212]", "-", text))
        if not text:
            return None
        text = _decimal_point(text)
        if not re.fullmatch(r"-?\d+(\.\d*)?", text, re.ASCII):
            raise forms.ValidationError(self.error_messages["number"], code="number")
        if len(text.partition(".")[2]) > 2:
            raise forms.ValidationError(self.error_messages["cents"], code="cents")
        return self._in_bounds(Decimal(text).quantize(Decimal("0.01")) if len(text) < 25 else _LARGEST + 1)

    def _in_bounds(self, amount: Decimal) -> Decimal:
        if amount <= 0:
            raise forms.ValidationError(self.error_messages["positive"], code="positive")
        if amount > _LARGEST:
            raise forms.ValidationError(self.error_messages["large"], code="large")
        return amount

    def prepare_value(self, value: Any) -> Any:
        """« 12 500,50 » from a kept amount; what was typed as it was typed."""
        if not isinstance(value, Decimal):
            return value
        text = f"{value:,.0f}" if value == value.to_integral_value() else f"{value:,.2f}"
        return text.replace(",", _NBSP).replace(".", ",")


def _decimal_point(text: str) -> str:
    """The text with one point before the cents: a comma is one, and points between groups of three are not.

    « 1,234.56 » comes from an English spreadsheet: what is written last parts the cents.
    """
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+\.\d*|-?\d{1,3}(,\d{3}){2,}", text, re.ASCII):
        return text.replace(",", "")
    if "," in text:
        return text.replace(".", "").replace(",", ".", 1)
    if re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text, re.ASCII):
        return text.replace(".", "")
    return text


class Day(forms.DateField):
    """A date typed as dd/mm/yyyy, or as a browser's calendar gives it."""

    default_error_messages = {
        "required": _("Indiquez la date."),
        "invalid": _("Écrivez la date ainsi : jour/mois/année, par exemple 31/03/2019."),
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "numeric", "placeholder": _("jj/mm/aaaa"), "class": "input-short", "autocomplete": "off"}
        super().__init__(
            input_formats=["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y"],
            widget=forms.DateInput(attrs=attrs, format="%d/%m/%Y"),
            **kwargs,
        )

    def to_python(self, value: Any) -> date | None:
        """The day; spaces around and inside are forgiven."""
        return super().to_python(unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value)
