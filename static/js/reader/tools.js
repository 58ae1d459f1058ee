// The buttons above the pages, the field of the page's number, and the keys that do the same.
const KEYS = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "previous",
  PageUp: "previous",
  Home: "first",
  End: "last",
  "+": "larger",
  "=": "larger",
  "-": "smaller",
  0: "fit",
};

export class Tools {
  constructor(frame, shown) {
    this.frame = frame;
    this.shown = shown;
    this.heard = new AbortController();
    const { signal } = this.heard;
    frame.element.addEventListener("click", (event) => this.pressed(event), { signal });
    frame.element.addEventListener("keydown", (event) => this.typed(event), { signal });
    frame.field?.addEventListener("change", () => this.turn(Number(frame.field.value)), { signal });
    frame.field?.addEventListener("focus", () => frame.field.select(), { signal });
    // The line is back: what was missing is asked for again.
    window.addEventListener("online", () => frame.notice?.querySelector('[data-do="retry"]') && frame.retry(), { signal });
  }

  pressed(event) {
    const button = event.target.closest("[data-do]");
    if (button) this.act(button.dataset.do);
  }

  typed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target === this.frame.field) {
      if (event.key === "Enter") this.turn(Number(this.frame.field.value));
      return;
    }
    const act = KEYS[event.key];
    if (!act || event.target.closest("input, select, textarea, summary, [data-reader-pieces]")) return;
    if (!this.frame.pages.contains(event.target) && !this.frame.tools.contains(event.target)) return;
    if (this.act(act)) event.preventDefault();
  }

  /** Whether there was anything to do. */
  act(name) {
    const shown = this.shown();
    if (name === "retry") this.frame.retry();
    else if (name === "fit") shown.zoom(0);
    else if (name === "larger" || name === "smaller") shown.zoom(name === "larger" ? 1 : -1);
    else if (shown.go) this.turn({ next: shown.at + 1, previous: shown.at - 1, first: 1, last: Infinity }[name]);
    else return false;
    return true;
  }

  turn(number) {
    const shown = this.shown();
    if (number) shown.go(number);
    this.frame.field.value = shown.at;
    shown.announce();
  }

  end() {
    this.heard.abort();
  }
}
