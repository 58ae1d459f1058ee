"""What the jury phase adds to the pages of the application phase, which knows nothing of juries."""

from django.utils.translation import gettext_lazy as _

from applications import doors
from applications.actions import correspondence
from applications.selectors import evening, ledger, release, told
from hubs_portal.letters import timed
from juries import access, reminders
from juries.actions.correspondence import journal_of
from juries.selectors import wording
from juries.selectors.appointments import appointments
from juries.selectors.office_waits import pressing
from juries.selectors.post import TO_JURORS
from juries.selectors.ranking import kept_out


def bring() -> None:
    """Register all of it, once, when the models are loaded."""
    doors.hang(doors.Door(_("Mon jury"), "juror_desk", access.is_seated))
    release.kept_out.append(kept_out)
    told.appointments.append(appointments)
    evening.waits.append(pressing)
    wording.bring()
    timed.sources += reminders.SOURCES
    ledger.posts.append(TO_JURORS)
    correspondence.journals[TO_JURORS.link] = journal_of
