"""A process that acts as the web server would, when told to on its standard input: one JSON line asks, one answers.

Run with the settings of the installation that is put to the test: `python -m tests.faults.actor`.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django is set up first

from applications.models import Call  # noqa: E402
from hubs_portal import clock  # noqa: E402
from hubs_portal.letters.compose import Addressee, write_letter  # noqa: E402
from hubs_portal.letters.models import Letter, LetterState, new_message_id  # noqa: E402
from tests import builders  # noqa: E402

_AT_ONCE = 1000


def prepare() -> None:
    """An empty database, a call, the time of its candidacies."""
    call_command("migrate", verbosity=0)
    call_command("load_territories", verbosity=0)
    clock.shift(builders.NOW - clock.read().real)
    builders.a_call(with_kit=False)


def signal() -> None:
    """A real act that causes a letter, as the page of a candidate performs it."""
    builders.a_signalled(Call.objects.get(), at=builders.NOW, contact_email=f"{uuid4()}@exemple.invalid")


def write(n: int) -> None:
    """So many letters, each in a transaction of its own, with its nudge."""
    for _ in range(n):
        _a_letter()


def pile(n: int) -> None:
    """So many letters at once, as a release leaves them: the first is written, the others are its copies."""
    first = _a_letter()
    Letter.objects.filter(pk=first.pk).update(state=LetterState.FAILED)
    for start in range(0, n, _AT_ONCE):
        Letter.objects.bulk_create(_copies(first, min(_AT_ONCE, n - start)))


def _a_letter() -> Letter:
    return write_letter(
        "account_invitation",
        to=Addressee(f"{uuid4()}@exemple.invalid", "Camille Essai"),
        subject_key="user:0",
        at=builders.NOW,
        context={"link": "https://exemple.invalid/"},
    )


def _copies(first: Letter, n: int) -> list[Letter]:
    same = {"kind": first.kind, "subject_key": first.subject_key, "language": "fr", "written_at": first.written_at}
    content = {"subject": first.subject, "text": first.text, "html": first.html}
    return [
        Letter(address=f"{uuid4()}@exemple.invalid", message_id=new_message_id(), **same, **content) for _ in range(n)
    ]


_ACTS: dict[str, Callable[..., None]] = {"prepare": prepare, "signal": signal, "write": write, "pile": pile}


def main() -> None:
    """Answer each line with the seconds it took, until the input ends; whatever else is said goes to the log."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        started = time.monotonic()
        _ACTS[asked.pop("act")](**asked)
        print(json.dumps({"seconds": time.monotonic() - started}), file=answers, flush=True)


if __name__ == "__main__":
    main()
