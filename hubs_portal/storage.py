"""The private folder, where a file is there whole or not at all, whatever is killed meanwhile."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

_PARTIAL = "partial"


class FolderStorage(FileSystemStorage):
    """Files are written aside, put on the disk, and only then given their name. What has that name already stays.

    A process killed while it writes leaves something in `partial` alone, which `hubs_portal.tidying` sweeps.
    """

    @property
    def partial(self) -> Path:
        """Where what is not whole yet is written."""
        return Path(self.location) / _PARTIAL

    def _save(self, name: str, content: File[bytes]) -> str:
        path = Path(self.path(name))
        mode = self.directory_permissions_mode or 0o777
        path.parent.mkdir(mode=mode, parents=True, exist_ok=True)
        self.partial.mkdir(mode=mode, parents=True, exist_ok=True)
        with self._written(content) as written:
            if self.file_permissions_mode is not None:
                written.chmod(self.file_permissions_mode)
            try:
                path.hardlink_to(written)
            except FileExistsError:
                return name
        _put_on_the_disk(path.parent)
        return name

    @contextmanager
    def _written(self, content: File[bytes]) -> Iterator[Path]:
        """The content on the disk, under a name for now; what a request has left on the same disk is not copied."""
        received = Path(content.temporary_file_path()) if hasattr(content, "temporary_file_path") else None
        if received and received.stat().st_dev == self.partial.stat().st_dev:
            content.flush()
            os.fsync(content.fileno())
            yield received
            return
        with tempfile.NamedTemporaryFile(dir=self.partial) as file:
            for block in content.chunks():
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
            yield Path(file.name)


def _put_on_the_disk(folder: Path) -> None:
    """A name given in a folder outlives a power cut once the folder itself was written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
