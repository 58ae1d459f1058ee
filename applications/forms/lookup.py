"""Fill in, when asked, the empty fields of a form with what a directory of companies says of the SIRET typed in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.identifiers import clean_siret
from applications.lookup import look_up


@dataclass(frozen=True)
class LookedUp:
    """What the directory adds, by field, and what is said of it on the page."""

    added: Mapping[str, str]
    sentence: str


def looked_up(typed: Mapping[str, Any], fields: Mapping[str, forms.Field]) -> LookedUp:
    """Ask about the SIRET typed. Nothing that was typed changes, and what a field would refuse is left out."""
    empty = {name: field for name, field in fields.items() if not str(typed.get(name) or "").strip()}
    try:
        siret = clean_siret(str(typed.get("siret") or ""))
    except forms.ValidationError as wrong:
        return LookedUp({}, " ".join(wrong.messages))
    if not empty:
        return LookedUp({}, _("Ces champs sont déjà remplis : rien n’a été changé."))
    said = look_up(siret)
    added = {name: said[name] for name, field in empty.items() if name in said and _takes(field, said[name])}
    if not added:
        return LookedUp({}, _("L’annuaire n’a rien donné pour ce numéro : remplissez ces champs vous-même."))
    names = ", ".join(str(fields[name].label) for name in added)
    return LookedUp(added, _("Complété d’après l’annuaire, à relire : %(names)s.") % {"names": names})


def _takes(field: forms.Field, value: str) -> bool:
    try:
        field.clean(value)
    except forms.ValidationError:
        return False
    return True
