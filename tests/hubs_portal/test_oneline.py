"""What is typed on one line stays on one line: refused where it is typed, never when a letter leaves."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError

import applications
import hubs_portal
import juries
from applications.forms.signalling import SignalForm
from hubs_portal.oneline import OneLineForm, is_one_line, one_line
from tests.builders import a_call


@pytest.mark.parametrize(
    "text",
    [
        "Élise O’Brien‑Łoś",
        "الاسم",
        "नमस्ते",
        "👩‍💻 Fab Lab",
        "A\u200eB\u200f",
        "soft\u00adhyphen",
        "100\u202f%",
        "tab\u00a0",
    ],
)
def test_names_of_every_language_are_taken(text: str) -> None:
    one_line(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Lou\nBcc: tous@exemple.invalid",
            "Ce texte tient sur une ligne : retirez le retour à la ligne après « Lou ».",
        ),
        ("Lou\r\nX", "Ce texte tient sur une ligne : retirez le retour à la ligne après « Lou »."),
        ("Lou\u2028X", "Ce texte tient sur une ligne : retirez le retour à la ligne après « Lou »."),
        ("Lou\x85X", "Ce texte tient sur une ligne : retirez le retour à la ligne après « Lou »."),
        ("\nLou", "Ce texte tient sur une ligne : retirez le retour à la ligne qui le commence."),
        ("Lou\u202egnp.exe", "caractère invisible (U+202E)"),
        ("Lou\x07", "caractère invisible (U+0007)"),
        ("Lou\u2066X", "caractère invisible (U+2066)"),
    ],
)
def test_what_would_break_or_disguise_a_line_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        one_line(text)
    assert said in refusal.value.messages[0].replace("\u00a0", " ")


def _forms() -> Iterator[type[forms.BaseForm]]:
    """Every form the portal declares."""
    for package in (hubs_portal, applications, juries):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".forms" in module.name or ".admin" in module.name:
                importlib.import_module(module.name)
    waiting = [forms.BaseForm]
    while waiting:
        found = waiting.pop()
        waiting += found.__subclasses__()
        if found.__module__.split(".")[0] in {"hubs_portal", "applications", "juries"}:
            yield found


def test_every_line_of_every_form_is_one_line() -> None:
    loose = {
        f"{form.__module__}.{form.__name__}"
        for form in _forms()
        if any(map(is_one_line, getattr(form, "base_fields", {}).values())) and not issubclass(form, OneLineForm)
    }
    assert loose == set()


@pytest.mark.django_db
def test_a_form_says_where_its_line_breaks() -> None:
    form = SignalForm(a_call(), None, {"contact_name": "Lou\nBcc: tous@exemple.invalid"})

    assert [str(said).replace("\u00a0", " ") for said in form.errors["contact_name"]] == [
        "Ce texte tient sur une ligne : retirez le retour à la ligne après « Lou »."
    ]
