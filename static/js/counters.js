// textarea[data-counter="3000"]: says how much is left or too much, never cuts.
import { fresh, make } from "./dom.js";
import { words } from "./words.js";

const QUIET = 1000;

export function startCounters(root) {
  fresh(root, "[data-counter]").forEach(start);
}

function start(field) {
  const limit = Number(field.dataset.counter);
  const seen = make("p", "counter");
  const heard = make("p", "visually-hidden");
  seen.dataset.counterLine = "";
  seen.setAttribute("aria-hidden", "true");
  heard.setAttribute("role", "status");
  field.after(seen, heard);
  field.removeAttribute("maxlength");
  let timer;
  const write = () => {
    const left = limit - length(field.value);
    seen.textContent = left < 0 ? words.charactersOver(-left) : words.charactersLeft(left);
    seen.classList.toggle("counter--over", left < 0);
    clearTimeout(timer);
    if (left < limit / 10) timer = setTimeout(() => (heard.textContent = seen.textContent), QUIET);
  };
  field.addEventListener("input", write);
  write();
}

/** Characters as Python counts them: code points. */
function length(text) {
  return [...text].length;
}
