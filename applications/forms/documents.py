"""Joining a file, and promising one."""

from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import Day, PlainForm, Prose


class UploadForm(PlainForm):
    """A file, and what the browser says of it: its fingerprint and its size, when a script could tell them."""

    file = forms.FileField(required=False, allow_empty_file=True, max_length=255)
    sha256 = forms.RegexField(r"\A[0-9a-fA-F]{64}\Z", required=False)
    size = forms.IntegerField(required=False, min_value=0)

    @property
    def received(self) -> UploadedFile | None:
        """The file; absent when none was chosen, or when the transfer was cut: Django then reports no file at all."""
        return self.files.get("file")

    def declared(self) -> dict[str, Any]:
        """What the browser said; what it said wrongly counts for nothing said."""
        self.is_valid()
        said = self.cleaned_data
        return {"declared_digest": said.get("sha256") or "", "declared_size": said.get("size")}


class AnnouncedForm(PlainForm):
    """What a script says of a file before it sends it in parts."""

    name = forms.CharField(max_length=255, strip=False)
    size = forms.IntegerField(min_value=0, max_value=2**53)
    sha256 = forms.RegexField(r"\A[0-9a-fA-F]{64}\Z")
    type = forms.CharField(max_length=100, required=False)


class CallForm(PlainForm):
    """The call to the storage that a script asks to make: its method, and the part for one of them."""

    method = forms.ChoiceField(choices=[(name, name) for name in ("GET", "POST", "PUT")])
    part = forms.IntegerField(min_value=1, max_value=10_000, required=False)


class PromiseForm(PlainForm):
    """Why a document is not there yet, and when it will be."""

    reason = Prose(
        label=_("Pourquoi elle n’est pas encore là"),
        lines=2,
        required=True,
        error_messages={"required": _("Dites en une phrase pourquoi la pièce n’est pas encore là.")},
    )
    promised_on = Day(label=_("Vous l’enverrez au plus tard le"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_promised_on(self) -> date:
        """A promise is about a day to come."""
        promised: date = self.cleaned_data["promised_on"]
        if promised <= self.today:
            raise forms.ValidationError(_("Cette date est passée : indiquez un jour à venir."), code="past")
        return promised
