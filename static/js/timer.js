// [data-timer="key"]: the parts of a hearing, counted down one after the other. It goes on through a reload or a locked screen.
import { all, fresh } from "./dom.js";
import { words } from "./words.js";

const LAST_MINUTES = 2 * 60_000;

export function startTimers(root) {
  fresh(root, "[data-timer]").forEach((element) => new Timer(element));
}

class Timer {
  constructor(element) {
    this.element = element;
    this.key = element.dataset.timer;
    this.parts = all(element, "[data-minutes]");
    this.face = element.querySelector("[data-timer-face]");
    this.said = element.querySelector("[data-timer-said]");
    this.state = this.kept() ?? { part: 0, spent: 0, since: null };
    this.on("start", () => this.start());
    this.on("pause", () => this.pause());
    this.on("next", () => this.next());
    this.on("reset", () => this.change({ part: 0, spent: 0, since: null }));
    this.show();
    setInterval(() => this.tick(), 250);
  }

  on(name, act) {
    this.button(name)?.addEventListener("click", act);
  }

  button(name) {
    return this.element.querySelector(`[data-timer-${name}]`);
  }

  get running() {
    return this.state.since !== null;
  }

  get left() {
    const { part, spent, since } = this.state;
    const length = Number(this.parts[part]?.dataset.minutes ?? 0) * 60_000;
    return length - spent - (since === null ? 0 : Date.now() - since);
  }

  start() {
    this.change({ ...this.state, since: Date.now() });
    this.say();
  }

  pause() {
    const { part, spent, since } = this.state;
    this.change({ part, spent: spent + (Date.now() - since), since: null });
  }

  next() {
    this.change({ part: this.state.part + 1, spent: 0, since: this.running ? Date.now() : null });
    this.say();
  }

  change(state) {
    this.state = state;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // a reload will start again
    }
    this.show();
  }

  kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
      return kept && kept.part < this.parts.length ? kept : null;
    } catch {
      return null;
    }
  }

  show() {
    const begun = this.running || this.state.spent > 0 || this.state.part > 0;
    this.button("start").hidden = this.running;
    this.button("pause").hidden = !this.running;
    this.button("next").hidden = !begun || this.state.part >= this.parts.length - 1;
    this.button("reset").hidden = !begun || this.running;
    this.parts.forEach((part, index) => {
      part.toggleAttribute("data-past", index < this.state.part);
      if (begun && index === this.state.part) part.setAttribute("aria-current", "step");
      else part.removeAttribute("aria-current");
    });
    this.tick();
  }

  tick() {
    const { left } = this;
    const over = left <= 0;
    const text = `${over ? "+" : ""}${minutes(Math.abs(over ? left : Math.ceil(left / 1000) * 1000))}`;
    if (this.face.textContent !== text) this.face.textContent = text;
    this.face.dataset.state = over ? "over" : left <= LAST_MINUTES ? "last" : "";
    if (over && this.running && !this.told) this.said.textContent = words.timeUp;
    this.told = over;
  }

  say() {
    const label = this.parts[this.state.part]?.querySelector("[data-timer-label]")?.textContent ?? "";
    this.said.textContent = `${label}, ${words.minutes(Math.ceil(this.left / 60_000))}`;
  }
}

function minutes(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
