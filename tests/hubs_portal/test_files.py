"""Files: kept by their fingerprint, read back before anyone says « enregistré », named so that any computer accepts."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from hubs_portal import files
from hubs_portal.files import StoredFile
from hubs_portal.refusals import Refusal

CONTENT = "Où est l’été ?".encode()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.django_db
def test_a_file_is_stored_once_under_its_fingerprint_and_reads_back() -> None:
    first = files.store(ContentFile(CONTENT), declared_digest=DIGEST, declared_size=len(CONTENT))

    assert files.store(ContentFile(CONTENT)) == first
    assert (first.digest, first.size) == (DIGEST, len(CONTENT))
    with first.open() as stored:
        assert stored.read() == CONTENT
    assert list(files.missing_or_altered()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "declared", "code"),
    [
        (b"", {}, "empty_file"),
        (CONTENT[:-1], {"declared_size": len(CONTENT)}, "altered_in_transit"),
        (CONTENT[:-1], {"declared_digest": DIGEST}, "altered_in_transit"),
        (CONTENT[::-1], {"declared_digest": DIGEST, "declared_size": len(CONTENT)}, "altered_in_transit"),
    ],
)
def test_a_cut_or_altered_file_is_never_said_to_be_stored(content: bytes, declared: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        files.store(ContentFile(content), **declared)

    assert refusal.value.code == code
    assert StoredFile.objects.count() == 0


@pytest.mark.django_db
def test_bytes_that_vanished_are_named_and_can_be_stored_again() -> None:
    row = files.store(ContentFile(b"bientot perdu"))
    storages["private"].delete(row.key)
    assert list(files.missing_or_altered()) == [row]

    assert files.store(ContentFile(b"bientot perdu")) == row

    assert list(files.missing_or_altered()) == []


@pytest.mark.django_db
def test_half_an_object_left_in_the_place_of_a_file_keeps_nobody_from_sending_it_again() -> None:
    row = StoredFile(digest=hashlib.sha256(b"ecrit a moitie").hexdigest(), size=14)
    storages["private"].save(row.key, ContentFile(b"ecrit a"))

    assert files.store(ContentFile(b"ecrit a moitie")).key == row.key

    assert list(files.missing_or_altered()) == []


@pytest.mark.django_db
def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_so(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "objects").write_bytes(b"a file where a folder should be")
    options = {"location": str(tmp_path)}
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "hubs_portal.storage.FolderStorage", "OPTIONS": options},
    }

    with pytest.raises(Refusal) as refusal:
        files.store(ContentFile(b"nulle part"))

    assert refusal.value.code == "storage_failed"
    assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Statuts signés.pdf", "Statuts signés.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\Budget.xlsx", "Budget.xlsx"),
        ("CON.pdf", "_CON.pdf"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("LPT¹.pdf", "_LPT¹.pdf"),
        ("com1 .pdf", "_com1.pdf"),
        ("x" * 119 + " suite", "x" * 119),
        ("..pdf", "document.pdf"),
        ("a\r\nContent-Type: text\r\n.pdf", "aContent-Type_ text.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ('"><script>.pdf', "___script_.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("   ", "document"),
    ],
)
def test_a_hostile_name_becomes_one_that_any_computer_accepts(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def test_a_download_name_says_itself_in_two_alphabets() -> None:
    assert files.disposition("Été à 50 €.pdf") == (
        "attachment; filename=\"Ete a 50 .pdf\"; filename*=UTF-8''%C3%89t%C3%A9%20%C3%A0%2050%20%E2%82%AC.pdf"
    )


def test_a_name_is_cut_even_when_all_of_it_follows_a_point() -> None:
    assert [len(files.safe_name(name)) for name in (f"a.{'x' * 300}", f"{'x' * 300}.pdf", "." * 300)] == [120, 120, 8]
