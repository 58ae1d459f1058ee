"""Every act of the application phase and the letters it writes, counted: a new act that is not here fails.

The cast: on each dossier, its contact and a colleague who edits (they are written to), somebody who only reads (never),
and the legal representative named in what was submitted (written to of decisions and receipts).
"""

import hashlib
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.actions import (
    agreement,
    amendment,
    assessment,
    checklist,
    closing,
    commitment,
    conclusion,
    correspondence,
    deposit,
    documents,
    drafting,
    extension,
    incidents,
    membership,
    neighbours,
    open_data,
    publication,
    reading,
    replacing,
    safety_net,
    screening,
    setup,
    signalling,
    uploads,
    verdicts,
    withdrawal,
    wording,
)
from applications.actions.purposes import ForDraft
from applications.enums import CheckVerdict, ExclusionStage, LegalForm, Outcome, Rights, Role, Section
from applications.models import (
    Award,
    Call,
    Candidacy,
    CandidacyLetter,
    CommitmentRequest,
    CompletionItem,
    CompletionRequest,
    Document,
    Exclusion,
    Member,
    Mission,
    Publication,
    Replacement,
    Requirement,
    Territory,
)
from applications.rules.deadline import FREEZE_DELAY
from applications.selectors.wording import KINDS, Text
from hubs_portal.accounts.models import User
from hubs_portal.actors import Actor
from hubs_portal.files import store_bytes
from hubs_portal.uploads.folder import FolderTransport
from tests import builders
from tests.builders.examined import AFTER, an_assessed, an_eligible, team_of
from tests.builders.letters_per_act import Act, Table

NOW, CLOSES = builders.NOW, builders.CLOSES
RELEASE = AFTER + timedelta(days=60)
JURY = Actor.machine("jury")
HELPERS = """
    amendment.refuse_unless_in_charge checklist.said conclusion.published_results documents.received
    documents.refuse_unfit documents.refuse_unexpected documents.kit_stamp documents.join_document
    drafting.changing drafting.keep_revision drafting.saving drafting.refuse_unless_live kit.remember kit.save_kit_file
    kit.stamped membership.still publication.missing_to_publish safety_net.cast safety_net.drop
    steps.lock_call steps.lock_candidacy steps.moving_call steps.record steps.record_on_call steps.taking_step
    submission.freeze_content
    uploads.abandon_upload uploads.arrival_of uploads.first_calls uploads.open_upload uploads.sign_calls
    uploads.upload_of replacing.settle_replacements replacing.take_in replacing.take_replacement screening.take_item
    purposes.whose wording.mark
"""
pytestmark = pytest.mark.django_db


class Cast:
    """An open call with three dossiers, one of each sort; a closed one with two to examine; a draft of a call."""

    def __init__(self) -> None:
        self.call = builders.a_call()
        self.signalled, self.ready, self.submitted = [_a_dossier(self.call) for _ in range(3)]
        for member in (self.ready, self.submitted):
            builders.a_complete_dossier(member)
        builders.a_submission(self.submitted)
        self.manager, self.other_manager = team_of(self.call, Role.MANAGER)
        self.closed = builders.a_call()
        self.members = [_a_dossier(self.closed) for _ in range(2)]
        for member in self.members:
            builders.a_submission(member)
        at = CLOSES + FREEZE_DELAY
        closing.close_call(self.closed, at=at)
        closing.settle_candidacies(self.closed, at=at)
        self.closed.refresh_from_db()
        self.frozen, self.second = Candidacy.objects.filter(call=self.closed).order_by("pk")
        self.officer = team_of(self.closed, Role.OFFICER)[0]
        self.colleague, self.last = team_of(self.closed, Role.MANAGER)
        self.draft = builders.a_call(published=False)

    def asked(self) -> CompletionItem:
        """The document asked for of the first dossier."""
        wanted = Requirement.objects.filter(call=self.closed, code="mandate")
        screening.request_completion(
            self.frozen,
            dict.fromkeys(wanted, "Illisible."),
            due_at=AFTER + timedelta(days=9),
            by=self.officer,
            at=AFTER,
        )
        return CompletionItem.objects.select_related("request__candidacy").get()

    def excluded(self) -> Exclusion:
        """The exclusion proposed of the first dossier."""
        return screening.propose_exclusion(
            self.frozen,
            stage=ExclusionStage.ADMISSIBILITY,
            rule="3.2",
            reason="Hors sujet.",
            by=self.officer,
            at=AFTER,
        )

    def decided(self) -> None:
        """Both heard; the first awarded, the second not, under embargo."""
        for candidacy, outcome, amount in [
            (self.frozen, Outcome.AWARDED, Decimal(100_000)),
            (self.second, Outcome.NOT_SELECTED, None),
        ]:
            an_assessed(candidacy)
            assessment.shortlist(candidacy, by=self.colleague, at=AFTER)
            conclusion.mark_heard(candidacy, by=JURY, at=AFTER)
            conclusion.conclude(candidacy, outcome=outcome, amount=amount, reasons="Motif.", by=JURY, at=AFTER)

    def requested(self) -> Publication:
        """The release asked for."""
        self.decided()
        return conclusion.request_release(self.closed, by=self.colleague, at=RELEASE)

    def released(self) -> Candidacy:
        """The first dossier, awarded and told."""
        conclusion.release_results(self.requested(), by=self.last, at=RELEASE)
        return Candidacy.objects.select_related("call").get(pk=self.frozen.pk)

    def agreed(self) -> object:
        """The agreement of the first dossier, sent."""
        return _send(self.released(), self.officer)


def _a_dossier(call: Call) -> Member:
    contact = builders.a_signalled(call)
    builders.an_invited(contact)
    builders.an_invited(contact, rights=Rights.VIEW)
    return contact


def _send(candidacy: Candidacy, by: User) -> object:
    return agreement.send_agreement(
        candidacy,
        builders.a_file(),
        name="c.pdf",
        schedule="En une fois.",
        return_by=date(2019, 6, 1),
        by=by,
        at=RELEASE,
    )


def common_ground() -> Cast:
    return Cast()


@pytest.fixture
def cast(ground: Cast) -> Cast:
    return ground


table: Table[Cast] = Table("applications.actions", helpers=HELPERS.split())


@pytest.mark.parametrize("act", sorted(table.acts()))
def test_each_act_writes_these_letters_and_no_other(cast: Cast, act: str) -> None:
    assert act in table.rows, f"{act} is not in the table: see tests/builders/letters_per_act.py"

    assert table.written_by(act, cast) == table.rows[act][1]


def test_the_table_holds_no_act_that_does_not_exist(cast: Cast) -> None:
    assert set(table.rows) - table.acts() == set()


# ---------------------------------------------------------------- before the closing


@table.writes("signalling.signal", signalling=1)
def _(cast: Cast) -> Act:
    said = signalling.Signal(
        name="Association",
        legal_form=LegalForm.ASSOCIATION,
        siret=builders.a_siret(9),
        contact_name="Camille",
        contact_email="camille@exemple.invalid",
    )
    return lambda: signalling.signal(cast.call, said, at=NOW)


@table.writes("membership.invite", member_invited=1)
def _(cast: Cast) -> Act:
    return lambda: membership.invite(
        cast.submitted, email="claude@exemple.invalid", name="Claude", rights=Rights.EDIT, at=NOW
    )


@table.writes("membership.join")
def _(cast: Cast) -> Act:
    user = builders.a_user(email=cast.submitted.email)
    return lambda: membership.join(cast.submitted, user, at=NOW)


@table.writes("membership.join_anew")
def _(cast: Cast) -> Act:
    return lambda: membership.join_anew(cast.submitted, name="Camille", password=builders.PASSWORD, at=NOW)


@table.writes("membership.remove")
def _(cast: Cast) -> Act:
    colleague = cast.submitted.candidacy.members.get(is_contact=False, rights=Rights.EDIT)
    return lambda: membership.remove(cast.submitted, colleague, at=NOW)


# Told to whoever is concerned, when they have an account.
@table.writes("membership.change_rights", rights_changed=1)
def _(cast: Cast) -> Act:
    colleague = builders.joined(cast.submitted.candidacy.members.get(is_contact=False, rights=Rights.EDIT))
    return lambda: membership.change_rights(cast.submitted, colleague, Rights.SUBMIT, at=NOW)


@table.writes("membership.entrust", dossier_entrusted=1, dossier_handed_over=1)
def _(cast: Cast) -> Act:
    colleague = builders.joined(cast.submitted.candidacy.members.get(is_contact=False, rights=Rights.EDIT))
    return lambda: membership.entrust(cast.submitted, colleague, at=NOW)


def test_somebody_who_worked_on_a_dossier_is_told_of_their_removal(cast: Cast) -> None:
    other: Table[Cast] = Table("applications.actions", helpers=[])

    @other.writes("membership.remove", member_removed=1)
    def _(cast: Cast) -> Act:
        colleague = builders.joined(cast.submitted.candidacy.members.get(is_contact=False, rights=Rights.EDIT))
        return lambda: membership.remove(cast.submitted, colleague, at=NOW)

    assert other.written_by("membership.remove", cast) == {"member_removed": 1}


def _first_save(save: Callable[[Member], object]) -> Callable[[Cast], Act]:
    return lambda cast: lambda: save(cast.signalled)


# The first thing saved opens the dossier; nothing is written of those that follow.
table.writes("drafting.save_organisation", dossier_opened=2)(
    _first_save(lambda member: drafting.save_organisation(member, {"city": "Nantua"}, at=NOW))
)
table.writes("drafting.save_answers", dossier_opened=2)(
    _first_save(lambda member: drafting.save_answers(member, Section.PROJECT, {}, at=NOW))
)
table.writes("drafting.save_territories", dossier_opened=2)(
    _first_save(lambda member: drafting.save_territories(member, [], texts={}, reason="", at=NOW))
)
table.writes("drafting.save_rows", dossier_opened=2)(
    _first_save(lambda member: drafting.save_rows(member, Section.CONSORTIUM, {}, at=NOW))
)
table.writes("drafting.save_statement", dossier_opened=2)(
    _first_save(lambda member: drafting.save_statement(member, {}, at=NOW))
)


@table.writes("drafting.promise")
def _(cast: Cast) -> Act:
    wanted = Requirement.objects.get(call=cast.call, code="accounts")
    return lambda: drafting.promise(cast.submitted, wanted, reason="En cours.", promised_on=date(2018, 12, 18), at=NOW)


@table.writes("documents.add_document")
def _(cast: Cast) -> Act:
    wanted = Requirement.objects.get(call=cast.call, code="statutes")
    return lambda: documents.add_document(cast.submitted, wanted, builders.a_file(), name="statuts.pdf", at=NOW)


@table.writes("uploads.complete_upload")
def _complete_upload(cast: Cast) -> Act:
    content = builders.a_pdf("Statuts")
    purpose = ForDraft(cast.submitted, "statutes", NOW)
    upload = uploads.open_upload(
        purpose,
        name="statuts.pdf",
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        media_type="application/pdf",
        at=NOW,
    )
    FolderTransport().take(upload, 1, io.BytesIO(content), len(content))
    return lambda: uploads.complete_upload(purpose, upload, at=NOW)


@table.writes("documents.remove_document")
def _(cast: Cast) -> Act:
    document = cast.submitted.candidacy.dossier.documents.current().order_by("pk")[0]
    return lambda: documents.remove_document(cast.submitted, document, at=NOW)


@table.writes("verdicts.inspect_document")
def _(cast: Cast) -> Act:
    document = cast.submitted.candidacy.dossier.documents.current().order_by("pk")[0]
    return lambda: verdicts.inspect_document(str(document.pk))


def _damaged(candidacy: Candidacy) -> Document:
    """One of its files, whose bytes nobody can open."""
    document = candidacy.dossier.documents.current().order_by("pk")[0]
    broken = store_bytes(b"%PDF-1.4 damaged")
    document.stored = broken
    document.save(update_fields=["stored"])
    return document


# What is found once submitted is told to the two who work on the dossier; before, the page says it.
@table.writes("verdicts.quarantine_file", file_to_replace=2)
def _(cast: Cast) -> Act:
    document = cast.submitted.candidacy.dossier.documents.current().order_by("pk")[0]
    return lambda: verdicts.quarantine_file(str(document.stored_id))


def test_what_is_found_in_a_draft_is_told_by_no_letter(cast: Cast) -> None:
    other: Table[Cast] = Table("applications.actions", helpers=[])

    @other.writes("verdicts.inspect_document")
    def _(cast: Cast) -> Act:
        document = _damaged(cast.ready.candidacy)
        return lambda: verdicts.inspect_document(str(document.pk))

    assert other.written_by("verdicts.inspect_document", cast) == {}


@table.writes("submission.submit", submission_receipt=3)
def _(cast: Cast) -> Act:
    return lambda: builders.a_submission(cast.ready)


def test_a_second_version_has_a_receipt_of_its_own(cast: Cast) -> None:
    other: Table[Cast] = Table("applications.actions", helpers=[])

    @other.writes("submission.submit", new_version_receipt=3)
    def _(cast: Cast) -> Act:
        drafting.save_organisation(cast.submitted, {"city": "Nantua"}, at=NOW)
        return lambda: builders.a_submission(cast.submitted)

    assert other.written_by("submission.submit", cast) == {"new_version_receipt": 3}


@table.writes("withdrawal.withdraw", withdrawal_receipt=2)
def _(cast: Cast) -> Act:
    return lambda: withdrawal.withdraw(cast.submitted, at=NOW)


@table.writes("withdrawal.resume", resumption_receipt=2)
def _(cast: Cast) -> Act:
    withdrawal.withdraw(cast.submitted, at=NOW)
    return lambda: withdrawal.resume(cast.submitted, at=NOW)


# ---------------------------------------------------------------- the call


@table.writes("setup.create_call")
def _(cast: Cast) -> Act:
    new = Call.objects.get(pk=cast.draft.pk)
    new.pk, new.slug, new._state.adding = None, "un-autre", True
    return lambda: setup.create_call(new, by=cast.manager, at=NOW)


@table.writes("setup.duplicate_call")
def _(cast: Cast) -> Act:
    return lambda: setup.duplicate_call(
        cast.call, slug="une-copie", title="Copie", prefix="COP", by=cast.manager, at=NOW
    )


@table.writes("setup.set_levels")
def _(cast: Cast) -> Act:
    return lambda: setup.set_levels(cast.draft, {}, by=team_of(cast.draft, Role.MANAGER)[0], at=NOW)


@table.writes("publication.publish_call")
def _(cast: Cast) -> Act:
    author = Actor.person(team_of(cast.draft, Role.MANAGER)[0])
    return lambda: publication.publish_call(cast.draft, by=author, at=NOW)


@table.writes("amendment.amend_call")
def _(cast: Cast) -> Act:
    cast.call.service_hours = "le matin"
    return lambda: amendment.amend_call(cast.call, ["service_hours"], by=cast.manager, at=NOW, reason="Été.")


@table.writes("amendment.amend_part")
def _(cast: Cast) -> Act:
    mission = Mission.objects.get(call=cast.draft)
    manager = team_of(cast.draft, Role.MANAGER)[0]
    return lambda: amendment.amend_part(cast.draft, [mission], [], by=manager, at=NOW)


@table.writes("amendment.team_account", account_invitation=1)
def _(cast: Cast) -> Act:
    return lambda: amendment.team_account("nouvelle@exemple.invalid", at=NOW)


@table.writes("extension.propose_extension", second_signature=1)
def _(cast: Cast) -> Act:
    later = CLOSES + timedelta(days=2)
    return lambda: extension.propose_extension(cast.call, new_closes_at=later, reason="Panne.", by=cast.manager, at=NOW)


# To the contact of each of the three dossiers of the call.
@table.writes("extension.sign_extension", call_amended=3)
def _(cast: Cast) -> Act:
    later = CLOSES + timedelta(days=2)
    proposed = extension.propose_extension(cast.call, new_closes_at=later, reason="Panne.", by=cast.manager, at=NOW)
    return lambda: extension.sign_extension(proposed, by=cast.other_manager, at=NOW)


# Two dossiers were never submitted: to the two people who work on each, once settled.
@table.writes("safety_net.consent")
def _(cast: Cast) -> Act:
    return lambda: builders.a_consent(cast.ready)


@table.writes("safety_net.revoke")
def _(cast: Cast) -> Act:
    builders.a_consent(cast.ready)
    return lambda: safety_net.revoke(cast.ready, at=NOW)


def test_the_closing_writes_a_receipt_of_what_the_safety_net_submits(cast: Cast) -> None:
    builders.a_consent(cast.ready)
    other: Table[Cast] = Table("applications.actions", helpers=[])
    other.writes("closing.close_call", submission_receipt=3)(
        lambda cast: lambda: closing.close_call(cast.call, at=CLOSES + FREEZE_DELAY)
    )

    assert other.written_by("closing.close_call", cast) == {"submission_receipt": 3}


@table.writes("closing.close_call")
def _(cast: Cast) -> Act:
    return lambda: closing.close_call(cast.call, at=CLOSES + FREEZE_DELAY)


@table.writes("closing.settle_candidacies", not_submitted=4)
def _(cast: Cast) -> Act:
    closing.close_call(cast.call, at=CLOSES + FREEZE_DELAY)
    return lambda: closing.settle_candidacies(cast.call, at=CLOSES + FREEZE_DELAY)


@table.writes("closing.close_due_calls", not_submitted=4)
def _(cast: Cast) -> Act:
    return lambda: closing.close_due_calls(at=CLOSES + FREEZE_DELAY)


# ---------------------------------------------------------------- the examination


@table.writes("reading.record_reading")
def _(cast: Cast) -> Act:
    version = cast.frozen.submissions.get()
    return lambda: reading.record_reading(version, by=cast.officer, at=AFTER)


@table.writes("reading.record_file_reading")
def _(cast: Cast) -> Act:
    file = cast.frozen.submissions.get().files.order_by("pk")[0]
    return lambda: reading.record_file_reading(file, by=cast.officer, at=AFTER)


@table.writes("reading.record_completion_reading")
def _(cast: Cast) -> Act:
    item = cast.asked()
    return lambda: reading.record_completion_reading(item, by=cast.officer, at=AFTER)


@table.writes("screening.tick")
def _(cast: Cast) -> Act:
    return lambda: screening.tick(cast.frozen, "budget", CheckVerdict.YES, by=cast.officer, at=AFTER)


@table.writes("checklist.tick_lines")
def _(cast: Cast) -> Act:
    line = checklist.Tick("budget", "budget", CheckVerdict.YES, "", ("", ""))
    return lambda: checklist.tick_lines(cast.frozen, [line], by=cast.officer, at=AFTER)


@table.writes("screening.request_completion", completion_request=2)
def _(cast: Cast) -> Act:
    return cast.asked


# One document was asked for, and it comes.
@table.writes("screening.complete", completion_received=2)
def _(cast: Cast) -> Act:
    item = cast.asked()
    assert CompletionRequest.objects.get().items.count() == 1
    return lambda: screening.complete(cast.members[0], item, builders.a_file(), name="p.pdf", at=AFTER)


def _replacement(cast: Cast) -> Replacement:
    document = cast.members[0].candidacy.dossier.documents.current().order_by("pk")[0]
    verdicts.quarantine_file(str(document.stored_id))
    return Replacement.objects.select_related("document__requirement__call").get(document=document)


@table.writes("replacing.want_replacement", file_to_replace=2)
def _(cast: Cast) -> Act:
    document = cast.frozen.dossier.documents.current().select_related("requirement").order_by("pk")[0]
    return lambda: replacing.want_replacement(document, cast.frozen, at=AFTER)


@table.writes("replacing.replace_file", replacement_received=2)
def _(cast: Cast) -> Act:
    replacement = _replacement(cast)
    sent = builders.a_file(builders.a_pdf("Autre"))
    return lambda: replacing.replace_file(cast.members[0], replacement, sent, name="p.pdf", at=AFTER)


@table.writes("replacing.want_another", file_to_replace=2)
def _(cast: Cast) -> Act:
    item = cast.asked()
    screening.complete(cast.members[0], item, builders.a_file(), name="p.pdf", at=AFTER)
    candidacy = Candidacy.objects.get(pk=cast.frozen.pk)
    return lambda: replacing.want_another(CompletionItem.objects.get(pk=item.pk), candidacy, at=AFTER)


@table.writes("verdicts.inspect_completion_item")
def _(cast: Cast) -> Act:
    item = cast.asked()
    screening.complete(cast.members[0], item, builders.a_file(), name="p.pdf", at=AFTER)
    return lambda: verdicts.inspect_completion_item(f"{item.pk} {AFTER.isoformat()}")


@table.writes("verdicts.inspect_replacement")
def _(cast: Cast) -> Act:
    replacement = _replacement(cast)
    sent = builders.a_file(builders.a_pdf("Autre"))
    replacing.replace_file(cast.members[0], replacement, sent, name="p.pdf", at=AFTER)
    return lambda: verdicts.inspect_replacement(f"{replacement.pk} {AFTER.isoformat()}")


@table.writes("reading.record_replacement_reading")
def _(cast: Cast) -> Act:
    replacement = _replacement(cast)
    return lambda: reading.record_replacement_reading(replacement, by=cast.officer, at=AFTER)


@table.writes("reading.record_archive_reading")
def _(cast: Cast) -> Act:
    made = cast.frozen.submissions.get()
    return lambda: reading.record_archive_reading(made, by=cast.officer, at=AFTER)


@table.writes("screening.admit")
def _(cast: Cast) -> Act:
    return lambda: screening.admit(cast.frozen, by=cast.officer, at=AFTER)


@table.writes("screening.find_eligible", eligibility_decision=3)
def _(cast: Cast) -> Act:
    screening.admit(cast.frozen, by=cast.officer, at=AFTER)
    return lambda: screening.find_eligible(cast.frozen, by=cast.officer, at=AFTER)


@table.writes("screening.propose_exclusion", second_signature=2)
def _(cast: Cast) -> Act:
    return cast.excluded


@table.writes("screening.confirm_exclusion", eligibility_decision=3)
def _(cast: Cast) -> Act:
    proposed = cast.excluded()
    return lambda: screening.confirm_exclusion(proposed, by=cast.colleague, at=AFTER)


@table.writes("screening.drop_exclusion")
def _(cast: Cast) -> Act:
    proposed = cast.excluded()
    return lambda: screening.drop_exclusion(proposed, by=cast.colleague, at=AFTER)


@table.writes("assessment.assess")
def _(cast: Cast) -> Act:
    an_eligible(cast.frozen)
    marks = {criterion: Decimal(4) for criterion in cast.closed.criteria.all()}
    return lambda: assessment.assess(cast.frozen, marks, by=cast.officer, at=AFTER)


# The convocation is the letter that says so.
@table.writes("assessment.shortlist")
def _(cast: Cast) -> Act:
    an_assessed(cast.frozen)
    return lambda: assessment.shortlist(cast.frozen, by=cast.colleague, at=AFTER)


@table.writes("assessment.set_aside", not_shortlisted=3)
def _(cast: Cast) -> Act:
    an_assessed(cast.frozen)
    return lambda: assessment.set_aside(cast.frozen, reason="Trop loin.", by=cast.colleague, at=AFTER)


@table.writes("correspondence.resend_letter")
def _(cast: Cast) -> Act:
    link = CandidacyLetter.objects.filter(candidacy=cast.frozen, letter__kind="submission_receipt").order_by("pk")[0]
    type(link.letter).objects.filter(pk=link.letter_id).update(state="failed")
    return lambda: correspondence.resend_letter(link.letter, by=cast.officer, at=AFTER)


@table.writes("correspondence.tell_by_telephone")
def _(cast: Cast) -> Act:
    link = CandidacyLetter.objects.filter(candidacy=cast.frozen, letter__kind="submission_receipt").order_by("pk")[0]
    type(link.letter).objects.filter(pk=link.letter_id).update(state="failed")
    return lambda: correspondence.tell_by_telephone(link.letter, by=cast.officer, at=AFTER)


# ---------------------------------------------------------------- problems, partners, words


# To the reporter, and to the officer and the two managers who may answer.
@table.writes("incidents.report_problem", problem_received=1, incident_alert=3)
def _(cast: Cast) -> Act:
    return lambda: incidents.report_problem(cast.ready, happened="Page blanche.", arrived_at=NOW)


@table.writes("incidents.answer_problem", problem_answered=1)
def _(cast: Cast) -> Act:
    reported = incidents.report_problem(cast.ready, happened="Page blanche.", arrived_at=NOW)
    return lambda: incidents.answer_problem(reported, text="Rechargez-la.", by=cast.manager, at=NOW)


@table.writes("incidents.close_problem")
def _(cast: Cast) -> Act:
    reported = incidents.report_problem(cast.ready, happened="Page blanche.", arrived_at=NOW)
    return lambda: incidents.close_problem(reported, by=cast.manager, at=NOW, note="Réglé.")


@table.writes("neighbours.make_known")
def _(cast: Cast) -> Act:
    return lambda: neighbours.make_known(cast.ready, _signalled_in(cast.ready), at=NOW)


@table.writes("neighbours.stay_unknown")
def _(cast: Cast) -> Act:
    neighbours.make_known(cast.ready, _signalled_in(cast.ready), at=NOW)
    return lambda: neighbours.stay_unknown(cast.ready, at=NOW)


# To the contact alone.
@table.writes("neighbours.write_to_neighbour", neighbour_message=1)
def _(cast: Cast) -> Act:
    neighbours.make_known(cast.ready, _signalled_in(cast.ready), at=NOW)
    other = neighbours.make_known(cast.signalled, _signalled_in(cast.signalled), at=NOW)
    return lambda: neighbours.write_to_neighbour(cast.ready, other.code, "Bonjour.", at=NOW)


def _signalled_in(member: Member) -> list[Territory]:
    return list(member.candidacy.territories.all())


def _ask(cast: Cast) -> Callable[[], CommitmentRequest]:
    partner = cast.ready.candidacy.dossier.partners.all()[0]
    partner.contact_email = "partenaire@exemple.invalid"
    partner.save()
    return lambda: commitment.ask_commitment(cast.ready, partner=partner.name, address=partner.contact_email, at=NOW)


@table.writes("commitment.ask_commitment", partner_commitment=1)
def _(cast: Cast) -> Act:
    return _ask(cast)


@table.writes("commitment.revoke_commitment")
def _(cast: Cast) -> Act:
    asked = _ask(cast)()
    return lambda: commitment.revoke_commitment(cast.ready, partner=asked.partner, address=asked.address, at=NOW)


# To the partner, and to the two people who work on the dossier.
@table.writes("deposit.deposit_commitment", commitment_received=1, commitment_deposited=2)
def _(cast: Cast) -> Act:
    asked = _ask(cast)()
    return lambda: deposit.deposit_commitment(asked, builders.a_file(), name="lettre.pdf", at=NOW)


@table.writes("wording.adapt_wording")
def _(cast: Cast) -> Act:
    return lambda: wording.adapt_wording(
        cast.call, KINDS["signalling"], "fr", Text("", "Bienvenue."), by=cast.manager, at=NOW
    )


@table.writes("wording.restore_wording")
def _(cast: Cast) -> Act:
    signalled = KINDS["signalling"]
    wording.adapt_wording(cast.call, signalled, "fr", Text("", "Bienvenue."), by=cast.manager, at=NOW)
    return lambda: wording.restore_wording(cast.call, signalled, "fr", by=cast.manager, at=NOW)


@table.writes("open_data.mark_open_data")
def _(cast: Cast) -> Act:
    released = cast.released()
    day, address = (RELEASE + timedelta(days=1)).date(), "https://exemple.invalid/donnees"
    at = RELEASE + timedelta(days=2)
    return lambda: open_data.mark_open_data(released.call, address=address, published_on=day, by=cast.last, at=at)


# ---------------------------------------------------------------- the conclusion


# The jury phase writes the convocation.
@table.writes("conclusion.mark_convened")
def _(cast: Cast) -> Act:
    an_assessed(cast.frozen)
    assessment.shortlist(cast.frozen, by=cast.colleague, at=AFTER)
    return lambda: conclusion.mark_convened(cast.frozen, by=JURY, at=AFTER)


@table.writes("conclusion.mark_heard")
def _(cast: Cast) -> Act:
    an_assessed(cast.frozen)
    assessment.shortlist(cast.frozen, by=cast.colleague, at=AFTER)
    return lambda: conclusion.mark_heard(cast.frozen, by=JURY, at=AFTER)


# Under embargo.
@table.writes("conclusion.conclude")
def _(cast: Cast) -> Act:
    cast.decided()
    Award.objects.filter(candidacy=cast.frozen).delete()
    return lambda: conclusion.conclude(
        cast.frozen, outcome=Outcome.RESERVE, amount=None, reasons="Motif.", by=JURY, at=AFTER
    )


@table.writes("conclusion.request_release", second_signature=1)
def _(cast: Cast) -> Act:
    cast.decided()
    return lambda: conclusion.request_release(cast.closed, by=cast.colleague, at=RELEASE)


@table.writes("conclusion.drop_release")
def _(cast: Cast) -> Act:
    asked = cast.requested()
    return lambda: conclusion.drop_release(asked, by=cast.last, at=RELEASE, note="Erreur.")


# To the three readers of each of the two dossiers, all together.
@table.writes("conclusion.release_results", result=6)
def _(cast: Cast) -> Act:
    asked = cast.requested()
    return lambda: conclusion.release_results(asked, by=cast.last, at=RELEASE)


@table.writes("agreement.send_agreement", agreement_to_sign=3)
def _(cast: Cast) -> Act:
    awarded = cast.released()
    return lambda: _send(awarded, cast.officer)


@table.writes("agreement.record_agreement_signed", agreement_signed=3)
def _(cast: Cast) -> Act:
    cast.agreed()
    days = {"signed_on": RELEASE.date(), "report_due_on": date(2020, 6, 30)}
    return lambda: agreement.record_agreement_signed(cast.frozen.agreement, **days, by=cast.officer, at=RELEASE)


@table.writes("agreement.record_report_received")
def _(cast: Cast) -> Act:
    cast.agreed()
    days = {"signed_on": RELEASE.date(), "report_due_on": date(2020, 6, 30)}
    signed = agreement.record_agreement_signed(cast.frozen.agreement, **days, by=cast.officer, at=RELEASE)
    return lambda: agreement.record_report_received(signed, received_on=RELEASE.date(), by=cast.officer, at=RELEASE)
