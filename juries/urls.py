"""Addresses of the jury phase."""

from django.urls import URLPattern, path

from juries.views import (
    candidate,
    deliberation,
    juror_arrival,
    juror_chair,
    juror_desk,
    juror_dossier,
    juror_hearings,
    juror_interests,
    juror_letters,
    juror_scoring,
)

_DOSSIER = "jury/dossiers/<str:number>/"

# what a candidate sees of it, on the pages of their dossier
_CANDIDATE: list[URLPattern] = [
    path("dossiers/<str:number>/audition/", candidate.hearing, name="hearing"),
    path("dossiers/<str:number>/audition/audition.ics", candidate.ics, name="hearing_ics"),
]

# the juror's desk
_JUROR: list[URLPattern] = [
    path("jury/", juror_desk.desk, name="juror_desk"),
    path("jury/invitation/<str:token>/", juror_arrival.invitation, name="juror_invitation"),
    path("jury/<int:pk>/charte/", juror_arrival.charter, name="juror_charter"),
    path("jury/<int:pk>/liens/", juror_interests.declarations, name="juror_declarations"),
    path("jury/<int:pk>/classement/", juror_desk.ranking, name="juror_ranking"),
    path(_DOSSIER, juror_dossier.dossier, name="juror_dossier"),
    path(_DOSSIER + "dossier.zip", juror_dossier.whole, name="juror_archive"),
    path(_DOSSIER + "fichiers/<int:pk>/", juror_dossier.file, name="juror_file"),
    path(_DOSSIER + "complements/<int:pk>/", juror_dossier.completion, name="juror_completion"),
    path(_DOSSIER + "fichiers/<int:pk>/lire/", juror_dossier.read, name="juror_file_read"),
    path(_DOSSIER + "complements/<int:pk>/lire/", juror_dossier.read_completion, name="juror_completion_read"),
    path(_DOSSIER + "remplacements/<int:pk>/", juror_dossier.replacement, name="juror_replacement"),
    path(_DOSSIER + "remplacements/<int:pk>/lire/", juror_dossier.read_replacement, name="juror_replacement_read"),
    path(_DOSSIER + "noter/", juror_scoring.sheet, name="juror_sheet"),
    path(_DOSSIER + "noter/relire/", juror_scoring.finish, name="juror_sheet_finish"),
    path(_DOSSIER + "notes/", juror_scoring.scores, name="juror_scores"),
    path(_DOSSIER + "lien/", juror_interests.tie, name="juror_tie"),
    path("jury/auditions/", juror_hearings.hearings, name="juror_hearings"),
    path("jury/auditions/<int:pk>/", juror_hearings.hearing, name="juror_hearing"),
    path("jury/auditions/<int:pk>/audition.ics", juror_hearings.calendar, name="juror_hearing_calendar"),
    path("jury/messages/", juror_letters.letters, name="juror_letters"),
    path("jury/messages/<int:pk>/", juror_letters.letter, name="juror_letter"),
    path("jury/messages/<int:pk>/pieces/<int:attachment>/", juror_letters.attachment, name="juror_letter_attachment"),
    path("jury/presidence/liens/", juror_chair.ties, name="juror_ties"),
    path("jury/presidence/liens/<int:pk>/", juror_chair.examine, name="juror_tie_examine"),
]

# the wall of a deliberation, and its minutes
_DELIBERATION: list[URLPattern] = [
    path("jury/deliberation/<int:pk>/", deliberation.page, name="jury_deliberation"),
    path("jury/deliberation/<int:pk>/proces-verbal/", deliberation.minutes, name="jury_minutes"),
    path("jury/deliberation/<int:pk>/proces-verbal.pdf", deliberation.minutes_pdf, name="jury_minutes_pdf"),
    path("jury/deliberation/<int:pk>/extrait.pdf", deliberation.minutes_extract, name="jury_minutes_extract"),
]

urlpatterns: list[URLPattern] = [*_CANDIDATE, *_JUROR, *_DELIBERATION]
