"""A file that is two: an archive written after the end of a PDF or of a picture, which its readers never show."""

import zipfile
from pathlib import Path

_TAIL = 128 * 1024  # bytes: the directory of an archive ends within 64 kB of the end of the file
_END_OF_DIRECTORY = b"PK\x05\x06"


def hides_an_archive(file: Path, *, after: bytes = b"") -> bool:
    """Whether an archive ends the file, or stands after the last of these bytes: one that is carried stands before."""
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - _TAIL))
        tail = content.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        return False
    ends_the_file = at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)
    if after and not ends_the_file and at < tail.rfind(after):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, EOFError):
        return False
