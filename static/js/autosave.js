// form[data-autosave]: saved one second after the last change, tried again until it is, never left unsaved in silence.
//
// The form is posted to data-autosave (its action by default). The server answers with the text of the status line
// ("Enregistré à 16 h 52"), or 204; 409 and 422 come with words that are shown and wait for the person.
import { all, fresh } from "./dom.js";
import { htmx } from "./htmx.js";
import { words } from "./words.js";

const DELAY = 1000;
const FIRST_RETRY = 2000;
const LONGEST_RETRY = 30_000;

const savers = new Set();
let leaving = false;

export function startAutosave(root) {
  fresh(root, "form[data-autosave]").forEach((form) => savers.add(new Saver(form)));
}

/** Send what waits to be sent and answer once every form of the page is saved (or `patience` ms have passed). */
export async function everythingSaved(patience = 15_000) {
  const deadline = performance.now() + patience;
  pending().forEach((saver) => saver.flush());
  while (pending().length && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  return pending().length === 0;
}

/** Whether something on this page, apart from `form` itself, is not saved. */
export function unsavedBeside(form) {
  return pending().some((saver) => saver.form !== form);
}

function pending() {
  savers.forEach((saver) => saver.form.isConnected || savers.delete(saver));
  return [...savers].filter((saver) => saver.dirty);
}

class Saver {
  constructor(form) {
    this.form = form;
    this.change = 0; // counts what was typed
    this.saved = 0; // the change the server last confirmed
    this.sent = null; // the change on its way
    this.wait = FIRST_RETRY;
    this.line = statusLine(form);
    form.noValidate = true;
    form.setAttribute("hx-post", form.dataset.autosave || form.getAttribute("action") || location.href);
    form.setAttribute("hx-trigger", "autosave");
    form.setAttribute("hx-target", `#${this.line.id}`);
    form.setAttribute("hx-swap", "innerHTML");
    form.setAttribute("hx-sync", "this:queue last");
    htmx.process(form);
    this.listen();
  }

  get dirty() {
    return this.change > this.saved;
  }

  listen() {
    const changed = (event) => event.target.type !== "file" && !event.target.closest("[data-no-autosave]") && this.touch();
    this.form.addEventListener("input", changed);
    this.form.addEventListener("change", changed);
    this.form.addEventListener("formset:changed", () => this.touch());
    this.form.addEventListener("submit", () => this.cancel());
    const mine = (handler) => (event) => event.detail.elt === this.form && handler(event);
    this.form.addEventListener("htmx:beforeRequest", mine(() => this.started()));
    this.form.addEventListener("htmx:afterRequest", mine((event) => this.finished(event.detail)));
    window.addEventListener("online", () => this.dirty && this.flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.dirty && this.flush());
  }

  touch() {
    this.change += 1;
    // A save that lags behind a later one of the same page must not undo it: the server knows them by their order.
    const order = this.form.elements.namedItem("order");
    if (order) order.value = Number(order.value) + 1;
    this.later(DELAY);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), delay);
  }

  flush() {
    clearTimeout(this.timer);
    if (this.sent === null && this.form.isConnected) htmx.trigger(this.form, "autosave");
  }

  /** The form itself is being posted: that saves it. */
  cancel() {
    clearTimeout(this.timer);
    leaving = true;
  }

  started() {
    this.sent = this.change;
    if (this.line.dataset.state !== "failed") this.say("saving", words.saving);
  }

  finished({ successful, xhr }) {
    const sent = this.sent;
    this.sent = null;
    if (successful) return this.confirmed(sent, xhr);
    if (xhr.status === 409 || xhr.status === 422) return this.line.setAttribute("data-state", "failed");
    // Removed from the dossier meanwhile: asking again would not help, and the text is still in the page.
    if (xhr.status === 404) return this.say("failed", words.shut);
    this.say("failed", words.unsaved);
    this.later(this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_RETRY);
  }

  confirmed(sent, xhr) {
    this.saved = Math.max(this.saved, sent);
    this.wait = FIRST_RETRY;
    this.line.dataset.state = "saved";
    if (xhr.status === 204 || !xhr.responseText.trim()) this.say("saved", words.savedAt(clock(xhr)));
    if (this.dirty) this.later(DELAY);
  }

  say(state, text) {
    this.line.dataset.state = state;
    this.line.textContent = text;
  }
}

function statusLine(form) {
  const line = all(form, "[data-autosave-status]")[0] ?? document.querySelector("[data-autosave-status]") ?? form.appendChild(document.createElement("p"));
  line.classList.add("autosave");
  line.setAttribute("role", "status");
  line.id ||= `autosave-${savers.size + 1}`;
  return line;
}

/** The hour of the server's answer, in Paris. */
function clock(xhr) {
  const at = new Date(xhr.getResponseHeader("Date") ?? Date.now());
  return new Intl.DateTimeFormat("fr", { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit" }).format(at).replace(":", " h ");
}

window.addEventListener("beforeunload", (event) => {
  if (pending().length && !leaving) event.preventDefault();
});
window.addEventListener("pageshow", () => (leaving = false));

// A link followed within the second after typing waits for the save instead of asking.
document.addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  const elsewhere = event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link?.target || link?.hasAttribute("download");
  if (!link || elsewhere || !pending().length || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  await everythingSaved(3000);
  location.assign(link.href);
});
