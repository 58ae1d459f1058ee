"""A whole dossier as a ZIP: the answers to read, every file, what came since, their fingerprints; each with its rights.

The candidate has besides the answers to check, and the receipts; the team the receipt; a juror neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from applications.content import Content, as_text, kept_content
from applications.enums import Section
from applications.models import Candidacy, CompletionItem, Receipt, Replacement, Submission
from applications.receipts import receipt_pdf
from applications.rules import money
from applications.rules.completeness import Expectations
from applications.selectors.banner import filed, last_submission
from applications.selectors.dossier import place_label
from applications.selectors.replacing import sent_instead
from applications.selectors.sections import reading
from hubs_portal.archive import Entry, infected_in, numbered_name, with_manifest
from hubs_portal.files import StoredFile
from hubs_portal.templatetags.french import paris_second, paris_short

_ANSWERS = "dossier.json"


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
    replaces: str = ""  # the name, in the archive, of the file in whose place it came

    @property
    def href(self) -> str:
        """Its address from the page beside it."""
        return quote(self.entry.name)


@dataclass(frozen=True)
class _About:
    """What is said of an archive: its name, its state in a sentence and for a program, and what proves it."""

    name: str
    state: str
    said: dict[str, Any]
    proofs: list[Entry] = field(default_factory=list)


def of_draft(candidacy: Candidacy, at: datetime) -> Archive:
    """The draft as its last save left it, the receipts of every version, what was sent since: nine queries at most."""
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
    proofs = [Entry.made(_ANSWERS, as_text(content)), *(_receipt(receipt) for receipt in receipts)]
    about = _About("brouillon", state, {"state": "draft", "version": None}, proofs)
    joined = _joined(candidacy, files)
    since = _sent_since(files, joined, *_came(candidacy)) if last and candidacy.call.is_closed(at) else []
    return _archive(candidacy, content, [*joined, *since], about, at)


def of_version(submission: Submission, at: datetime) -> Archive:
    """A version exactly as it was submitted: its content to the byte, its files, its receipt.

    What was sent since, at the service's request or in the place of a file nobody can read, is about the version that
    counts, and leaves beside it.
    """
    answers = Entry.made(_ANSWERS, submission.content)
    return _of_version(submission, *_since(submission), _proven(submission, answers), at)


def for_team(submission: Submission, at: datetime) -> Archive:
    """The same for those who examine it: what their pages show, and the receipt they may open."""
    return _of_version(submission, *_since(submission), _proven(submission), at)


def for_juror(
    submission: Submission, asked: Sequence[CompletionItem], sent: Sequence[Replacement], at: datetime
) -> Archive:
    """The same for a juror: what they may read of the dossier, and no receipt."""
    state = _("Version %(n)s, déposée le %(when)s") % {
        "n": submission.version, "when": paris_short(submission.arrived_at)
    }  # fmt: skip
    return _of_version(submission, asked, sent, _About(_name(submission), state, _said(submission)), at)


def _proven(submission: Submission, *answers: Entry) -> _About:
    said = {**_said(submission), "origin": submission.origin, "receipt": submission.receipt.number}
    return _About(_name(submission), filed(submission), said, [*answers, _receipt(submission.receipt)])


def _said(submission: Submission) -> dict[str, Any]:
    return {"state": "submitted", "version": submission.version, "arrived_at": submission.arrived_at.isoformat()}


def _name(submission: Submission) -> str:
    return f"version-{submission.version}"


def _of_version(
    submission: Submission, asked: Sequence[CompletionItem], sent: Sequence[Replacement], about: _About, at: datetime
) -> Archive:
    rows = submission.files.select_related("stored").order_by("pk")
    files = [(row.requirement_code, row.name, row.stored) for row in rows]
    joined = _joined(submission.candidacy, files)
    since = _sent_since(files, joined, asked, sent)
    return _archive(submission.candidacy, submission.says, [*joined, *since], about, at)


def _since(submission: Submission) -> tuple[Sequence[CompletionItem], Sequence[Replacement]]:
    """What came since, asked for or in the place of another; nothing for a version that does not count any more."""
    candidacy = submission.candidacy
    last = last_submission(candidacy)
    return ((), ()) if last is None or last.pk != submission.pk else _came(candidacy)


def _came(candidacy: Candidacy) -> tuple[Sequence[CompletionItem], Sequence[Replacement]]:
    items = CompletionItem.objects.filter(request__candidacy=candidacy, stored__isnull=False)
    asked = items.select_related("stored", "requirement").order_by("received_at", "pk")
    return list(asked), list(sent_instead(candidacy))


def _stored(content: Content) -> QuerySet[StoredFile]:
    return StoredFile.objects.filter(digest__in=[said["sha256"] for said in content["documents"]])


def _receipt(receipt: Receipt) -> Entry:
    return Entry.kept(f"accuses/{receipt.number}.pdf", receipt_pdf(receipt))


def _archive(candidacy: Candidacy, content: Content, joined: Sequence[_Joined], about: _About, at: datetime) -> Archive:
    infected = infected_in([file.entry for file in joined] + about.proofs)
    joined = [replace(file, is_infected=file.entry.sha256 in infected) for file in joined]
    page = Entry.made("dossier.html", _page(candidacy, content, joined, about, at))
    entries = [page, *(file.entry for file in joined), *about.proofs]
    told = {
        "candidacy": candidacy.number,
        "call": candidacy.call.title_fr,
        "made_at": at.isoformat(),
        "closes_at": candidacy.call.closes_at.isoformat(),
        "revision": content["revision"],
        **about.said,
        "documents": [_line(file) for file in joined],
    }
    return Archive(f"{candidacy.number}_{about.name}", with_manifest(entries, told, infected))


def _line(file: _Joined) -> dict[str, str]:
    line = {"name": file.entry.name, "requirement": file.label, "original_name": file.name}
    return {**line, "replaces": file.replaces} if file.replaces else line


def _joined(candidacy: Candidacy, files: Sequence[tuple[str, str, StoredFile]]) -> list[_Joined]:
    labels = dict(candidacy.call.requirements.values_list("code", "label_fr"))
    return [
        _Joined(labels.get(code, code), original, Entry.kept(f"pieces/{numbered_name(rank, code, original)}", stored))
        for rank, (code, original, stored) in enumerate(files, start=1)
    ]


def _sent_since(
    files: Sequence[tuple[str, str, StoredFile]],
    joined: Sequence[_Joined],
    asked: Sequence[CompletionItem],
    sent: Sequence[Replacement],
) -> list[_Joined]:
    places = {(code, stored.pk): rank for rank, (code, _name, stored) in enumerate(files)}
    since = [_asked(rank, item) for rank, item in enumerate(asked, start=1)]
    for rank, row in enumerate(sent, start=1):
        place = places.get((row.requirement.code, row.document.stored_id))
        since.append(_instead(rank, row, None if place is None else joined[place]))
    return since


def _asked(rank: int, item: CompletionItem) -> _Joined:
    assert item.stored
    assert item.received_at
    label = _("%(piece)s, reçue le %(when)s à la demande du service") % {
        "piece": item.requirement.label, "when": paris_second(item.received_at)
    }  # fmt: skip
    place = f"complements/{numbered_name(rank, item.requirement.code, item.name)}"
    return _Joined(label, item.name, Entry.kept(place, item.stored))


def _instead(rank: int, row: Replacement, former: _Joined | None) -> _Joined:
    """Named after the number of the file it replaces, when this archive holds it: a draft may not any more."""
    assert row.stored
    assert row.received_at
    label = _("%(piece)s, reçu le %(when)s à la place d’un fichier illisible : « %(name)s »") % {
        "piece": row.requirement.label, "name": row.document.name, "when": paris_second(row.received_at)
    }  # fmt: skip
    code, replaced = row.requirement.code, former.entry.name if former else ""
    number = replaced.removeprefix("pieces/").partition("_")[0]
    name = numbered_name(rank, f"remplace-{number}_{code}" if number else code, row.name)
    return _Joined(label, row.name, Entry.kept(f"remplacements/{name}", row.stored), replaces=replaced)


def _page(candidacy: Candidacy, content: Content, joined: Sequence[_Joined], about: _About, at: datetime) -> str:
    """The answers as a page that needs nothing beside it, in the language of whoever asks."""
    expected = Expectations.of(candidacy.call, content["organisation"]["legal_form"], at.date())
    labels = {requirement.code: requirement.label for requirement in expected.requirements}
    context = {
        "candidacy": candidacy,
        "call": candidacy.call,
        "state": about.state,
        "has_answers": any(entry.name == _ANSWERS for entry in about.proofs),
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
