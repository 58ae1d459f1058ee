"""Debian packages unpacked in var/corpus: nothing is installed, and nobody needs to be root."""

import os
import re
import subprocess
from pathlib import Path

FOLDER = Path("var/corpus/debian").resolve()


class MissingError(Exception):
    """A package could not be had."""


def unpacked(*packages: str) -> Path:
    """The root of a tree where these packages are unpacked, with what they need and this machine has not."""
    root = FOLDER / "-".join(packages)
    done = FOLDER / f".{root.name}"
    if not done.exists():
        print(f"corpus  | unpacking {' '.join(packages)}", flush=True)
        root.mkdir(parents=True, exist_ok=True)
        for archive in _downloaded(packages):
            _run("dpkg-deb", "-x", str(archive), str(root))
        _point_inside(root)
        done.touch()
    return root


def _downloaded(packages: tuple[str, ...]) -> list[Path]:
    said = _run("apt-get", "install", "--simulate", "--no-install-recommends", *packages)
    needed = re.findall(r"^Inst (\S+)", said, re.MULTILINE)
    folder = FOLDER / "archives"
    folder.mkdir(exist_ok=True)
    _run("apt-get", "download", "-qq", *(set(needed) | set(packages)), folder=folder)
    wanted = {name.partition(":")[0] for name in (*needed, *packages)}
    return [archive for archive in sorted(folder.glob("*.deb")) if archive.name.partition("_")[0] in wanted]


def _point_inside(root: Path) -> None:
    """Links from the root of the machine become links from the root of the tree."""
    for link in root.rglob("*"):
        if link.is_symlink() and (target := str(link.readlink())).startswith("/") and (root / target[1:]).exists():
            link.unlink()
            link.symlink_to(os.path.relpath(root / target[1:], link.parent))


def _run(*command: str, folder: Path | None = None) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MissingError(f"{command[0]} is not on this machine, which is no Debian") from error
    if done.returncode:
        raise MissingError(f"{' '.join(command)}: {done.stderr[-1500:]}")
    return done.stdout
