"""The models of the kernel, gathered where Django looks for them."""

from hubs_portal.accounts.models import User
from hubs_portal.beats import Beat
from hubs_portal.clock import BusinessClock
from hubs_portal.files import StoredFile
from hubs_portal.jobs.models import Job
from hubs_portal.letters.models import Attachment, Letter
from hubs_portal.rehearsal.models import RehearsalProgress
from hubs_portal.scanning import Scan
from hubs_portal.uploads.models import Upload

__all__ = [
    "Attachment",
    "Beat",
    "BusinessClock",
    "Job",
    "Letter",
    "RehearsalProgress",
    "Scan",
    "StoredFile",
    "Upload",
    "User",
]
