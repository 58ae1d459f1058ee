"""Open an account from a letter."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from hubs_portal.accounts.models import User
from hubs_portal.oneline import OneLineForm


class NewAccountForm(OneLineForm, forms.Form):
    """A name and a password: the address is the one the letter was sent to."""

    name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Indiquez votre nom : il est montré à vos collègues du dossier.")},
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        help_text=_("Douze caractères au moins ; ni votre adresse, ni un mot de passe courant."),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choisissez un mot de passe.")},
    )

    def __init__(self, email: str, data: Mapping[str, Any] | None = None, *, name: str = "") -> None:
        super().__init__(data, label_suffix="", initial={"name": name})
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Refuse a password that is short, common, or like the person's own name."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if password := said.get("password"):
            try:
                validate_password(password, User(email=self.email, name=said.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return said
