// form[data-upload]: a file sent with its fingerprint and a progress bar. Without scripts the same form is posted as it is.
//
// The browser computes SHA-256 before sending and fills the hidden fields `sha256` and `size`. The server answers as it
// would to a plain form; the region named by data-upload (a selector; by default the nearest ancestor with an id, up to
// main) is taken from its answer, and with it what stands beside and follows from it (elements with an id and data-fresh).
import { everythingSaved } from "./autosave.js";
import { all, enhance, fresh, make } from "./dom.js";
import { noteFailure } from "./failures.js";
import { words } from "./words.js";

const MEGABYTE = 1_000_000;

// What sends files otherwise (uploads.js) has the page of the server shown in the same way.
document.addEventListener("page:answered", async ({ detail }) => {
  await everythingSaved(3000);
  show(detail.text, detail.selector, detail);
});

export function startUploads(root) {
  fresh(root, "form[data-upload]").forEach((form) => {
    form.addEventListener("submit", (event) => onSubmit(event, form));
    const input = fileInput(form);
    if (form.dataset.uploadAuto !== undefined) input?.addEventListener("change", () => input.files.length && form.requestSubmit());
    all(form, ".dropzone").forEach((zone) => acceptDrops(zone, input, form));
  });
}

function fileInput(form) {
  return form.querySelector('input[type="file"]');
}

async function onSubmit(event, form) {
  const file = fileInput(form)?.files[0];
  if (!file || form.dataset.sending !== undefined) return form.dataset.sending === undefined || event.preventDefault();
  event.preventDefault();
  const limit = Number(form.dataset.maxSize);
  if (limit && file.size > limit) return say(form, words.tooLarge(megabytes(file.size), megabytes(limit)), "failed");
  form.dataset.sending = "";
  setBusy(form, true);
  try {
    say(form, words.reading);
    await fingerprint(form, file);
    const answer = await send(form, event.submitter);
    await everythingSaved(3000); // what was typed meanwhile is not swapped away
    show(answer.responseText, form.dataset.upload || `#${form.parentElement.closest("[id]")?.id ?? "main"}`);
  } catch (failed) {
    noteFailure("upload", new URL(form.action).pathname, failed?.status);
    // An answer, even a bad one, says that the line held: the fault is ours.
    say(form, failed?.status ? words.notKept : words.uploadFailed, "failed");
  } finally {
    delete form.dataset.sending;
    setBusy(form, false);
  }
}

async function fingerprint(form, file) {
  fill(form, "size", file.size);
  if (!globalThis.crypto?.subtle) return;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  fill(form, "sha256", [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
}

function fill(form, name, value) {
  const field = [...form.elements].find((element) => element.type === "hidden" && (element.name === name || element.name.endsWith(`-${name}`)));
  if (field) field.value = value;
}

function send(form, submitter) {
  return new Promise((resolve, reject) => {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(form, event.loaded / event.total));
    request.upload.addEventListener("load", () => say(form, words.checking));
    request.addEventListener("load", () => (request.status < 500 ? resolve(request) : reject(request)));
    request.addEventListener("error", reject);
    request.addEventListener("timeout", reject);
    request.addEventListener("abort", reject);
    request.send(data);
  });
}

/** Take the region, and the messages, from the page the server answered. `focus`: whether it follows. */
function show(text, selector, { focus = true } = {}) {
  const page = new DOMParser().parseFromString(text, "text/html");
  // A session that ended answers with another page: it is shown in the place of this one.
  const where = page.querySelector(selector) ? selector : "#main";
  const [before, after] = [document.querySelector(where), page.querySelector(where)];
  if (!before || !after) return location.assign(location.href);
  const region = document.importNode(after, true);
  before.replaceWith(region);
  if (!region.querySelector("#messages")) replace("#messages", page);
  replace(".state-banner", page);
  all(document, "[id][data-fresh]").forEach((beside) => region.contains(beside) || replace(`#${beside.id}`, page));
  enhance(region);
  if (focus) focusOn(region);
}

function replace(selector, page) {
  const [before, after] = [document.querySelector(selector), page.querySelector(selector)];
  if (!before || !after) return;
  const renewed = document.importNode(after, true);
  before.replaceWith(renewed);
  enhance(renewed);
}

function focusOn(region) {
  const target = region.querySelector("[data-error-summary]") ?? region.querySelector("h1, h2, h3") ?? region;
  target.tabIndex = -1;
  target.focus({ preventScroll: !target.matches("[data-error-summary]") });
}

function line(form) {
  return form.querySelector(".upload-line") ?? form.appendChild(newLine());
}

function newLine() {
  const element = make("div", "upload-line");
  const bar = make("progress", "");
  bar.max = 100;
  bar.hidden = true;
  const text = make("p", "");
  text.setAttribute("role", "status");
  element.append(bar, text);
  return element;
}

function say(form, text, state = "") {
  const [bar, words_] = line(form).children;
  words_.textContent = text;
  words_.className = state === "failed" ? "invalid-feedback" : "";
  bar.hidden = state === "failed";
  if (!bar.hidden && text === words.reading) bar.removeAttribute("value");
}

function progress(form, share) {
  const percent = Math.floor(share * 100);
  const [bar, text] = line(form).children;
  bar.value = percent;
  bar.textContent = `${percent} %`;
  // Every tenth is enough for those who listen.
  if (percent % 10 === 0) text.textContent = words.sending(percent);
}

function setBusy(form, busy) {
  form.setAttribute("aria-busy", String(busy));
  [...form.elements].filter((element) => element.type === "submit").forEach((button) => (button.disabled = busy));
}

function megabytes(size) {
  return words.megabytes(size / MEGABYTE);
}

function acceptDrops(zone, input, form) {
  const over = (event, inside) => {
    event.preventDefault();
    zone.classList.toggle("dropzone--over", inside);
  };
  zone.addEventListener("dragover", (event) => over(event, true));
  zone.addEventListener("dragleave", (event) => over(event, false));
  zone.addEventListener("drop", (event) => {
    over(event, false);
    if (!input || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    if (form.dataset.uploadAuto === undefined) input.focus();
  });
}
