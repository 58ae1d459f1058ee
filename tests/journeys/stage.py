"""What the journeys find when they arrive: two open calls and people with dossiers at various points.

Run in a process of its own (`python -m tests.journeys.stage FILE`), in the data folder of the portal to be served and
with its settings, before that portal starts; what was prepared is written in FILE. A second argument is a folder of
static files another portal has collected: gathering and compressing them takes longer than all the rest.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django is set up first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

from applications.actions.publication import publish_call  # noqa: E402
from applications.models import Call  # noqa: E402
from hubs_portal import clock  # noqa: E402
from hubs_portal.accounts.models import User  # noqa: E402
from hubs_portal.actors import Actor  # noqa: E402
from hubs_portal.management.commands.prepare import Marks  # noqa: E402
from tests.builders import (  # noqa: E402
    NOW,
    PASSWORD,
    a_call,
    a_complete_dossier,
    a_manager,
    a_signalled,
    an_officer,
    joined,
)

# Who is there, and whether their dossier only waits to be submitted.
READY = ("late", "hurried")
STARTING = ("torn", "forgetful", "travelling", "unlucky", "sociable", "short")


def main(answer: Path, static: Path | None = None) -> None:
    """Everything, then the mark that keeps the rehearsal from playing its own candidacies over it."""
    if static:
        shutil.copytree(static, settings.STATIC_ROOT)
        for command in ("migrate", "load_territories", "load_call"):
            call_command(command, verbosity=0)
    else:
        call_command("prepare")
    Marks(settings.VAR / "prepared.json").write("rehearse", "once")
    clock.shift(NOW - clock.read().real)
    the_real_call()
    small = a_call()
    people = {name: someone(small, ready=name in READY) for name in READY + STARTING}
    answer.write_text(json.dumps({"small": small.slug, "password": PASSWORD, "people": people}))


def the_real_call() -> None:
    """The call of 2018, loaded by `prepare`, is given its team and published."""
    call = Call.objects.get(slug="hubs-france-connectee")
    managers = [a_manager(call), a_manager(call)]
    an_officer(call)
    publish_call(call, by=Actor.person(managers[0]), at=call.opens_at)


def someone(call: Call, *, ready: bool) -> dict[str, Any]:
    """A candidacy with its contact's account, and a session where that person is already signed in."""
    member = joined(a_signalled(call))
    if ready:
        a_complete_dossier(member)
    assert member.user
    return {"number": member.candidacy.number, "email": member.email, "session": signed_in(member.user)}


def signed_in(user: User) -> str:
    """The key of a session as signing in would leave it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
