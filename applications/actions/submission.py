"""Submit the dossier: the act everything else leans on."""

import hashlib
import json
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import internal_letters, letters, receipts
from applications.actions.membership import still
from applications.actions.replacing import settle_replacements
from applications.actions.steps import lock_candidacy, taking_step
from applications.content import Content
from applications.enums import Rights, SubmissionOrigin
from applications.models import (
    Call,
    Candidacy,
    Document,
    DossierRevision,
    LateAttempt,
    Member,
    Submission,
    SubmissionFile,
)
from applications.models.dossier import UNUSABLE
from applications.rules.completeness import Expectations, blocking, missing
from applications.rules.deadline import TooLate, refuse_if_late
from hubs_portal import locks
from hubs_portal.files import StoredFile
from hubs_portal.journal import current_origin
from hubs_portal.refusals import Refusal

# Every submit holds the shared side of this lock on its call; the freeze takes the exclusive side.
CLOSING = 1


def submit(member: Member, *, revision: int, arrived_at: datetime) -> Submission:
    """Submit the dossier as it stood at `revision`, for a request that arrived at `arrived_at` (business time, UTC).

    Asking again for a revision already submitted returns the same submission, even after the closing time: a double
    click, two tabs or a retried request have one receipt. A revision older than the draft is submitted as it was shown:
    what a colleague wrote since waits for the next version. Raises `TooLate` (and leaves a `LateAttempt`, with a letter
    to the team, nothing else), or `Refusal` listing what is missing. Content, receipt, journal line and letters are one
    transaction.
    """
    try:
        return _submit(member, revision, arrived_at)
    except TooLate as refusal:
        _record_late_attempt(member, revision, arrived_at, refusal.code)
        raise


@locks.retried
def _submit(member: Member, revision: int, arrived_at: datetime) -> Submission:
    with transaction.atomic():
        locks.share(CLOSING, member.candidacy.call_id)
        candidacy = lock_candidacy(member.candidacy_id)
        author = still(member, Rights.SUBMIT)
        made = candidacy.submissions.filter(revision=revision).first()
        if made:
            return made
        # Read here and without a lock: the closing time in force now, whoever holds the row of the call.
        call = Call.objects.get(pk=candidacy.call_id)
        refuse_if_late(call, arrived_at)
        _refuse_going_back(candidacy, revision)
        content = _shown_at(candidacy, revision)
        _refuse_incomplete(call, candidacy, content, arrived_at)
        with taking_step("submit", candidacy, by=author.actor, at=arrived_at, details={"revision": revision}) as moved:
            submission = freeze_content(moved, call, author, content, revision, arrived_at)
            receipt = receipts.issue(submission, call)
            letters.submission_receipt(receipt, at=arrived_at)
        return submission


def _refuse_going_back(candidacy: Candidacy, revision: int) -> None:
    """A tab left open must not put an older text in the place of the version that counts."""
    if candidacy.submissions.filter(revision__gt=revision).exists():
        raise Refusal(
            _("Une version plus récente du dossier est déjà déposée : la page que vous aviez était plus ancienne."),
            code="older_than_submitted",
        )


def _shown_at(candidacy: Candidacy, revision: int) -> Content:
    kept = DossierRevision.objects.filter(dossier=candidacy.dossier, revision=revision).first()
    if kept is None:
        raise Refusal(
            _("Le dossier a changé depuis l’affichage de cette page. Rechargez-la, relisez, puis déposez."),
            code="revision_gone",
        )
    content: Content = json.loads(kept.content)
    return content


def _refuse_incomplete(call: Call, candidacy: Candidacy, content: Content, at: datetime) -> None:
    unreadable = set(
        Document.objects.filter(dossier=candidacy.dossier, state__in=UNUSABLE).values_list("stored__digest", flat=True)
    )
    expected = Expectations.of(call, content["organisation"]["legal_form"], at.date())
    if items := blocking(missing(expected, content, unreadable)):
        raise Refusal(
            _("Le dossier ne peut pas encore être déposé : il manque ce qui suit."),
            code="incomplete",
            items=[item.sentence for item in items],
        )


def freeze_content(
    candidacy: Candidacy,
    call: Call,
    author: Member,
    content: Content,
    revision: int,
    arrived_at: datetime,
    *,
    origin: SubmissionOrigin = SubmissionOrigin.ONLINE,
) -> Submission:
    """Write the version, for ever: the content of that revision and its files. The caller has judged it."""
    text = DossierRevision.objects.get(dossier=candidacy.dossier, revision=revision).content
    statement = content["statement"]
    submission = Submission.objects.create(
        candidacy=candidacy,
        version=candidacy.submissions.count() + 1,
        revision=revision,
        origin=origin,
        arrived_at=arrived_at,
        closes_at=call.closes_at,
        content=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        submitted_by=author.user,
        account=author.actor.label,
        signatory=f"{statement['signatory_name']}, {statement['signatory_title']}",
    )
    _freeze_files(submission, candidacy, call, content)
    settle_replacements(submission)
    return submission


def _freeze_files(submission: Submission, candidacy: Candidacy, call: Call, content: Content) -> None:
    digests = [document["sha256"] for document in content["documents"]]
    stored = {row.digest: row for row in StoredFile.objects.filter(digest__in=digests)}
    pages = dict(candidacy.dossier.documents.values_list("stored__digest", "pages"))
    labels = dict(call.requirements.values_list("code", "label_fr"))
    SubmissionFile.objects.bulk_create(
        SubmissionFile(
            submission=submission,
            requirement_code=document["requirement"],
            requirement_label=labels[document["requirement"]],
            name=document["name"],
            stored=stored[document["sha256"]],
            pages=pages.get(document["sha256"]),
        )
        for document in content["documents"]
    )


@locks.retried
def _record_late_attempt(member: Member, revision: int, arrived_at: datetime, code: str) -> None:
    """Keep what the platform saw, each time; the team is told in the same transaction, the first time in an hour."""
    with transaction.atomic():
        attempt = LateAttempt.objects.create(
            candidacy=lock_candidacy(member.candidacy_id),
            arrived_at=arrived_at,
            closes_at=Call.objects.get(pk=member.candidacy.call_id).closes_at,
            revision=revision,
            author=member.actor.label,
            origin=current_origin(),
            code=code,
        )
        internal_letters.late_attempt(attempt, at=arrived_at)
