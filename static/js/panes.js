// [data-panes]: on a narrow screen, the dossier or the grid, each where one left it. Without scripts, both, one below the other.
import { all, fresh } from "./dom.js";

const NARROW = window.matchMedia("(max-width: 1099px)");

export function startPanes(root) {
  fresh(root, "[data-panes]").forEach((element) => new Panes(element));
}

class Panes {
  constructor(element) {
    this.element = element;
    this.links = all(element, "[data-pane]");
    this.places = new Map();
    this.show(this.wanted() ?? element.dataset.panes);
    this.links.forEach((link) => link.addEventListener("click", (event) => this.chosen(event, link.dataset.pane)));
    window.addEventListener("hashchange", () => this.wanted() && this.show(this.wanted()));
    // Something inside the hidden pane is asked for: an error, a part of the dossier.
    element.addEventListener("focusin", (event) => NARROW.matches && this.holding(event.target));
  }

  /** The pane the address asks for. */
  wanted() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return this.links.map((link) => link.dataset.pane).find((id) => target && document.getElementById(id)?.contains(target));
  }

  holding(target) {
    const id = this.links.map((link) => link.dataset.pane).find((each) => document.getElementById(each)?.contains(target));
    if (id && id !== this.shown) this.show(id);
  }

  chosen(event, id) {
    if (!NARROW.matches) return;
    event.preventDefault();
    if (id === this.shown) return window.scrollTo({ top: this.top });
    this.places.set(this.shown, window.scrollY);
    this.show(id);
    window.scrollTo({ top: this.places.get(id) ?? this.top });
    history.replaceState(null, "", `#${id}`);
  }

  get top() {
    return this.element.getBoundingClientRect().top + window.scrollY;
  }

  show(id) {
    this.shown = id;
    this.element.dataset.shown = id;
    this.links.forEach((link) => (link.dataset.pane === id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  }
}
