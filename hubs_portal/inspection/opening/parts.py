"""One part of an office file: it declares no entity, is well formed, runs nothing and fetches nothing."""

from __future__ import annotations

import posixpath
import re
import zipfile
from xml.parsers import expat

from .found import Found

# Relations that are followed when the file is opened; a link waits for somebody to click.
_FOLLOWED = re.compile(r"/(?:attachedTemplate|oleObject|frame|subDocument|image|package|control|audio|video|media)$")
# Elements of LibreOffice whose address is followed when the file is opened.
_SOURCES = re.compile(
    r":(?:image|object|object-ole|plugin|applet|floating-frame|section-source|table-source|cell-range-source"
    r"|dde-source|fill-image|background-image)$"
)
_ELSEWHERE = re.compile(r"(?i)^(?:https?|ftps?|file|smb|davs?|vnd\.sun\.star\.webdavs?):|^//|^[\\/]")
_LONGEST_FIELD = 1_000
# The fields and buttons of plain forms, which hold what people wrote and run nothing; any other control is a program.
_PLAIN_CONTROLS = re.compile(
    r"(?i)^\{(?:8BD21D[1-6]0-EC42-11CE-9E0D-00AA006002F3|D7053240-CE69-11CD-A777-00DD01143C57"
    r"|978C9E23-D4B0-11CE-BF2D-00AA003F40D0|4C599241-6926-101B-9992-00000B65C6F9"
    r"|DFD181E0-5E2F-11CE-A449-00AA004A803D|79176FB0-B7F2-11CE-97EF-00AA006D2776"
    r"|6E182020-F460-11CE-9BCD-00AA00608E01)\}$"
)


class Part:
    """Reads the XML of a part, and raises as soon as it finds something."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._declares
        self.parser.EntityDeclHandler = self._names_an_entity
        self._field: list[str] = []
        self._in_field = False
        if name.endswith(".rels"):
            self.parser.StartElementHandler = self._relation
        elif "/activeX/" in name:
            self.parser.StartElementHandler = self._control
        elif name.startswith(("word/", "xl/externalLinks/")):
            self.parser.StartElementHandler = self._of_microsoft
            self.parser.EndElementHandler = self._end
            self.parser.CharacterDataHandler = self._text
        elif name.rpartition("/")[2] in {"content.xml", "styles.xml"}:
            self.parser.StartElementHandler = self._of_libreoffice

    def read(self, archive: zipfile.ZipFile) -> None:
        """Read all of it, a little at a time."""
        try:
            with archive.open(self.name) as content:
                self.parser.ParseFile(content)
        except expat.ExpatError as error:
            raise Found("damaged") from error

    def _declares(self, _name: str, _system: str | None, _public: str | None, has_inside: int) -> None:
        """A type named by its address is an old custom, and nobody goes there; one declared here is a trap."""
        if has_inside:
            raise Found("damaged")

    def _names_an_entity(self, *_said: object) -> None:
        raise Found("damaged")

    def _relation(self, _element: str, said: dict[str, str]) -> None:
        if said.get("TargetMode") == "External" and _FOLLOWED.search(said.get("Type", "")):
            raise Found("fetches")

    def _control(self, _element: str, said: dict[str, str]) -> None:
        kind = said.get("ax:classid")
        if kind is not None and not _PLAIN_CONTROLS.match(kind):
            raise Found("macros")

    def _of_microsoft(self, element: str, said: dict[str, str]) -> None:
        """A field or a link that has another program answer (DDE)."""
        local = element.rpartition(":")[2]
        if local in {"ddeLink", "oleLink"} or (local == "fldSimple" and _asks(said.get("w:instr", ""))):
            raise Found("fetches")
        if local == "fldChar":
            self._refuse_field()
            self._field = []
        self._in_field = local == "instrText"

    def _text(self, text: str) -> None:
        if self._in_field and len(self._field) < _LONGEST_FIELD:
            self._field.append(text)

    def _end(self, _element: str) -> None:
        self._in_field = False

    def _refuse_field(self) -> None:
        if _asks("".join(self._field)):
            raise Found("fetches")

    def _of_libreoffice(self, element: str, said: dict[str, str]) -> None:
        if element.endswith(":event-listener") and element.startswith("script:"):
            raise Found("macros")
        if element.endswith(":dde-source") or (
            _SOURCES.search(element) and self._is_elsewhere(said.get("xlink:href", ""))
        ):
            raise Found("fetches")

    def _is_elsewhere(self, address: str) -> bool:
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(self.name), address))
        return bool(_ELSEWHERE.match(address)) or beside.startswith("..")


def _asks(field: str) -> bool:
    return field.strip().upper().startswith("DDE")
