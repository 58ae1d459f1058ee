"""The evening's digest of a call says what its juries wait for, to those who act there, and no mark."""

from datetime import UTC, datetime

import pytest

from applications import digest
from applications.enums import Role
from applications.models import TeamMember
from hubs_portal.letters.models import Letter
from tests import builders
from tests.builders.examined import team_of

EVENING = datetime(2018, 12, 3, 18, tzinfo=UTC)  # Monday, 19:00 in Paris
pytestmark = pytest.mark.django_db


def test_a_shortlisted_candidacy_without_a_panel_is_told_to_officers_and_managers_in_their_language() -> None:
    call = builders.a_call()
    builders.some_shortlisted(call, 1)
    builders.a_jury(call)
    observer = TeamMember.objects.create(call=call, user=builders.a_user(), role=Role.OBSERVER).user
    english = team_of(call, Role.OFFICER)[0]
    english.language = "en"
    english.save()
    digest.write_digests(at=EVENING)

    digest.write_digests(at=EVENING.replace(day=4))

    second = Letter.objects.filter(kind="evening_digest", occurrence="2018-12-04")
    said = {letter.address: letter.text.replace("\u00a0", " ") for letter in second}
    assert observer.email not in said
    assert "1 candidature présélectionnée n’a pas de panel" in said[team_of(call, Role.MANAGER)[0].email]
    assert "has no panel" in said[english.email]
    assert "Registered: 0" in said[english.email]
