"""The private folder: a file is there whole or not at all, and what has its name already stays."""

import stat
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile

from hubs_portal.storage import FolderStorage


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(location=tmp_path, file_permissions_mode=0o600, directory_permissions_mode=0o700)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_is_written_whole_for_its_owner_alone_and_nothing_else_is_left(
    storage: FolderStorage, tmp_path: Path
) -> None:
    storage.save("objects/ab/abcd", ContentFile(b"tout"))

    assert files_of(tmp_path) == {"objects/ab/abcd": b"tout"}
    assert stat.S_IMODE((tmp_path / "objects/ab/abcd").stat().st_mode) == 0o600


def test_a_writing_that_fails_midway_leaves_no_file(storage: FolderStorage, tmp_path: Path) -> None:
    class Torn(ContentFile[bytes]):
        def chunks(self, chunk_size: int | None = None):  # type: ignore[no-untyped-def] # as Django's own
            yield b"la moit"
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        storage.save("objects/ab/abcd", Torn(b""))

    assert files_of(tmp_path) == {}


def test_what_has_the_name_already_stays(storage: FolderStorage, tmp_path: Path) -> None:
    storage._save("objects/ab/abcd", ContentFile(b"premier"))

    assert storage._save("objects/ab/abcd", ContentFile(b"second")) == "objects/ab/abcd"

    assert files_of(tmp_path) == {"objects/ab/abcd": b"premier"}


def test_what_a_request_left_on_the_same_disk_is_named_and_not_copied(
    storage: FolderStorage, tmp_path: Path, settings: object
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path  # type: ignore[attr-defined] # pytest-django's settings take any name
    with TemporaryUploadedFile("a.pdf", "application/pdf", 6, None) as received:
        received.write(b"recu!!")
        inode = Path(received.temporary_file_path()).stat().st_ino
        storage.save("objects/ab/abcd", received)

        kept = tmp_path / "objects/ab/abcd"
        assert (kept.read_bytes(), kept.stat().st_ino) == (b"recu!!", inode)

    assert files_of(tmp_path) == {"objects/ab/abcd": b"recu!!"}
