"""How an act of the working page ends: done, refused by a rule, or by its form."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from applications.admin.screening_parts import Attempt
from applications.models import Candidacy
from hubs_portal.refusals import Refusal, Sentence

_CHANGE = "admin:applications_candidacy_change"


class Refused(Exception):
    """An act stopped half-way: the page is shown again with what was typed."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(attempt.status)
        self.attempt = attempt


def done(request: HttpRequest, candidacy: Candidacy, sentence: Sentence, place: str = "") -> HttpResponseBase:
    """Back to the page, at a place of it, with what was done in a sentence."""
    messages.success(request, str(sentence))
    return redirect(reverse(_CHANGE, args=[candidacy.pk]) + place)


def attempt(name: str, form: forms.Form, act: Callable[[], object]) -> None:
    """Do what a form asks; a form that is wrong, or an act that is refused, keeps what was typed."""
    if not form.is_valid():
        raise Refused(Attempt({name: form}, status=422))
    try:
        act()
    except Refusal as refusal:
        raise Refused(Attempt({name: form}, refusal, refusal.status)) from refusal
