// [data-formset="prefix"]: rows of a Django formset added and removed in place, indexes renumbered.
//
//   <div data-formset="partners">
//     {{ formset.management_form }}
//     <div data-formset-rows> <div data-formset-row>… <button data-formset-remove></div> … </div>
//     <template> <div data-formset-row>…__prefix__… </div> </template>
//     <button type="button" data-formset-add>
//   </div>
import { enhance, fresh, make } from "./dom.js";
import { words } from "./words.js";

const ATTRIBUTES = ["id", "name", "for", "aria-describedby", "aria-labelledby", "aria-controls", "list"];

export function startFormsets(root) {
  fresh(root, "[data-formset]").forEach((element) => new Formset(element));
}

class Formset {
  constructor(element) {
    this.element = element;
    this.prefix = element.dataset.formset;
    this.list = element.querySelector("[data-formset-rows]") ?? element;
    this.template = element.querySelector("template");
    this.adder = element.querySelector("[data-formset-add]");
    this.spoken = element.appendChild(make("p", "visually-hidden"));
    this.spoken.setAttribute("role", "status");
    this.adder?.addEventListener("click", () => this.add());
    element.addEventListener("click", (event) => {
      const row = event.target.closest("[data-formset-remove]") && event.target.closest("[data-formset-row]");
      if (row) this.remove(row);
    });
    // Another script fills the table: it says how many rows it needs, or which it takes back.
    element.addEventListener("formset:grow", ({ detail }) => this.grow(detail));
    element.addEventListener("formset:shrink", ({ detail }) => this.shrink(detail));
    // Empty rows given to those who have no script.
    this.list.querySelectorAll("[data-spare]").forEach((row) => row.remove());
    this.rows.filter((row) => this.deleteBox(row)?.checked).forEach((row) => (row.hidden = true));
    this.refresh();
  }

  get rows() {
    return [...this.list.querySelectorAll("[data-formset-row]")];
  }

  get shown() {
    return this.rows.filter((row) => !row.hidden);
  }

  field(name) {
    return this.element.querySelector(`[name="${this.prefix}-${name}"]`);
  }

  deleteBox(row) {
    return row.querySelector('input[name$="-DELETE"]');
  }

  /** Whether the row is in the database: then it is marked for deletion, not taken out. */
  stored(row) {
    return this.rows.indexOf(row) < Number(this.field("INITIAL_FORMS")?.value ?? 0);
  }

  append() {
    const content = this.template.content.cloneNode(true);
    const row = content.querySelector("[data-formset-row]");
    this.list.append(content);
    this.number(row, this.rows.length - 1);
    return row;
  }

  grow(wanted) {
    for (let missing = wanted - this.shown.length; missing > 0; missing -= 1) this.append();
    this.refresh();
  }

  shrink(kept) {
    this.shown.slice(kept).forEach((row) => row.remove());
    this.refresh();
  }

  add() {
    const row = this.append();
    this.refresh();
    enhance(row);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    this.changed(words.rowAdded);
  }

  remove(row) {
    const next = this.shown[this.shown.indexOf(row) + 1] ?? this.shown[this.shown.indexOf(row) - 1];
    const box = this.deleteBox(row);
    if (this.stored(row) && box) {
      box.checked = true;
      row.hidden = true;
    } else {
      row.remove();
      this.rows.forEach((each, index) => this.number(each, index));
    }
    this.refresh();
    (next?.querySelector("[data-formset-remove]") ?? this.adder)?.focus();
    this.changed(words.rowRemoved);
  }

  number(row, index) {
    const pattern = new RegExp(`(${this.prefix}-)(\\d+|__prefix__)(?=-|$)`, "g");
    [row, ...row.querySelectorAll("*")].forEach((element) =>
      ATTRIBUTES.filter((name) => element.hasAttribute(name)).forEach((name) =>
        element.setAttribute(name, element.getAttribute(name).replace(pattern, `$1${index}`)),
      ),
    );
  }

  refresh() {
    const total = this.field("TOTAL_FORMS");
    if (total) total.value = this.rows.length;
    const most = Number(this.field("MAX_NUM_FORMS")?.value ?? 1000);
    const least = Number(this.field("MIN_NUM_FORMS")?.value ?? 0);
    if (this.adder) this.adder.hidden = this.shown.length >= most;
    this.shown.forEach((row, index) => {
      row.querySelectorAll("[data-formset-number]").forEach((element) => (element.textContent = index + 1));
      row.querySelectorAll("[data-formset-remove]").forEach((button) => (button.hidden = this.shown.length <= least));
    });
  }

  changed(text) {
    this.spoken.textContent = text;
    this.element.dispatchEvent(new CustomEvent("formset:changed", { bubbles: true }));
  }
}
