"""The world after the closing: candidacies at each step, a jury at work, and one person of each role.

Roles beside those of tests/access/policy.py, told in a sentence each:

    chair         presides the jury, charter signed, no tie with any candidacy
    reader        reads and scores in the panel of the candidacies, no tie declared
    undeclared    the same panel, charter signed, nothing declared yet
    unsworn       the same panel, charter not signed
    tied          the same panel; a tie of theirs with one of these candidacies waits to be examined
    recused       the same panel, out of every one of these candidacies by their own declaration
    other_panel   a member of the same jury, whose panel was given none of these candidacies
    dismissed     was of the panel, and was removed from the jury
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.test import Client

from applications.actions import membership, replacing, screening
from applications.actions.closing import close_call, settle_candidacies
from applications.actions.purposes import ForCompletion, ForReplacement, Purpose
from applications.actions.steps import lock_candidacy
from applications.actions.uploads import open_upload
from applications.enums import DocumentState, ExclusionStage, Rights, Role
from applications.models import (
    Call,
    Candidacy,
    CompletionItem,
    Document,
    Exclusion,
    Member,
    Replacement,
    Submission,
    TeamMember,
)
from applications.rules.deadline import FREEZE_DELAY
from hubs_portal import clock
from hubs_portal.accounts.models import User
from hubs_portal.uploads.models import Upload
from juries.actions import constitution, deliberation, interests
from juries.actions.hearings import book_hearing
from juries.actions.scoring import open_sheet
from juries.enums import Verdict
from juries.models import Deliberation, Hearing, InterestDeclaration, Jury, Panel, Seat, Slot
from juries.rules.docket import undeclared
from tests import builders
from tests.builders.examined import AFTER, a_shortlisted, an_assessed, an_eligible, team_of

# What the candidacies of the world are kept for, in the order they are made.
_KEPT_FOR = ("asked", "completed", "doubtful", "eligible", "assessed", "convened", "booked", "heard")


@dataclass
class After:
    """The call is frozen: `asked` owes a document, `completed` gave it, `doubtful` waits for a second opinion."""

    call: Call
    other_call: Call
    candidacies: dict[str, Candidacy]
    users: dict[str, User]
    jury: Jury
    seats: dict[str, Seat]
    panel: Panel
    hearings: dict[str, Hearing]
    free_slot: Slot
    tie: InterestDeclaration
    completions: dict[str, CompletionItem]
    replacement: Replacement
    uploads: dict[str, Upload]
    exclusion: Exclusion
    deliberation: Deliberation

    def client(self, role: str) -> Client:
        """A browser of that role."""
        client = Client()
        if role in self.users:
            client.force_login(self.users[role])
        return client

    def version(self, kept_for: str) -> Submission:
        """The version of a candidacy that counts."""
        return Submission.objects.latest_of_each().get(candidacy=self.candidacies[kept_for])


def a_world_after() -> After:
    """Build it; the clock stands on the day after the first hearing."""
    call, other_call = builders.a_call(), builders.a_call()
    users: dict[str, User] = {}
    found = _submitted(call, users)
    _on_the_team(call, other_call, users)
    completions, exclusion = _examined(call, found)
    jury, seats, panel = _seated(call, found, users)
    hearings = _heard(panel, found, seats)
    replacement, in_its_place = _replaced(found["completed"])
    at = hearings["heard"].slot.ends_at + timedelta(hours=1)
    session = deliberation.open_deliberation(jury, by=users["manager"], at=at)
    clock.shift(at - clock.read().real)
    return After(
        call,
        other_call,
        {name: Candidacy.objects.get(pk=candidacy.pk) for name, candidacy in found.items()},
        users,
        jury,
        seats,
        panel,
        hearings,
        builders.a_slot(panel),
        InterestDeclaration.objects.get(seat=seats["tied"], verdict=Verdict.TO_EXAMINE),
        completions,
        replacement,
        {"asked": _announced(ForCompletion(_contact(found["asked"]), completions["asked"])), "completed": in_its_place},
        exclusion,
        session,
    )


def _submitted(call: Call, users: dict[str, User]) -> dict[str, Candidacy]:
    """One candidacy for each use, all of the same owner, who has a colleague; and a stranger's, which is frozen too."""
    users["owner"], users["viewer"] = builders.a_user(name="Owner"), builders.a_user(name="Viewer")
    *contacts, alien = builders.many_ready(call, len(_KEPT_FOR) + 1)
    for contact in contacts:
        _join_people(contact, users)
    stranger = builders.joined(alien).user
    assert stranger is not None
    users["stranger"] = stranger
    for contact in [*contacts, alien]:
        builders.a_submission(contact, revision=1)
    at = call.closes_at + FREEZE_DELAY
    close_call(call, at=at)
    settle_candidacies(call, at=at)
    return dict(zip(_KEPT_FOR, (Candidacy.objects.get(pk=c.candidacy_id) for c in contacts), strict=True))


def _join_people(contact: Member, users: dict[str, User]) -> None:
    viewer = builders.an_invited(contact, rights=Rights.VIEW)
    membership.join(contact, users["owner"], at=builders.NOW)
    membership.join(viewer, users["viewer"], at=builders.NOW)


def _on_the_team(call: Call, other_call: Call, users: dict[str, User]) -> None:
    users["officer"] = team_of(call, Role.OFFICER)[0]
    users["manager"], users["second_manager"] = team_of(call, Role.MANAGER)
    users["observer"] = builders.a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=users["observer"], role=Role.OBSERVER)
    users["other_officer"] = team_of(other_call, Role.OFFICER)[0]
    users["superuser"] = builders.a_user(is_staff=True, is_superuser=True)


def _examined(call: Call, found: dict[str, Candidacy]) -> tuple[dict[str, CompletionItem], Exclusion]:
    """Bring each candidacy to the state it is kept for, hearings apart."""
    (officer, *_others) = team_of(call, Role.OFFICER)
    completions = {kept_for: _asked(found[kept_for], officer) for kept_for in ("asked", "completed")}
    _completed(completions["completed"])
    exclusion = screening.propose_exclusion(
        found["doubtful"],
        stage=ExclusionStage.ADMISSIBILITY,
        rule="Règlement, article 4",
        reason="La structure n’existe pas.",
        by=officer,
        at=AFTER,
    )
    for kept_for in ("completed", "eligible"):
        an_eligible(found[kept_for])
    an_assessed(found["assessed"])
    for kept_for in ("convened", "booked", "heard"):
        a_shortlisted(found[kept_for])
    return {kept_for: CompletionItem.objects.get(pk=item.pk) for kept_for, item in completions.items()}, exclusion


def _asked(candidacy: Candidacy, officer: User) -> CompletionItem:
    accounts = candidacy.call.requirements.get(code="accounts")
    due_at = AFTER + timedelta(days=30)
    request = screening.request_completion(
        candidacy, {accounts: "Le bilan manque."}, due_at=due_at, by=officer, at=AFTER
    )
    return request.items.select_related("request", "requirement__call").get()


def _contact(candidacy: Candidacy) -> Member:
    return candidacy.members.select_related("candidacy__call", "user").get(is_contact=True)


def _announced(purpose: Purpose) -> Upload:
    """A file of which nothing has come yet."""
    return open_upload(purpose, name="a.pdf", size=1000, digest="0" * 64, media_type="application/pdf", at=AFTER)


def _replaced(candidacy: Candidacy) -> tuple[Replacement, Upload]:
    """A file of the version that counts asks for a password, one was announced and another was sent in its place."""
    contact = _contact(candidacy)
    (file, *_others) = Submission.objects.latest_of_each().get(candidacy=candidacy).files.order_by("pk")
    document = Document.objects.create(
        dossier=candidacy.dossier,
        requirement=candidacy.call.requirements.get(code=file.requirement_code),
        stored=file.stored,
        name=file.name,
        state=DocumentState.UNREADABLE,
        verdict="encrypted",
        uploaded_at=builders.NOW,
        uploaded_by=contact.name,
    )
    with transaction.atomic():
        replacing.want_replacement(document, lock_candidacy(candidacy.pk), at=AFTER)
    replacement = Replacement.objects.select_related("candidacy", "document__requirement__call").get(document=document)
    upload = _announced(ForReplacement(contact, replacement))
    other = builders.a_file(builders.a_pdf("Sans mot de passe"))
    return replacing.replace_file(contact, replacement, other, name="ouvert.pdf", at=AFTER), upload


def _completed(item: CompletionItem) -> None:
    contact = item.request.candidacy.members.get(is_contact=True)
    file = builders.a_file(builders.a_pdf("Comptes"))
    screening.complete(contact, item, file, name="comptes.pdf", at=AFTER)


def _seated(call: Call, found: dict[str, Candidacy], users: dict[str, User]) -> tuple[Jury, dict[str, Seat], Panel]:
    """A jury of eight, its panel, and what each of them has done or not."""
    jury = builders.a_jury(call)
    seats = {"chair": builders.a_chair(jury)}
    for role in ("reader", "undeclared", "tied", "recused", "other_panel", "dismissed"):
        seats[role] = builders.a_juror(jury)
    seats["unsworn"] = builders.a_juror(jury, charter=False)
    given = [found[kept_for] for kept_for in ("completed", "assessed", "convened", "booked", "heard")]
    of_the_panel = [seat for role, seat in seats.items() if role != "other_panel"]
    panel = builders.a_panel(jury, of_the_panel, given)
    builders.a_panel(jury, [seats["other_panel"]])
    builders.without_ties(seats["chair"], seats["reader"], seats["dismissed"])
    declare = partial(interests.declare_interest, reason="Mon employeur.", at=builders.JURY_TIME)
    declare(seats["tied"], found["assessed"], verdict=Verdict.TO_EXAMINE)
    builders.without_ties(seats["tied"])
    for candidacy in list(undeclared(seats["recused"])):
        declare(seats["recused"], candidacy, verdict=Verdict.RECUSED)
    manager = builders.the_manager(jury)
    constitution.remove_juror(seats["dismissed"], reason="Démission.", by=manager, at=builders.JURY_TIME)
    users |= {role: seat.user for role, seat in seats.items()}
    return jury, seats, panel


def _heard(panel: Panel, found: dict[str, Candidacy], seats: dict[str, Seat]) -> dict[str, Hearing]:
    """A hearing held and scored, one convened, one only proposed."""
    voters = {seats["chair"]: "4 3.5 3", seats["reader"]: "3 3 3"}
    hearings = {"heard": builders.a_scored_candidacy(panel, found["heard"], voters)}
    hearings["convened"] = builders.a_convened(panel, found["convened"])
    manager = builders.the_manager(panel.jury)
    hearings["booked"] = book_hearing(builders.a_slot(panel), found["booked"], by=manager, at=builders.JURY_TIME)
    for role in ("chair", "reader"):
        open_sheet(seats[role], found["convened"], at=builders.JURY_TIME)
    return hearings
