"""So many candidates with a dossier each, signed in: `python -m tests.faults.people HOW_MANY FILE`."""

import json
import sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django is set up first

from hubs_portal import clock  # noqa: E402
from tests import builders  # noqa: E402
from tests.builders.browsers import signed_in  # noqa: E402


def main(people: int, answer: Path) -> None:
    """An empty database, a call, its candidates."""
    call_command("migrate", verbosity=0)
    call_command("load_territories", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    clock.shift(builders.NOW - clock.read().real)
    call = builders.a_call(with_kit=False, max_dossier_mb=2000)
    members = [builders.joined(builders.a_signalled(call)) for _ in range(people)]
    found = [
        {"session": signed_in(member.user), "number": member.candidacy.number} for member in members if member.user
    ]
    answer.write_text(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
