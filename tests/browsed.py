"""A page as a browser would take it: what may be typed in it, and what would act by itself."""

from collections.abc import Mapping
from html.parser import HTMLParser

_TYPED = {"text", "email", "url", "tel", "textarea", "search"}


class Page(HTMLParser):
    """What a browser would make of a page: the controls of the form of a section, and all that would act by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.kinds: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self.refused: set[str] = set()
        self.passing: set[str] = set()  # read once, never kept
        self.acts: list[str] = []
        self._form, self._held, self._name = "", "", ""
        self._is_template = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self._watch(tag, said)
        self._is_template += tag == "template"
        if self._is_template or (not said.get("name") and tag != "option"):
            return
        name = said.get("name", self._name)
        if tag == "input" and said.get("type", "text") not in {"submit", "button", "file"}:
            if said.get("type") in {"checkbox", "radio"}:
                self.kinds.setdefault(name, "box")
                if "checked" in said:
                    self.values.setdefault(name, []).append(said.get("value", "on"))
            else:
                self._found(name, said.get("type", "text"), said)
        elif tag in {"textarea", "select"}:
            self._name, self._held = name, tag
            self._found(name, tag, said)
        elif tag == "option" and self._held == "select":
            self.options.setdefault(name, []).append(said.get("value", ""))
            if "selected" in said:
                self.values[name] = [said.get("value", "")]

    def _found(self, name: str, kind: str, said: Mapping[str, str]) -> None:
        self.kinds[name] = kind
        self.values[name] = [said.get("value", "")]
        if "data-no-autosave" in said:
            self.passing.add(name)
        if "is-invalid" in said.get("class", ""):
            self.refused.add(name)

    def _watch(self, tag: str, said: Mapping[str, str]) -> None:
        """Nothing of ours has a handler, an address that runs, or a script or a picture from elsewhere."""
        acts = any(name.startswith("on") for name in said)
        runs = any(said.get(name, "").strip().lower().startswith("javascript") for name in ("href", "src", "action"))
        sources = {"script": ("/static/", "/admin/jsi18n/"), "img": ("/", "data:image/"), "iframe": ("/",)}
        is_foreign = tag in sources and not said.get("src", "/").startswith(sources[tag])
        is_written = tag == "script" and "src" not in said and "json" not in said.get("type", "")
        if acts or runs or is_foreign or is_written:
            self.acts.append(f"<{tag} {said}>")

    def handle_data(self, data: str) -> None:
        if self._held == "textarea":
            self.values[self._name][0] += data

    def handle_endtag(self, tag: str) -> None:
        self._is_template -= tag == "template"
        if tag == self._held:
            self._held = ""

    @property
    def typed(self) -> list[str]:
        """The names of the controls people type in."""
        return [name for name, kind in self.kinds.items() if kind in _TYPED]
