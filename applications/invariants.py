"""What must always hold in the application phase."""

import hashlib
from collections.abc import Iterator

from django.db.models import Count, Exists, F, Max, OuterRef, Q

from applications import receipts
from applications.enums import CandidacyState, SubmissionOrigin
from applications.models import (
    Agreement,
    Call,
    CallLine,
    Candidacy,
    CandidacyLine,
    ClosingList,
    Document,
    Dossier,
    Extension,
    LateAttempt,
    Member,
    Receipt,
    SafetyNetConsent,
    Submission,
    SubmissionFile,
)
from applications.workflow import AGREEMENT, WITH_A_LIVE_DRAFT
from hubs_portal.invariants import invariant
from hubs_portal.journal import JournalLine, broken_lines

_BEFORE_SUBMISSION = {*WITH_A_LIVE_DRAFT, CandidacyState.WITHDRAWN, CandidacyState.NOT_SUBMITTED} - {
    CandidacyState.SUBMITTED
}
# The acts that move an agreement, in the journal of its candidacy.
_FOLLOWING = frozenset(step.name for step in AGREEMENT)


@invariant
def online_submissions_arrived_before_the_closing_time_applied() -> Iterator[Submission]:
    """The constraint says it too; this one would find a row written around it."""
    yield from Submission.objects.filter(origin=SubmissionOrigin.ONLINE, arrived_at__gte=F("closes_at")).order_by("pk")


@invariant
def the_safety_net_submits_with_a_consent_and_at_the_closing_time() -> Iterator[Submission]:
    """Given before the closing time applied, and not taken back before it; never without."""
    consent = SafetyNetConsent.objects.filter(
        Q(revoked_at__isnull=True) | Q(revoked_at__gte=OuterRef("closes_at")),
        candidacy=OuterRef("candidacy"),
        given_at__lt=OuterRef("closes_at"),
        signatory=OuterRef("signatory"),
    )
    cast = Submission.objects.filter(origin=SubmissionOrigin.SAFETY_NET)
    yield from cast.filter(~Exists(consent) | ~Q(arrived_at=F("closes_at"))).order_by("pk")


@invariant
def each_submission_has_its_receipt() -> Iterator[Submission]:
    """CRPA L112-11: every electronic sending is acknowledged."""
    yield from Submission.objects.filter(receipt__isnull=True).order_by("pk")


@invariant
def submissions_hash_to_their_digest() -> Iterator[Submission]:
    """The content is what was submitted, to the byte."""
    for submission in Submission.objects.order_by("pk"):
        if hashlib.sha256(submission.content.encode()).hexdigest() != submission.digest:
            yield submission


@invariant
def submissions_name_exactly_their_frozen_files() -> Iterator[Submission]:
    """The content lists the files, and the frozen rows are those files."""
    for submission in Submission.objects.order_by("pk").prefetch_related("files__stored"):
        named = sorted(document["sha256"] for document in submission.says["documents"])
        if named != sorted(file.stored.digest for file in submission.files.all()):
            yield submission


@invariant
def versions_of_a_candidacy_follow_each_other() -> Iterator[Candidacy]:
    """1, 2, 3: no version is missing."""
    yield from (
        Candidacy.objects.annotate(n=Count("submissions"), last=Max("submissions__version"))
        .filter(n__gt=0)
        .exclude(last=F("n"))
        .order_by("pk")
    )


@invariant
def receipts_are_signed_by_us() -> Iterator[Receipt]:
    """A manifest that was altered no longer verifies."""
    for receipt in Receipt.objects.order_by("pk"):
        if not receipts.is_authentic(receipt):
            yield receipt


@invariant
def submitted_candidacies_have_a_submission() -> Iterator[Candidacy]:
    """Whoever is past « déposée » has a version that counts."""
    yield from (Candidacy.objects.exclude(state__in=_BEFORE_SUBMISSION).filter(submissions__isnull=True).order_by("pk"))


@invariant
def no_draft_is_left_in_a_frozen_call_that_was_settled() -> Iterator[Candidacy]:
    """Once one candidacy of a call was examined, none is still « en préparation »."""
    examined = Candidacy.objects.exclude(state__in=[*WITH_A_LIVE_DRAFT, CandidacyState.WITHDRAWN]).exclude(
        state__in=[CandidacyState.NOT_SUBMITTED, CandidacyState.FROZEN]
    )
    yield from Candidacy.objects.filter(
        call__in=examined.values("call"), call__frozen_at__isnull=False, state__in=WITH_A_LIVE_DRAFT
    ).order_by("pk")


@invariant
def each_candidacy_has_one_contact() -> Iterator[Candidacy]:
    """Somebody answers for each candidacy."""
    contacts = Count("members", filter=Q(members__is_contact=True, members__removed_at__isnull=True))
    yield from Candidacy.objects.annotate(n=contacts).exclude(n=1).order_by("pk")


@invariant
def each_candidacy_has_a_structure_and_a_dossier() -> Iterator[Candidacy]:
    """They are created together."""
    yield from Candidacy.objects.filter(Q(organisation__isnull=True) | Q(dossier__isnull=True)).order_by("pk")


@invariant
def the_last_revision_of_a_dossier_is_kept() -> Iterator[Dossier]:
    """What the review page shows can be submitted."""
    yield from Dossier.objects.filter(revision__gt=0).exclude(revisions__revision=F("revision")).order_by("pk")


@invariant
def one_current_file_per_requirement_that_takes_one() -> Iterator[object]:
    """A replaced file is put aside."""
    yield from (
        Document.objects.current()
        .filter(requirement__several=False)
        .values("dossier", "requirement")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("dossier", "requirement")
    )


@invariant
def journals_are_whole() -> Iterator[JournalLine]:
    """No line altered, none missing."""
    yield from broken_lines(CandidacyLine)
    yield from broken_lines(CallLine)


@invariant
def each_state_was_reached_by_a_written_step() -> Iterator[Candidacy]:
    """The last step in the journal of a candidacy led to its present state."""
    for candidacy in Candidacy.objects.exclude(state=CandidacyState.SIGNALLED).order_by("pk"):
        last = candidacy.journal.exclude(details__to=None).order_by("-sequence").first()
        if last is None or last.details["to"] != candidacy.state:
            yield candidacy


@invariant
def late_attempts_are_late() -> Iterator[LateAttempt]:
    """A refusal for lateness was just, unless the list was frozen."""
    yield from LateAttempt.objects.filter(code="too_late", arrived_at__lt=F("closes_at")).order_by("pk")


@invariant
def closing_lists_hash_to_their_digest() -> Iterator[ClosingList]:
    """The list of submissions is the one that was frozen."""
    for closing_list in ClosingList.objects.order_by("pk"):
        if hashlib.sha256(closing_list.content.encode()).hexdigest() != closing_list.digest:
            yield closing_list


@invariant
def signed_extensions_are_in_force() -> Iterator[Call]:
    """The closing time of a call is that of its last signed extension."""
    for extension in Extension.objects.filter(signed_at__isnull=False).order_by("call", "signed_at"):
        later = extension.call.extensions.filter(signed_at__gt=extension.signed_at)
        if not later.exists() and extension.call.closes_at != extension.new_closes_at:
            yield extension.call


@invariant
def frozen_files_are_of_the_size_they_had() -> Iterator[SubmissionFile]:
    """The receipt gave a size and a fingerprint; the stored row still has them."""
    for file in SubmissionFile.objects.select_related("stored", "submission__receipt").order_by("pk"):
        told = {(f["sha256"], f["size"]) for f in file.submission.receipt.says["files"]}
        if (file.stored.digest, file.stored.size) not in told:
            yield file


@invariant
def joined_members_have_an_account() -> Iterator[Member]:
    """A membership joined at an instant is somebody's."""
    yield from Member.objects.filter(joined_at__isnull=False, user__isnull=True).order_by("pk")


@invariant
def agreements_grant_what_the_jury_decided() -> Iterator[Agreement]:
    """One for an awarded candidacy, of the amount of its award."""
    yield from (
        Agreement.objects.exclude(candidacy__state=CandidacyState.AWARDED, amount=F("candidacy__award__amount"))
        .select_related("candidacy")
        .order_by("pk")
    )


@invariant
def each_agreement_was_reached_by_a_written_act() -> Iterator[Agreement]:
    """The journal of its candidacy has the act that led to its present state, and as many sendings as it counts."""
    for agreement in Agreement.objects.select_related("candidacy").order_by("pk"):
        acts = list(
            agreement.candidacy.journal.filter(act__in=_FOLLOWING).order_by("sequence").values_list("act", flat=True)
        )
        reached = AGREEMENT.steps[acts[-1]].target if acts else None
        if (reached, acts.count("send_agreement")) != (agreement.state, agreement.sendings):
            yield agreement
