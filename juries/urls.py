"""Addresses of the jury phase."""

from django.urls import URLPattern, path

from juries.views import deliberation

urlpatterns: list[URLPattern] = [
    path("jury/deliberation/<int:pk>/", deliberation.page, name="jury_deliberation"),
    path("jury/deliberation/<int:pk>/proces-verbal/", deliberation.minutes, name="jury_minutes"),
    path("jury/deliberation/<int:pk>/proces-verbal.pdf", deliberation.minutes_pdf, name="jury_minutes_pdf"),
    path("jury/deliberation/<int:pk>/extrait.pdf", deliberation.minutes_extract, name="jury_minutes_extract"),
]
