"""`manage.py serve`: the whole embedded portal in one command, which leaves no process behind when it stops."""

import time
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from hubs_portal import serving


class Command(BaseCommand):
    """Prepares the data folder, then runs the web server and the worker until Ctrl-C or SIGTERM."""

    help = "Prepare and serve the embedded portal: web server, worker and timetable together."
    requires_system_checks: tuple[str, ...] = ()  # as `prepare`: a start should not wait for them

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A port, and whether to stop with whoever started the command."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--with-parent", action="store_true", help="stop with the process that started this")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the port, prepare in this very process (another would import all of Django again), then start."""
        port, started = options["port"], time.monotonic()
        if not serving.port_is_free(port):
            raise CommandError(f"Port {port} is taken; choose another: PORT={port + 1} make run")
        call_command("prepare")
        portal = f"http://{serving.HOST}:{port}"

        def announce() -> None:
            family.say("serve", f"ready after {time.monotonic() - started:.1f} s. Stop with Ctrl-C.")
            for name, address in _addresses(portal).items():
                family.say("serve", f"{name:<10} {address}")

        family = serving.Family(
            acts={"web": partial(serving.serve_web, port), "worker": serving.run_worker},
            first_page=f"{portal}/",
            on_ready=announce,
            with_parent=options["with_parent"],
        )
        raise SystemExit(family.run())


def _addresses(portal: str) -> dict[str, str]:
    addresses = {"portal": f"{portal}/", "admin": f"{portal}/admin/"}
    if settings.REHEARSAL:
        addresses["accounts"] = f"{portal}/repetition/comptes/"
    return addresses
