"""What the templates of every letter about a candidacy are given."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from applications.models import Candidacy
from applications.selectors import closing_times


def variables_of(candidacy: Candidacy) -> dict[str, Any]:
    """Who, for which call, until when, and where the dossier is: one query for the hours overseas."""
    return {
        "candidacy": candidacy,
        "call": candidacy.call,
        "organisation": candidacy.organisation,
        "desk": settings.PUBLIC_URL + reverse("dossier", args=[candidacy.number]),
        "local_times": closing_times.of_candidacy(candidacy),
    }
