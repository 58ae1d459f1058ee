"""Plain functions that bring the portal to a state by performing the acts that lead there, with sensible defaults.

call = a_call()                       # published, open from 13 September to 30 November 2018, 17:00 Paris
member = a_signalled(call)            # a candidacy; the contact, without an account
member = a_signalled(call, user=a_user())
a_complete_dossier(member)            # nothing blocking is missing any more
submission = a_submission(member)     # completes the dossier if nobody did, then submits it
"""

from tests.builders.browsers import TimedClient
from tests.builders.calls import CLOSES, NOW, OPENS, a_call, a_manager, an_officer, the_territories
from tests.builders.candidacies import a_complete_dossier, a_consent, a_signalled, a_submission, an_invited, joined
from tests.builders.crowds import many_ready
from tests.builders.files import a_file, a_pdf
from tests.builders.juries import (
    HEARING_TIME,
    JURY_TIME,
    a_chair,
    a_convened,
    a_held,
    a_juror,
    a_jury,
    a_locked_sheet,
    a_panel,
    a_scored_candidacy,
    a_slot,
    marks_of,
    some_shortlisted,
    the_manager,
    without_ties,
)
from tests.builders.numbers import a_siret
from tests.builders.people import PASSWORD, a_user

__all__ = [
    "CLOSES",
    "HEARING_TIME",
    "JURY_TIME",
    "NOW",
    "OPENS",
    "PASSWORD",
    "TimedClient",
    "a_call",
    "a_chair",
    "a_complete_dossier",
    "a_consent",
    "a_convened",
    "a_file",
    "a_held",
    "a_juror",
    "a_jury",
    "a_locked_sheet",
    "a_manager",
    "a_panel",
    "a_pdf",
    "a_scored_candidacy",
    "a_signalled",
    "a_siret",
    "a_slot",
    "a_submission",
    "a_user",
    "an_invited",
    "an_officer",
    "joined",
    "many_ready",
    "marks_of",
    "some_shortlisted",
    "the_manager",
    "the_territories",
    "without_ties",
]
