"""Gather the files: source packages by pip, Debian's test files of ClamAV, our own mutants; all in var/corpus."""

import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tests.corpus import mutations
from tests.corpus.debian import unpacked

FOLDER = Path("var/corpus")
LOCK = Path(__file__).with_name("packages.txt")

# Text that its authors wrote for people or compilers is neither hostile nor odd.
_DULL = {
    *("", "awk", "bat", "bash", "c", "cfg", "cpp", "coveragerc", "css", "docbook", "egg-info", "exp", "feature"),
    *("gitattributes", "gitignore", "h", "hgignore", "hocr", "in", "ini", "ipynb", "json", "keep", "lock", "md", "php"),
    *("pl", "po", "ps1", "py", "pyi", "pylintrc", "rb", "readme", "rels", "rst", "sh", "toml", "txt", "typed", "yaml"),
    "yml",
}
_MADE_BY_TOOLS = re.compile(r"/cache/|/expanded_docx/|/_scratch/|/default-docx-template/|\.\d$")
ACCEPTED = ("pdf", "png", "jpg", "docx", "xlsx", "odt", "ods", "jpeg")
# What files of Microsoft and of OpenOffice pretend to be when renamed by somebody who hopes.
_PRETENDS = {
    **dict.fromkeys(("docm", "dotx", "dotm", "doc", "dot", "rtf", "pptx", "ppt", "zip"), "docx"),
    **dict.fromkeys(("xlsm", "xlsb", "xltx", "xltm", "xls", "xlt"), "xlsx"),
    "odp": "odt",
}


@dataclass(frozen=True)
class Case:
    """A file of the disk, offered under a name."""

    source: str
    path: str
    name: str
    file: Path
    digest: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What names it in the table."""
        return self.source, self.path, self.name.rpartition(".")[2].lower()


class GatheringError(Exception):
    """Something could not be gathered: the corpus would not be the corpus."""


def gathered() -> Iterator[Case]:
    """Every file that the table of verdicts speaks of."""
    for archive in _downloaded():
        source = re.split(r"-\d", archive.name)[0].lower()
        for path, content in sorted(_members(archive)):
            yield from _offered(source, path, content)
    for file in sorted((unpacked("clamav-testfiles") / "usr/share/clamav-testfiles").iterdir()):
        yield from _offered("clamav", file.name, file.read_bytes())
    for path, name, content in mutations.mutants():
        yield _case("mutation", path, name, content)


def _downloaded() -> list[Path]:
    """The archives of the lock; pip compares their fingerprints."""
    folder = FOLDER / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line for line in LOCK.read_text().splitlines() if line and not line.startswith("#")]
    known = {_digest(archive.read_bytes()): archive for archive in folder.iterdir()}
    wanted = {line.rpartition(":")[2]: line for line in lines}
    missing = [line for digest, line in wanted.items() if digest not in known]
    if missing:
        print(f"corpus  | downloading {len(missing)} source packages", flush=True)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_download, missing))
        known = {_digest(archive.read_bytes()): archive for archive in folder.iterdir()}
    return [known[digest] for digest in wanted]


def _download(line: str) -> None:
    """One source package, whose own programs describe it to pip; nothing is installed."""
    requirement = FOLDER / f"{line.partition('==')[0]}.txt"
    requirement.write_text(line)
    command = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "-qq",
        "download",
        "--no-deps",
        "--no-binary",
        ":all:",
    ]
    done = subprocess.run(
        [*command, "--require-hashes", "-r", str(requirement), "-d", str(FOLDER / "packages")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    requirement.unlink()
    if done.returncode:
        raise GatheringError(f"{line.partition(' ')[0]} could not be downloaded:\n{done.stderr[-2000:]}")


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """The odd files of an archive, named from its root."""
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as opened:
            for entry in opened.infolist():
                if not entry.is_dir() and _is_odd(entry.filename):
                    yield _inside(entry.filename), opened.read(entry)
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and _is_odd(member.name):
                content = tar.extractfile(member)
                assert content is not None, "a regular file has a content"
                yield _inside(member.name), content.read()


def _is_odd(path: str) -> bool:
    if _MADE_BY_TOOLS.search(path):
        return False
    return PurePosixPath(path).suffix.lower().lstrip(".") not in _DULL


def _inside(path: str) -> str:
    return path.partition("/")[2].removeprefix("Tests/").removeprefix("tests/").removeprefix("images/")


def _offered(source: str, path: str, content: bytes) -> Iterator[Case]:
    """As it is; and, when no call accepts that, under the extension somebody would hope with."""
    name = PurePosixPath(path).name
    yield _case(source, path, name, content)
    extension = name.rpartition(".")[2].lower()
    if extension not in ACCEPTED:
        digest = _digest(content)
        hoped = _PRETENDS.get(extension) or ACCEPTED[int(digest[:4], 16) % len(ACCEPTED)]
        yield _case(source, path, f"{name}.{hoped}", content)


def _case(source: str, path: str, name: str, content: bytes) -> Case:
    digest = _digest(content)
    file = FOLDER / "files" / digest[:2] / digest
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_bytes(content)
        part.rename(file)
    return Case(source, path, name, file, digest[:8])


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
