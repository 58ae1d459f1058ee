// form[data-uploads]: files sent in parts, several at once, paused, resumed after a cut or after the browser was closed.
//
// Only the pages with such forms load this; what sends (Uppy) and what reads (a worker) come when a file is first sent:
// meta[name="uploads"] says where they are. Without scripts, or if this does not load, the form is posted as it is.
import { fresh } from "./elements.js";
import { remembered } from "./uploads/memory.js";
import { say, Sending } from "./uploads/sending.js";
import { words } from "./uploads/words.js";

const sendings = new Set();
// By form: what was chosen and not sent yet, which a part of the page that is renewed would lose.
const chosen = new Map();

document.addEventListener("submit", onSubmit, true);
document.addEventListener("drop", onDrop);
document.addEventListener("change", ({ target }) => target.matches('form[data-uploads] input[type="file"]') && chosen.set(target.id, target.files));
document.addEventListener("htmx:load", ({ target }) => mount(target));
window.addEventListener("beforeunload", (event) => [...sendings].some((sending) => sending.busy) && event.preventDefault());
mount(document);
recall();

/** The forms take several files where several are wanted, and what is being sent finds its place again. */
function mount(root) {
  fresh(root, "form[data-uploads] input[type=file]").forEach((input) => {
    input.multiple = input.form.dataset.several !== undefined;
    if (!chosen.get(input.id)?.length) return;
    input.files = chosen.get(input.id);
    input.closest("details")?.setAttribute("open", "");
  });
  sendings.forEach((sending) => sending.card.place());
}

function onSubmit(event) {
  const form = event.target;
  const input = form.matches?.("form[data-uploads]") && form.querySelector('input[type="file"]');
  // The server says that none was chosen.
  if (!input || input.files.length === 0) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const files = [...input.files];
  const tooMany = files.length > 1 && !input.multiple;
  say(form, tooMany ? words.onlyOne : "");
  if (tooMany) return;
  input.value = "";
  chosen.delete(input.id);
  files.forEach((file) => begin(form, file));
}

/** What was dropped is in the form by now; letting go of it there says enough, but of what nothing may follow. */
function onDrop(event) {
  const form = event.target.closest?.(".dropzone")?.closest("form[data-uploads]:not([data-last])");
  if (form && event.dataTransfer?.files.length) form.requestSubmit();
}

function begin(form, file) {
  const { code, several } = form.dataset;
  const same = (sending) => sending.name === file.name && sending.size === file.size;
  // The same file again is the way to go on; where one file is wanted, another takes its place.
  [...sendings].filter((sending) => sending.code === code && (same(sending) || several === undefined)).forEach((sending) => (same(sending) ? sending.drop() : sending.cancel()));
  const sending = add({ form, file });
  sending.card.place();
  sending.run();
}

/** What an earlier visit had not finished. */
async function recall() {
  const found = await remembered(location.pathname);
  found.forEach((record) => {
    const form = document.querySelector(`form[data-uploads][data-code="${CSS.escape(record.code)}"]`);
    if (form) add({ form, file: record.file, record }).recall();
  });
}

function add(said) {
  const sending = new Sending({ ...said, over: () => sendings.delete(sending) });
  sendings.add(sending);
  return sending;
}
