from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from applications.models import CandidacyLine
from hubs_portal import journal, protection
from tests import builders


@pytest.mark.django_db
def test_a_line_says_who_what_when_and_from_where() -> None:
    with journal.coming_from("web 203.0.113.7"):
        member = builders.a_signalled(builders.a_call(), at=builders.NOW)

    line = member.candidacy.journal.get()

    assert (line.sequence, line.act, line.at, line.actor_label, line.origin, line.actor) == (
        1,
        "signal",
        builders.NOW,
        member.actor.label,
        "web 203.0.113.7",
        None,
    )
    assert line.details == {"provenance": "online", "structure": member.candidacy.organisation.name}


@pytest.mark.django_db
def test_lines_of_a_candidacy_are_chained() -> None:
    member = builders.a_signalled(builders.a_call())
    builders.a_complete_dossier(member)

    lines = list(member.candidacy.journal.order_by("sequence"))

    assert [line.sequence for line in lines] == list(range(1, len(lines) + 1))
    assert [line.previous_digest for line in lines[1:]] == [line.digest for line in lines[:-1]]
    assert journal.broken_lines(CandidacyLine) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["UPDATE applications_candidacyline SET note = 'x'", "DELETE FROM applications_candidacyline"],
)
def test_the_database_refuses_to_change_or_drop_a_line(statement: str) -> None:
    builders.a_signalled(builders.a_call())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert CandidacyLine.objects.count() == 1


@pytest.mark.django_db
def test_an_altered_line_is_named() -> None:
    member = builders.a_signalled(builders.a_call())
    line = member.candidacy.journal.get()

    with transaction.atomic():
        with protection.lifted():
            CandidacyLine.objects.filter(pk=line.pk).update(at=line.at + timedelta(seconds=1))
        broken = journal.broken_lines(CandidacyLine)
        transaction.set_rollback(True)

    assert broken == [line]


@pytest.mark.django_db
def test_every_append_only_table_has_its_triggers() -> None:
    assert protection.trigger_names() <= protection.present_triggers()
    assert len(protection.trigger_names()) >= 16
