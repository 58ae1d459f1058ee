"""A call that has closed is taken to its published results by everybody it takes, on the embedded portal."""

import pytest

from tests.journeys.conftest import Newcomer
from tests.journeys.portal import Portal
from tests.journeys.procedure import Procedure

pytestmark = pytest.mark.journey


def test_a_submitted_dossier_is_screened_heard_scored_decided_and_published(
    newcomer: Newcomer, embedded: Portal
) -> None:
    procedure = Procedure(embedded, newcomer, lambda visitor, step: visitor.look(step))

    procedure.play()

    assert embedded.rows_of(procedure.number, "applications_award", "outcome") == ["awarded"]
    assert embedded.rows_of(procedure.number, "juries_recusal", "origin") == ["declaration"]
