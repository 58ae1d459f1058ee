"""What an opening answers, and the bounds it keeps."""

from dataclasses import dataclass, field

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 10

# --- the picture of the first page
WIDTH, HEIGHT = 320, 440


@dataclass
class Opened:
    """What was found; `code` is empty when somebody can read the file."""

    code: str = ""
    pages: int | None = None
    remarks: list[str] = field(default_factory=list)
    keywords: str = ""  # among the properties of a PDF


class Found(Exception):
    """Nothing more needs to be read: this is what is wrong."""
