"""One world for the matrix: two calls, two candidacies, and one person of each role."""

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from applications.actions import drafting, membership, verdicts
from applications.actions.commitment import ask_commitment
from applications.actions.extension import propose_extension
from applications.actions.incidents import report_problem
from applications.actions.neighbours import make_known
from applications.actions.purposes import ForDraft
from applications.actions.uploads import open_upload
from applications.enums import PartnerFamily, Rights, Role, Section
from applications.models import Call, Extension, Incident, Member, Neighbour, Partner, Submission, TeamMember
from hubs_portal import clock, inspection
from hubs_portal.accounts import links
from hubs_portal.accounts.models import User
from hubs_portal.jobs.models import Job
from hubs_portal.uploads.models import Upload
from tests import builders


@dataclass(eq=False)  # one world is one key of what is remembered of it below
class World:
    """Candidacy A has a submission and a live draft after it; B is a draft; the other call has nothing."""

    call: Call
    other_call: Call
    contact: Member
    members: dict[str, Member]
    users: dict[str, User]
    submission: Submission
    extension: Extension
    incident: Incident
    deposit_token: str
    neighbour: Neighbour
    upload: Upload

    def client(self, role: str) -> Client:
        """A browser of that role."""
        client = Client()
        if role in self.users:
            client.force_login(self.users[role])
        elif role == "session":
            session = client.session
            session["opened_memberships"] = [self.members["session"].pk]
            session.save()
        return client


def a_world() -> World:
    """Build it on the business clock of 28 November 2018."""
    clock.shift(builders.NOW - clock.read().real)
    call, other_call = builders.a_call(kit_is_public=True), builders.a_call()
    contact = builders.a_signalled(call)
    builders.a_complete_dossier(contact)
    token = _asked_of_a_partner(contact)
    with inspection.trusting():
        verdicts.inspect_document(str(contact.candidacy.dossier.documents.current().order_by("pk")[0].pk))
    submission = builders.a_submission(contact, arrived_at=builders.NOW)
    users = {"owner": builders.a_user(name="Owner")}
    members = {"session": contact}
    for role, rights in (("editor", Rights.EDIT), ("viewer", Rights.VIEW), ("removed", Rights.SUBMIT)):
        members[role] = builders.joined(builders.an_invited(contact, rights=rights))
        users[role] = _user(members[role])
    owner = builders.joined(builders.an_invited(contact, rights=Rights.SUBMIT))
    members["owner"], users["owner"] = owner, _user(owner)
    membership.remove(contact, members["removed"], at=builders.NOW)
    stranger = builders.joined(builders.a_signalled(call))
    builders.a_complete_dossier(stranger)
    for known in (contact, stranger):
        neighbour = make_known(known, list(known.candidacy.territories.all()), at=builders.NOW)
    members["stranger"], users["stranger"] = stranger, _user(stranger)
    for role, name in ((Role.OFFICER, "officer"), (Role.MANAGER, "manager")):
        users[name] = call.team.filter(role=role).order_by("pk")[0].user
    users["observer"] = builders.a_user(is_staff=True)
    TeamMember.objects.create(call=call, user=users["observer"], role=Role.OBSERVER)
    users["other_officer"] = other_call.team.filter(role=Role.OFFICER).order_by("pk")[0].user
    users["superuser"] = builders.a_user(is_staff=True, is_superuser=True)
    extension = propose_extension(
        call,
        new_closes_at=call.closes_at + timedelta(days=1),
        reason="Une panne.",
        by=call.team.filter(role=Role.MANAGER).order_by("pk")[1].user,
        at=builders.NOW,
    )
    incident = report_problem(contact, happened="La page reste blanche.", arrived_at=builders.NOW)
    upload = _announced(contact)
    return World(call, other_call, contact, members, users, submission, extension, incident, token, neighbour, upload)


def _asked_of_a_partner(contact: Member) -> str:
    """What the link in the letter to its partner ends with."""
    partner = {"name": "Ville d’essai", "family": PartnerFamily.PUBLIC, "contact_email": "ville@exemple.invalid"}
    drafting.save_rows(contact, Section.CONSORTIUM, {Partner: [partner]}, at=builders.NOW)
    asked = ask_commitment(contact, partner=partner["name"], address=partner["contact_email"], at=builders.NOW)
    token = re.search(r"/engagement/([\w-]+)/", asked.letter.text)
    assert token
    return token[1]


def _announced(contact: Member) -> Upload:
    """A file of which nothing has come yet."""
    chart, at = ForDraft(contact, "chart", builders.NOW), builders.NOW
    return open_upload(chart, name="a.pdf", size=1000, digest="0" * 64, media_type="application/pdf", at=at)


def _user(member: Member) -> User:
    user = Member.objects.select_related("user").get(pk=member.pk).user
    assert user is not None
    return user


def arguments(world: World, name: str, *, absent: bool = False) -> list[Any]:
    """What fills the address of that name for candidacy A; or, `absent`, for a candidacy that does not exist."""
    number = "HFC-0000-0000" if absent else world.contact.candidacy.number
    return _known(world, number).get(name, [number] if name in _BY_NUMBER else [])


@cache
def _known(world: World, number: str) -> dict[str, list[Any]]:
    candidacy = world.contact.candidacy
    letter = candidacy.letters.order_by("pk")[0].letter
    with_attachment = candidacy.letters.filter(letter__attachments__isnull=False).order_by("pk")[0].letter
    document = candidacy.dossier.documents.current().order_by("pk")[0]
    return {
        "call": [world.call.slug],
        "signal": [world.call.slug],
        "kit_file": [world.call.slug, world.call.kit.get().pk],
        "commitment": [number, 1],
        "commitment_revoke": [number, 1],
        "deposit": [world.deposit_token],
        "neighbour_write": [number, world.neighbour.code],
        "problem_reported": [number, world.incident.rank],
        "join": [links.make("member", world.contact.pk)],
        "section": [number, "project"],
        "document": [number, document.pk],
        "document_picture": [number, document.pk],
        "document_line": [number, document.pk],
        "document_read": [number, document.pk],
        "document_remove": [number, document.pk],
        "document_add": [number, "chart"],
        "document_uploads": [number, "chart"],
        "document_upload": [number, "chart", world.upload.key, "etat"],
        "document_promise": [number, "accounts"],
        "dossier_kit_file": [number, world.call.kit.get().pk],
        "version_archive": [number, world.submission.version],
        "submitted": [number, world.submission.version],
        "receipt_pdf": [number, world.submission.version],
        "submitted_file": [number, world.submission.version, world.submission.files.order_by("pk")[0].pk],
        "submitted_file_read": [number, world.submission.version, world.submission.files.order_by("pk")[0].pk],
        "member_remove": [number, world.members["viewer"].pk],
        "member_rights": [number, world.members["viewer"].pk],
        "member_entrust": [number, world.members["viewer"].pk],
        "message": [number, letter.pk],
        "message_attachment": [number, with_attachment.pk, with_attachment.attachments.order_by("pk")[0].pk],
        "account_confirm_email": ["key"],
        "account_reset_password_from_key": ["1", "key"],
    }


def office_arguments(world: World, name: str) -> list[Any]:
    """What fills the address of that name in the office: the call and the candidacy A, and what hangs from them."""
    if name == "app_list":
        return ["applications"]
    if name.endswith(("_changelist", "_add", "_to_tell")) or not name.startswith(("applications_", "hubs_portal_")):
        return []
    whole, kinds = _known_to_the_office(world)
    of_its_kind = [pk for kind, pk in kinds.items() if name.startswith(kind)]
    return whole.get(name, of_its_kind)


@cache
def _known_to_the_office(world: World) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """What fills whole addresses, and what fills those that begin with a kind of object."""
    candidacy, call = world.contact.candidacy, world.call
    letter = candidacy.letters.filter(letter__attachments__isnull=False).order_by("pk")[0].letter
    version = [candidacy.pk, world.submission.version]
    whole: dict[str, list[Any]] = {
        "applications_call_kit": [call.pk, call.kit.get().pk],
        "applications_call_extension_sign": [call.pk, world.extension.pk],
        "applications_call_wording": [call.pk, "signalling", "fr"],
        "applications_call_wording_preview": [call.pk, "signalling", "fr"],
        "applications_call_wording_restore": [call.pk, "signalling", "fr"],
        "applications_candidacy_version": version,
        "applications_candidacy_receipt": version,
        "applications_candidacy_archive": version,
        "applications_candidacy_file": [*version, world.submission.files.order_by("pk")[0].pk],
        "applications_candidacy_read_file": [*version, world.submission.files.order_by("pk")[0].pk],
        "hubs_portal_letter_attachment": [letter.pk, letter.attachments.order_by("pk")[0].pk],
    }
    return whole, {
        "applications_call": call.pk,
        "applications_candidacy": candidacy.pk,
        "applications_incident": world.incident.pk,
        "applications_territory": "01",
        "hubs_portal_letter": letter.pk,
        "hubs_portal_user": world.users["owner"].pk,
        "hubs_portal_job": Job.objects.order_by("pk")[0].pk,
    }


_BY_NUMBER = {
    *("dossier", "documents", "review", "submit", "withdraw", "resume", "members", "messages", "problem", "compare"),
    *("neighbours", "whole_dossier", "draft_archive", "safety_net"),
}


def names() -> set[str]:
    """The name of every address of the portal, walked from the root, the admin's with their `admin:`."""
    return set(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list[Any], namespace: str) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            found += _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            found.append(f"{namespace}{pattern.name or pattern.pattern}")
    return found
