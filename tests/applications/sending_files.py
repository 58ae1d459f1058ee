"""Somebody who sends files and waits for what is found: one JSON line a file (name, seconds, what the page says).

Run with the settings of the installation put to the test: `python -m tests.applications.sending_files prepare`, then,
once its worker runs, `… send`.
"""

import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 - Django is set up first
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from applications.models import Document, Member  # noqa: E402
from hubs_portal import clock  # noqa: E402
from tests.builders import NOW, a_call, a_pdf, a_signalled, a_user  # noqa: E402
from tests.builders.hostile_files import locked  # noqa: E402
from tests.hubs_portal.test_antivirus import in_a_docx  # noqa: E402

_PATIENCE = 60.0
FILES: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "sound.pdf": (lambda: a_pdf("Pouvoir du signataire", 40), "mandate", "Lisible"),
    "locked.pdf": (lambda: locked("secret"), "statutes", "protégé par un mot de passe"),
    "infected.docx": (in_a_docx, "letters", "a trouvé un virus"),
}


def prepare() -> None:
    """An empty database, a call, a candidacy."""
    call_command("migrate", verbosity=0)
    call_command("load_territories", verbosity=0)
    clock.shift(NOW - clock.read().real)
    a_signalled(a_call(with_kit=False), user=a_user())


def send() -> None:
    """Each file as a browser sends it; its line of the page is asked again until it says what was found."""
    member = Member.objects.select_related("user", "candidacy").get()
    client = Client(headers={"host": "127.0.0.1"})
    assert member.user
    client.force_login(member.user)
    for name, (make, code, expected) in FILES.items():
        started = time.monotonic()
        address = reverse("document_add", args=[member.candidacy.number, code])
        answer = client.post(address, {"file": SimpleUploadedFile(name, make())})
        said = _said(client, member, expected, started) if answer.status_code == 302 else str(answer.status_code)
        print(json.dumps({"name": name, "seconds": time.monotonic() - started, "said": said}))


def _said(client: Client, member: Member, expected: str, started: float) -> str:
    document = Document.objects.order_by("-pk")[0]
    address = reverse("document_line", args=[member.candidacy.number, document.pk])
    page = ""
    while time.monotonic() - started < _PATIENCE:
        page = client.get(address).text.replace("\u00a0", " ")
        if expected in page and "hx-get" not in page:
            return expected
        time.sleep(0.2)
    return re.sub(r"\s+", " ", page)


def main(act: str) -> Any:
    """Do it."""
    return {"prepare": prepare, "send": send}[act]()


if __name__ == "__main__":
    main(sys.argv[1])
