"""« Télécharger tout mon dossier »: the answers to read and to check, every file, the receipts, their fingerprints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from applications.content import Content, as_text, kept_content
from applications.enums import Section
from applications.models import Candidacy, CompletionItem, Receipt, Submission
from applications.receipts import receipt_pdf
from applications.rules import money
from applications.rules.completeness import Expectations
from applications.selectors.banner import filed, last_submission
from applications.selectors.dossier import place_label
from applications.selectors.sections import reading
from hubs_portal.archive import Entry, numbered_name, with_manifest
from hubs_portal.files import StoredFile
from hubs_portal.scanning import infected_among
from hubs_portal.templatetags.french import paris_second


@dataclass(frozen=True)
class Archive:
    """A folder to be zipped."""

    folder: str
    entries: list[Entry]


@dataclass(frozen=True)
class _Joined:
    label: str
    name: str
    entry: Entry
    is_infected: bool = False

    @property
    def href(self) -> str:
        """Its address from the page beside it."""
        return quote(self.entry.name)


def of_draft(candidacy: Candidacy, at: datetime) -> Archive:
    """The draft as its last save left it, and the receipts of every version: seven queries at most."""
    content = kept_content(candidacy.dossier)
    stored = {row.digest: row for row in _stored(content)}
    files = [(said["requirement"], said["name"], stored[said["sha256"]]) for said in content["documents"]]
    receipts = list(Receipt.objects.filter(submission__candidacy=candidacy).select_related("submission"))
    last = last_submission(candidacy)
    state = _("Brouillon, tel qu’enregistré à la révision %(n)s. Ce fichier n’est pas un dépôt.") % {
        "n": content["revision"]
    }
    if last and last.revision == content["revision"]:
        state = filed(last)
    said = {"state": "draft", "version": None}
    joined = _joined(candidacy, files)
    return _archive(candidacy, "brouillon", content, as_text(content), joined, receipts, state, said, at)


def of_version(submission: Submission, at: datetime) -> Archive:
    """A version exactly as it was submitted: its content to the byte, its files, its receipt.

    What was sent since at the service's request is about the version that counts, and leaves beside it.
    """
    files = [
        (file.requirement_code, file.name, file.stored)
        for file in submission.files.select_related("stored").order_by("pk")
    ]
    said = {
        "state": "submitted",
        "version": submission.version,
        "origin": submission.origin,
        "arrived_at": submission.arrived_at.isoformat(),
        "receipt": submission.receipt.number,
    }
    name = f"version-{submission.version}"
    text = submission.content
    receipts = [submission.receipt]
    state = filed(submission)
    joined = _joined(submission.candidacy, files)
    joined += [_sent_since(rank, item) for rank, item in enumerate(_received(submission), start=1)]
    return _archive(submission.candidacy, name, submission.says, text, joined, receipts, state, said, at)


def _received(submission: Submission) -> Sequence[CompletionItem]:
    last = last_submission(submission.candidacy)
    if last is None or last.pk != submission.pk:
        return ()
    items = CompletionItem.objects.filter(request__candidacy=submission.candidacy_id, stored__isnull=False)
    return list(items.select_related("stored__scan", "requirement").order_by("received_at", "pk"))


def _stored(content: Content) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(digest__in=[said["sha256"] for said in content["documents"]])


def _archive(
    candidacy: Candidacy,
    name: str,
    content: Content,
    text: str,
    joined: Sequence[_Joined],
    receipts: Sequence[Receipt],
    state: str,
    said: dict[str, Any],
    at: datetime,
) -> Archive:
    page = _page(candidacy, content, joined, state, at)
    entries = [
        Entry.made("dossier.html", page),
        Entry.made("dossier.json", text),
        *(file.entry for file in joined),
        *(Entry.kept(f"accuses/{receipt.number}.pdf", receipt_pdf(receipt)) for receipt in receipts),
    ]
    told = {
        "candidacy": candidacy.number,
        "call": candidacy.call.title_fr,
        "made_at": at.isoformat(),
        "closes_at": candidacy.call.closes_at.isoformat(),
        "revision": content["revision"],
        **said,
        "documents": [
            {"name": file.entry.name, "requirement": file.label, "original_name": file.name} for file in joined
        ],
    }
    return Archive(f"{candidacy.number}_{name}", with_manifest(entries, told))


def _joined(candidacy: Candidacy, files: Sequence[tuple[str, str, StoredFile]]) -> list[_Joined]:
    labels = dict(candidacy.call.requirements.values_list("code", "label_fr"))
    infected = infected_among(stored for _code, _name, stored in files)
    return [
        _Joined(
            labels.get(code, code),
            original,
            Entry.kept(f"pieces/{numbered_name(rank, code, original)}", stored),
            stored.digest in infected,
        )
        for rank, (code, original, stored) in enumerate(files, start=1)
    ]


def _sent_since(rank: int, item: CompletionItem) -> _Joined:
    assert item.stored
    assert item.received_at
    label = _("%(piece)s, reçue le %(when)s à la demande du service") % {
        "piece": item.requirement.label, "when": paris_second(item.received_at)
    }  # fmt: skip
    place = f"complements/{numbered_name(rank, item.requirement.code, item.name)}"
    return _Joined(label, item.name, Entry.kept(place, item.stored), item.stored.is_infected)


def _page(candidacy: Candidacy, content: Content, joined: Sequence[_Joined], state: str, at: datetime) -> str:
    """The answers as a page that needs nothing beside it, in the language of whoever asks."""
    expected = Expectations.of(candidacy.call, content["organisation"]["legal_form"], at.date())
    labels = {requirement.code: requirement.label for requirement in expected.requirements}
    context = {
        "candidacy": candidacy,
        "call": candidacy.call,
        "state": state,
        "made_at": paris_second(at),
        "parts": [(place_label(section), reading(section, expected, content)) for section in Section],
        "sums": money.balance(content),
        "files": joined,
        "promises": [
            (
                labels.get(said["requirement"], said["requirement"]),
                said["reason"],
                date.fromisoformat(said["promised_on"]),
            )
            for said in content["promises"]
        ],
    }
    return render_to_string("archive/dossier.html", context)
