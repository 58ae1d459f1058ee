// A table copied from a spreadsheet and pasted in a cell, or in the box below the table: the server reads it, for it alone
// knows what the call takes; the lines are filled, what was understood is said, and one button puts everything back.
const words = document.documentElement.lang.startsWith("en")
  ? {
      reading: "Reading what you pasted…",
      failed: "What you pasted could not be read: check your connection. It is kept in the box “Paste from a spreadsheet”, under the table.",
      replaced: (n) => `${n} line${n === 1 ? " that was already there has" : "s that were already there have"} been replaced.`,
      undone: "Undone: the table is as it was.",
    }
  : {
      reading: "Lecture de ce que vous avez collé…",
      failed: "Ce que vous avez collé n’a pas pu être lu\u00a0: vérifiez votre connexion. Il est gardé dans le cadre «\u00a0Coller depuis un tableur\u00a0», sous le tableau.",
      replaced: (n) => `${n} ligne${n > 1 ? "s" : ""} qui s’y trouvai${n > 1 ? "ent" : "t"} déjà ${n > 1 ? "ont été remplacées" : "a été remplacée"}.`,
      undone: "Annulé\u00a0: le tableau est comme avant.",
    };

const LONGEST = 120_000;

export function startPaste() {
  document.querySelectorAll("[data-paste]").forEach((box) => new Box(box));
}

class Box {
  constructor(box) {
    this.box = box;
    this.prefix = box.dataset.paste;
    this.table = document.querySelector(`[data-formset="${this.prefix}"]`);
    this.said = document.querySelector(`[data-pasted="${this.prefix}"]`);
    this.area = box.querySelector("textarea");
    this.form = box.closest("form");
    const button = box.querySelector("button");
    // From here on it is this script that sends what is in it: a save of the page has nothing to do with it.
    this.area.removeAttribute("name");
    button.type = "button";
    button.addEventListener("click", () => this.area.value.trim() && this.fill(this.area.value, this.end));
    this.table.addEventListener("paste", (event) => this.pasted(event));
  }

  get rows() {
    return [...this.table.querySelectorAll("[data-formset-row]")].filter((row) => !row.hidden);
  }

  get most() {
    return Number(this.table.querySelector('[name$="-MAX_NUM_FORMS"]')?.value ?? 500);
  }

  /** After the last row something is typed in. */
  get end() {
    return this.rows.findLastIndex((row) => written(row)) + 1;
  }

  pasted(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const cell = event.target.closest("input, select");
    // One cell is pasted as usual.
    if (!cell || !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    const row = this.rows.indexOf(cell.closest("[data-formset-row]"));
    this.fill(text, row, field(cell));
  }

  async fill(text, start, at = "") {
    this.say([words.reading]);
    const read = text.length > LONGEST ? await this.ask(text.slice(0, LONGEST + 1), start, at) : await this.ask(text, start, at);
    if (!read) {
      this.keep(text.slice(0, LONGEST));
      return this.say([words.failed]);
    }
    const before = this.rows.map(values);
    const replaced = before.slice(start, start + read.lines.length).filter((_, index) => written(this.rows[start + index])).length;
    this.table.dispatchEvent(new CustomEvent("formset:grow", { detail: Math.min(start + read.lines.length, this.most) }));
    const rows = this.rows;
    read.lines.forEach((line, index) => write(rows[start + index], line));
    this.changed();
    this.keep(read.left);
    const problems = replaced ? [...read.problems, words.replaced(replaced)] : read.problems;
    this.say([read.understood, ...problems], read.lines.length ? () => this.undo(before, text) : null);
  }

  async ask(text, start, at) {
    const data = new FormData();
    const token = this.form.querySelector('[name="csrfmiddlewaretoken"]').value;
    // The management of both tables comes along: the page is one form for the server.
    this.form.querySelectorAll('[name$="_FORMS"]').forEach(({ name, value }) => data.set(name, name.includes("TOTAL") ? "0" : value));
    Object.entries({ csrfmiddlewaretoken: token, paste: this.prefix, text, start, at }).forEach(([name, value]) => data.set(name, value));
    try {
      const answer = await fetch(this.form.getAttribute("action"), { method: "POST", body: data, headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  undo(before, text) {
    const rows = this.rows;
    before.forEach((line, index) => rows[index] && write(rows[index], line));
    this.table.dispatchEvent(new CustomEvent("formset:shrink", { detail: before.length }));
    this.changed();
    this.keep(text);
    this.say([words.undone]);
    this.area.focus();
  }

  /** In the box: what did not fit, or could not be read. */
  keep(text) {
    this.area.value = text;
    this.box.open = Boolean(text);
  }

  changed() {
    this.table.dispatchEvent(new CustomEvent("formset:changed", { bubbles: true }));
  }

  say([first, ...more], undo = null) {
    const report = document.querySelector("[data-pasted-template]").content.cloneNode(true);
    const [title, list, button] = ["[data-understood]", "[data-problems]", "[data-undo]"].map((name) => report.querySelector(name));
    title.textContent = first || more.shift() || "";
    list.append(...more.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    button.type = "button";
    if (undo) button.addEventListener("click", undo);
    else button.remove();
    this.said.replaceChildren(report);
    this.said.scrollIntoView({ block: "nearest" });
  }
}

const controls = (row) => [...row.querySelectorAll("input, select")].filter(({ type }) => type !== "checkbox");
const field = ({ name }) => name.split("-").at(-1);
const values = (row) => Object.fromEntries(controls(row).map((control) => [field(control), control.value]));
const written = (row) => controls(row).some((control) => control.tagName === "INPUT" && control.value.trim());

function write(row, line) {
  controls(row).forEach((control) => field(control) in line && (control.value = line[field(control)]));
}
