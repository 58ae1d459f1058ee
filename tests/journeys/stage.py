"""What the journeys find when they arrive: two open calls and people with dossiers at various points.

Run in a process of its own (`python -m tests.journeys.stage FILE`), in the data folder of the portal to be served and
with its settings, before that portal starts; what was prepared is written in FILE. A second argument, given for the
served portal, is a folder of static files another has collected: gathering and compressing them takes longer than all
the rest.
"""

import json
import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.core.files.base import ContentFile  # noqa: E402
from django.core.management import call_command  # noqa: E402

from applications.actions.closing import close_call, settle_candidacies  # noqa: E402
from applications.actions.documents import add_document  # noqa: E402
from applications.actions.publication import publish_call  # noqa: E402
from applications.actions.screening import request_completion  # noqa: E402
from applications.enums import Rights, Role  # noqa: E402
from applications.models import Call, Candidacy, Member, Requirement  # noqa: E402
from applications.rules.deadline import FREEZE_DELAY  # noqa: E402
from hubs_portal import clock  # noqa: E402
from hubs_portal.accounts.models import User  # noqa: E402
from hubs_portal.actors import Actor  # noqa: E402
from hubs_portal.management.commands.prepare import Marks  # noqa: E402
from tests.builders import (  # noqa: E402  # noqa: E402
    NOW,
    PASSWORD,
    a_call,
    a_complete_dossier,
    a_manager,
    a_pdf,
    a_signalled,
    a_submission,
    a_user,
    an_invited,
    an_officer,
    hostile_files,
    joined,
    odd_pdfs,
)
from tests.builders.browsers import signed_in  # noqa: E402
from tests.builders.examined import a_shortlisted, team_of  # noqa: E402
from tests.builders.juries import a_juror, a_jury, a_panel, without_ties  # noqa: E402

CLOSED = datetime(2018, 11, 2, 16, tzinfo=UTC)  # Friday, 17:00 in Paris
# Who is there, and whether their dossier only waits to be submitted.
READY = ("late", "hurried", "paired", "minute", "wavering", "typist")
STARTING = ("torn", "forgetful", "travelling", "unlucky", "sociable", "ally 1", "counting")
# Who is there on the served portal, which has a few journeys only: each is a dozen files that its worker opens first.
SERVED = ("late",)
# Who sends large files: tests/journeys/test_files.py.
SENDING = ("cut off", "called away", "short of room", "juggling", "wavering sender", "last second", "hasty")
# Colleagues, the dossier they work on, and what they may do there.
COLLEAGUES = {"ally 2": ("ally 1", Rights.EDIT), "ally 3": ("ally 1", Rights.VIEW), "pair": ("paired", Rights.EDIT)}


def main(answer: Path, static: Path | None = None) -> None:
    """Everything, then the mark that keeps the rehearsal from playing its own candidacies over it."""
    if static:
        shutil.copytree(static, settings.STATIC_ROOT)
        for command in ("migrate", "load_territories", "prepare_bucket", "load_call"):
            call_command(command, verbosity=0)
    else:
        call_command("prepare")
    Marks(settings.VAR / "prepared.json").write("rehearse", "once")
    clock.shift(NOW - clock.read().real)
    the_real_call()
    small = a_call()
    present = SERVED if static else READY + STARTING + SENDING
    contacts = {name: someone(small, name, ready=name in READY) for name in present}
    colleagues = {
        name: joined(an_invited(contacts[contact], rights=rights))
        for name, (contact, rights) in COLLEAGUES.items()
        if contact in contacts
    }
    people = {name: _a_member(member) for name, member in (contacts | colleagues).items()}
    closed, at_work = a_closed_call()
    at_work |= a_dossier_to_read()
    if not static:
        at_work |= a_dossier_to_complete()
    at_work["examiner"] = _known(team_of(small, Role.OFFICER)[0], "")
    prepared = {"small": small.slug, "closed": closed.slug, "password": PASSWORD, "people": people | at_work}
    answer.write_text(json.dumps(prepared))


def the_real_call() -> None:
    """The call of 2018, loaded by `prepare`, is given its team and published."""
    call = Call.objects.get(slug="hubs-france-connectee")
    managers = [a_manager(call), a_manager(call)]
    an_officer(call)
    publish_call(call, by=Actor.person(managers[0]), at=call.opens_at)


def a_closed_call() -> tuple[Call, dict[str, Any]]:
    """A call that closed on 2 November with one dossier submitted, and whoever takes it to its results."""
    call = a_call(opens_at=CLOSED - timedelta(days=30), closes_at=CLOSED, title_fr="Hubs d’automne")
    member = joined(a_signalled(call, at=CLOSED - timedelta(days=9)), at=CLOSED - timedelta(days=9))
    a_complete_dossier(member, at=CLOSED - timedelta(days=8))
    a_submission(member, arrived_at=CLOSED - timedelta(minutes=12))
    close_call(call, at=CLOSED + FREEZE_DELAY)
    settle_candidacies(call, at=CLOSED + FREEZE_DELAY)
    manager, second_manager = team_of(call, Role.MANAGER)
    assert member.user
    accounts = {"officer": team_of(call, Role.OFFICER)[0], "manager": manager, "second manager": second_manager}
    accounts |= {name: a_user(name=name.capitalize()) for name in ("chair", "juror", "recused juror")}
    accounts["candidate"] = member.user
    number = member.candidacy.number
    return call, {name: _known(user, number) for name, user in accounts.items()}


def a_dossier_to_read() -> dict[str, Any]:
    """A dossier of a frozen call whose files ask something of whoever shows them, given to a juror."""
    files = {
        "Rapport long.pdf": a_pdf("Rapport d'activite", 30),
        "Très gros rapport.pdf": odd_pdfs.a_heavy_report(),
        "Statuts faxés.pdf": odd_pdfs.a_fax_scan(),
        "Statuts numérisés.pdf": odd_pdfs.a_jbig2_scan(),
        "Photo du lieu.pdf": odd_pdfs.a_jpeg2000(),
        "Sans police.pdf": odd_pdfs.without_fonts(),
        "Fermé à clé.pdf": hostile_files.locked("secret"),
        "Abîmé.pdf": b"%PDF-1.7\n" + b"rien de lisible\n" * 200,
        "Carte.png": hostile_files.a_picture("png"),
        "Budget.docx": hostile_files.a_docx(),
    }
    call = a_call(opens_at=CLOSED - timedelta(days=30), closes_at=CLOSED, title_fr="Hubs à lire", max_dossier_mb=200)
    member = joined(a_signalled(call, at=CLOSED - timedelta(days=9)), at=CLOSED - timedelta(days=9))
    a_complete_dossier(member, at=CLOSED - timedelta(days=8))
    Requirement.objects.filter(call=call, code="accounts").update(several=True)
    accounts = Requirement.objects.get(call=call, code="accounts")
    for name, content in files.items():
        add_document(member, accounts, ContentFile(content), name=name, at=CLOSED - timedelta(days=8))
    a_submission(member, arrived_at=CLOSED - timedelta(minutes=12))
    later = CLOSED + timedelta(days=1)
    close_call(call, at=CLOSED + FREEZE_DELAY)
    settle_candidacies(call, at=CLOSED + FREEZE_DELAY)
    candidacy = a_shortlisted(Candidacy.objects.get(pk=member.candidacy_id), at=later)
    jury = a_jury(call, at=later)
    juror = a_juror(jury, at=later)
    a_panel(jury, [juror], [candidacy], at=later)
    without_ties(juror, at=later)
    assert member.user
    people = {"reading officer": team_of(call, Role.OFFICER)[0], "reading juror": juror.user, "read": member.user}
    return {name: _known(user, candidacy.number) for name, user in people.items()}


def a_dossier_to_complete() -> dict[str, Any]:
    """A dossier of a frozen call, of which two documents are asked for until two weeks after the journeys begin."""
    call = a_call(opens_at=CLOSED - timedelta(days=30), closes_at=CLOSED, title_fr="Hubs à compléter")
    member = joined(a_signalled(call, at=CLOSED - timedelta(days=9)), at=CLOSED - timedelta(days=9))
    a_submission(member, arrived_at=CLOSED - timedelta(minutes=12))
    close_call(call, at=CLOSED + FREEZE_DELAY)
    settle_candidacies(call, at=CLOSED + FREEZE_DELAY)
    candidacy = Candidacy.objects.get(pk=member.candidacy_id)
    wanted = {call.requirements.get(code=code): "La dernière page manque." for code in ("accounts", "mandate")}
    officer = team_of(call, Role.OFFICER)[0]
    request_completion(candidacy, wanted, due_at=NOW + timedelta(days=14), by=officer, at=CLOSED + timedelta(days=1))
    assert member.user
    return {"completing": _known(member.user, candidacy.number)}


def someone(call: Call, name: str, *, ready: bool) -> Member:
    """The contact of a candidacy; "minute" has promised nothing yet of what may follow."""
    member = joined(a_signalled(call))
    if ready:
        a_complete_dossier(member, promised=name != "minute")
    return member


def _a_member(member: Member) -> dict[str, Any]:
    """An account, and a session where that person is already signed in."""
    assert member.user
    return _known(member.user, member.candidacy.number)


def _known(user: User, number: str) -> dict[str, Any]:
    return {"number": number, "email": user.email, "session": signed_in(user)}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
