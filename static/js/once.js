// Any form: waits until the rest of the page is saved. form[data-once]: sent once; a second click sends nothing.
import { everythingSaved, unsavedBeside } from "./autosave.js";
import { all } from "./dom.js";
import { words } from "./words.js";

export function startOnce() {
  document.addEventListener("submit", onSubmit);
  window.addEventListener("pageshow", () => all(document, "form[data-once]").forEach(release));
}

async function onSubmit(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  if (form.dataset.sent !== undefined) return event.preventDefault();
  if (unsavedBeside(form)) {
    event.preventDefault();
    const button = event.submitter;
    hold(form, button);
    await everythingSaved();
    release(form);
    // Not saved after all: the browser's own question (beforeunload) is asked, nothing is lost in silence.
    return form.requestSubmit(unsavedBeside(form) ? undefined : button);
  }
  if (form.dataset.once !== undefined) hold(form, event.submitter);
}

function hold(form, button) {
  form.dataset.sent = "";
  form.setAttribute("aria-busy", "true");
  // After this turn, so that the pressed button's own value is posted.
  setTimeout(() => {
    if (form.dataset.sent === undefined) return;
    buttons(form).forEach((each) => (each.disabled = true));
    if (button?.tagName === "BUTTON") {
      button.dataset.words = button.textContent;
      button.textContent = form.dataset.once || words.busy;
    }
  });
}

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
  buttons(form).forEach((button) => {
    button.disabled = false;
    if (button.dataset.words !== undefined) button.textContent = button.dataset.words;
    delete button.dataset.words;
  });
}

function buttons(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}
