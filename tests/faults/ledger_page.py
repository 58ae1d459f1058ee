"""What the ledger costs with 100,000 letters, on both databases: `python -m tests.faults.ledger_page`, or `--rows N`.

Read by somebody on the team of all thirty calls, and by somebody on that of the oldest one alone. Milliseconds are the
best of seven answers, the whole page rendered: what is measured is the page and not who else uses the machine.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from tests.faults.figures import Figure
from tests.servers import postgresql

CALLS, CANDIDACIES = 30, 100
QUERIES, MILLISECONDS, TIMES = 15, 100.0, 7


def measure(rows: int) -> Iterator[Figure]:
    """Fill the database of these settings, then open each page."""
    import django  # noqa: PLC0415 - the settings are chosen by whoever runs this

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.builders.ledgers import many_letters, some_calls  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("load_territories", verbosity=0)
    calls = some_calls(CALLS, candidacies=CANDIDACIES)
    many_letters(calls, rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute of so many rows
    yield from _pages(connection.vendor, [call.pk for call in calls])


def _pages(vendor: str, calls: list[int]) -> Iterator[Figure]:
    from tests.builders import a_user  # noqa: PLC0415

    for who, mine in (("all calls", calls), ("oldest call", calls[:1])):
        user = a_user(is_staff=True)
        for pk in mine:
            user.team_memberships.create(call_id=pk, role="manager")
        for name, address in _addresses(mine[0]).items():
            queries, best = _cost(user, address)
            yield Figure(f"{vendor}, {who}: {name}, queries", queries, QUERIES)
            yield Figure(f"{vendor}, {who}: {name}, best of {TIMES}", best, MILLISECONDS, "ms")


def _addresses(call: int) -> dict[str, str]:
    from django.urls import reverse  # noqa: PLC0415

    from applications.models import CandidacyLetter  # noqa: PLC0415

    ledger = reverse("admin:hubs_portal_letter_changelist")
    last = 20 if CandidacyLetter.objects.filter(candidacy__call=call).count() > 1_000 else 1
    link = CandidacyLetter.objects.filter(candidacy__call=call).select_related("letter", "candidacy").order_by("pk")[7]
    return {
        "first page": ledger,
        "last page": f"{ledger}?p={last}",
        "sent": f"{ledger}?state=sent",
        "failed": f"{ledger}?state=failed",
        "a kind": f"{ledger}?kind=signalling",
        "to jurors": f"{ledger}?to=jury",
        "a call": f"{ledger}?call={call}",
        "a call, a kind, failed": f"{ledger}?call={call}&kind=signalling&state=failed",
        "last week": f"{ledger}?since=7",
        "an address": f"{ledger}?q={link.letter.address}",
        "a number": f"{ledger}?q={link.candidacy.number}",
        "to telephone": reverse("admin:hubs_portal_letter_to_tell"),
        "a letter": reverse("admin:hubs_portal_letter_change", args=[link.letter_id]),
    }


def _cost(user: object, address: str) -> tuple[int, float]:
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from tests.builders.browsers import TimedClient  # noqa: PLC0415
    from tests.builders.calls import CLOSES  # noqa: PLC0415

    client = TimedClient().at(CLOSES)
    client.force_login(user)  # type: ignore[arg-type] # a User, imported late
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured), min(times)


def _short_here(rows: int) -> int:
    short = 0
    for figure in measure(rows):
        print(figure, flush=True)
        short += not figure.holds
    return short


def main(arguments: list[str]) -> int:
    """Measure on SQLite, then on PostgreSQL, each in a process and a folder of its own."""
    rows = int(arguments[arguments.index("--rows") + 1]) if "--rows" in arguments else 100_000
    if "--here" in arguments:
        return 1 if _short_here(rows) else 0
    status = 0
    command = [sys.executable, "-m", "tests.faults.ledger_page", "--here", "--rows", str(rows)]
    with postgresql() as url:
        for database in ("", url):
            with tempfile.TemporaryDirectory(prefix="hubs-portal-ledger-") as folder:
                place = {"DATA_FOLDER": folder, "DATABASE_URL": database}
                settings = {"DJANGO_SETTINGS_MODULE": "hubs_portal.settings.test"}
                status |= subprocess.run(command, env=os.environ | settings | place, check=False).returncode
    print("every figure holds" if not status else "some figures fall short", flush=True)
    return status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
