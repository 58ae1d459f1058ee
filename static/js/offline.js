// form[data-offline="key"], with data-autosave: what is typed and not yet confirmed stays on this device, in order to be
// sent again when the line is back, even after the page was closed. What the server confirmed is forgotten here.
import { all, fresh } from "./dom.js";
import { words } from "./words.js";

const KEPT_APART = new Set(["csrfmiddlewaretoken", "seen", "page", "order", "stage", "beside"]);

export function startOffline(root) {
  fresh(root, "form[data-offline]").forEach((form) => new Draft(form));
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = form.dataset.offline;
    this.confirmed = values(form);
    this.field("page").value ||= token();
    this.restore();
    const touched = () => queueMicrotask(() => this.keep());
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("htmx:configRequest", (event) => event.target === form && (this.sent = values(form)));
    form.addEventListener("htmx:afterRequest", (event) => event.detail.elt === form && this.answered(event.detail));
    window.addEventListener("offline", () => this.say());
  }

  field(name) {
    return this.form.elements.namedItem(name);
  }

  /** What differs from what the server last confirmed. */
  get changes() {
    return Object.fromEntries(Object.entries(values(this.form)).filter(([name, value]) => this.confirmed[name] !== value));
  }

  keep() {
    const changes = this.changes;
    if (Object.keys(changes).length === 0) return forget(this.key);
    write(this.key, { seen: this.field("seen").value, page: this.field("page").value, order: this.field("order").value, changes });
    if (!navigator.onLine) this.say();
  }

  restore() {
    const kept = read(this.key);
    if (!kept) return;
    const changes = Object.entries(kept.changes).filter(([name, value]) => name in this.confirmed && this.confirmed[name] !== value);
    if (changes.length === 0) return forget(this.key);
    changes.forEach(([name, value]) => fill(this.form, name, value));
    // The page that wrote these goes on: the server knows whether anything was saved elsewhere since.
    this.field("seen").value = kept.seen;
    this.field("page").value = kept.page;
    this.field("order").value = kept.order ?? "";
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
    this.say();
  }

  answered({ successful, xhr }) {
    if (successful) {
      this.confirmed = this.sent ?? this.confirmed;
      this.keep();
      return;
    }
    if (xhr.status === 401 || xhr.status === 403) this.write(words.signedOut);
    else if (xhr.status === 404) this.gone();
    else if (xhr.status !== 409 && xhr.status !== 422) this.say();
  }

  /** The sheet is not this person's any more: nothing of it stays on the device. */
  gone() {
    forget(this.key);
    this.write(words.gone);
  }

  say() {
    const waiting = Object.keys(this.changes).length;
    if (waiting) this.write(navigator.onLine ? words.waiting(waiting) : words.offline(waiting));
  }

  write(text) {
    const line = all(this.form, "[data-autosave-status]")[0];
    if (!line) return;
    line.dataset.state = "failed";
    line.textContent = text;
  }
}

function values(form) {
  const found = {};
  [...form.elements].forEach(({ name, type }) => {
    if (name && type !== "submit" && !KEPT_APART.has(name)) found[name] = "";
  });
  new FormData(form).forEach((value, name) => name in found && (found[name] = value));
  return found;
}

function fill(form, name, value) {
  const field = form.elements.namedItem(name);
  if (field instanceof RadioNodeList) [...field].forEach((radio) => (radio.checked = radio.value === value && value !== ""));
  else if (field) field.value = value;
}

function token() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A browser may refuse its storage, or have none left: the page then works as it does without it.
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    localStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // nothing more can be kept here
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // it was not kept either
  }
}
