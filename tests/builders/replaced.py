"""Files of a submitted dossier that nobody can read, and what is sent in their place."""

from datetime import datetime, timedelta

from django.db import transaction

from applications.actions import replacing, verdicts
from applications.actions.steps import lock_candidacy
from applications.enums import DocumentState
from applications.models import Candidacy, Document, Replacement, Submission
from tests.builders.calls import NOW
from tests.builders.examined import AFTER
from tests.builders.files import a_file, a_pdf


def a_wanted(candidacy: Candidacy, *, rank: int = 0, at: datetime = AFTER) -> Replacement:
    """The `rank`-th file of the dossier turns out to ask for a password: another is asked for."""
    version = Submission.objects.latest_of_each().get(candidacy=candidacy)
    file = version.files.order_by("pk")[rank]
    document, _made = Document.objects.update_or_create(
        dossier=candidacy.dossier,
        requirement=candidacy.call.requirements.get(code=file.requirement_code),
        stored=file.stored,
        defaults={"state": DocumentState.UNREADABLE, "verdict": "encrypted"},
        create_defaults={
            "state": DocumentState.UNREADABLE,
            "verdict": "encrypted",
            "name": file.name,
            "uploaded_at": NOW,
            "uploaded_by": "contact",
        },
    )
    with transaction.atomic():
        replacing.want_replacement(document, lock_candidacy(candidacy.pk), at=at)
    return Replacement.objects.select_related("candidacy__call", "document__requirement__call").get(document=document)


def a_replacement(
    candidacy: Candidacy, *, rank: int = 0, name: str = "ouvert.pdf", content: bytes = b"", at: datetime = AFTER
) -> Replacement:
    """Another was sent an hour later, and opened by the worker."""
    wanted = a_wanted(candidacy, rank=rank, at=at)
    contact, later = candidacy.members.get(is_contact=True), at + timedelta(hours=1)
    file = a_file(content or a_pdf(f"Celui-ci s’ouvre {candidacy.pk} {rank}"))
    sent = replacing.replace_file(contact, wanted, file, name=name, at=later)
    verdicts.inspect_replacement(f"{sent.pk} {later.isoformat()}")
    sent.refresh_from_db()
    return sent
