"""A state in a list or a title: word, shape and colour."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from applications.enums import CandidacyState
from hubs_portal.letters.models import LetterState

_PILLS = {
    CandidacyState.SIGNALLED: "pill",
    CandidacyState.DRAFTING: "pill pill--draft",
    CandidacyState.SUBMITTED: "pill pill--filed",
    CandidacyState.FROZEN: "pill pill--filed",
    CandidacyState.INCOMPLETE: "pill pill--now",
    CandidacyState.WITHDRAWN: "pill pill--closed",
    CandidacyState.NOT_SUBMITTED: "pill pill--closed",
    CandidacyState.INADMISSIBLE: "pill pill--closed",
    CandidacyState.INELIGIBLE: "pill pill--closed",
    CandidacyState.NOT_SHORTLISTED: "pill pill--closed",
    CandidacyState.NOT_SELECTED: "pill pill--closed",
}


def pill(state: str) -> SafeString:
    """The state of a candidacy."""
    known = CandidacyState(state)
    return format_html('<span class="{}">{}</span>', _PILLS.get(known, "pill pill--done"), known.label)


_LETTERS = {
    LetterState.SENT: "pill pill--done",
    LetterState.FAILED: "pill pill--now pill--closed",
    LetterState.UNCERTAIN: "pill pill--now",
}


def letter_pill(state: str) -> SafeString:
    """What became of a letter: warm only for what somebody must do, which is to telephone."""
    known = LetterState(state)
    return format_html('<span class="{}">{}</span>', _LETTERS.get(known, "pill pill--started"), known.label)
