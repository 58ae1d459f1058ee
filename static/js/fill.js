// data[data-for]: a value for the field of that id, if nothing is typed in it by now.
import { fresh } from "./dom.js";

export function startFills(root) {
  fresh(root, "data[data-for]").forEach((found) => {
    const field = document.getElementById(found.dataset.for);
    if (!field || field.value.trim()) return;
    field.value = found.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
