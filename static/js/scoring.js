// form[data-scoring]: the total follows the marks as they are chosen.
import { all, fresh } from "./dom.js";
import { words } from "./words.js";

const HIGHEST = 5;

export function startScoring(root) {
  fresh(root, "form[data-scoring]").forEach((form) => {
    form.addEventListener("change", () => total(form));
    form.addEventListener("htmx:afterSettle", () => total(form)); // more may have been chosen since what was saved
    total(form);
  });
}

function total(form) {
  const criteria = all(form, "[data-weight]");
  const marks = criteria.map((criterion) => ({
    weight: Number(criterion.dataset.weight),
    value: criterion.querySelector(".mark__input:checked")?.value ?? "",
  }));
  const marked = marks.filter(({ value }) => value !== "");
  const sum = marked.reduce((so_far, { weight, value }) => so_far + (weight * Number(value)) / HIGHEST, 0);
  const figure = form.querySelector("[data-total-figure]");
  const note = form.querySelector("[data-total-note]");
  if (figure) figure.textContent = words.figure(sum);
  if (note) note.textContent = words.marked(marked.length, criteria.length);
}
