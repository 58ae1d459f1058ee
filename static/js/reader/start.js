// A reader on its element: what is shown, the tools above it, and what is said when it cannot be.
import { PdfDocument } from "./document.js";
import { Picture } from "./picture.js";
import { Tools } from "./tools.js";

const NARROW = window.matchMedia("(max-width: 899px)");
const SHOWN = { pdf: PdfDocument, picture: Picture };

/** Show the file of a [data-reader]; returns what ends it. */
export function start(element) {
  const pieces = element.querySelector("[data-reader-pieces]");
  if (pieces && element.closest(".reads") && !NARROW.matches) open(pieces);
  const Shown = SHOWN[element.dataset.reader];
  if (!Shown) return () => {};
  const frame = new Frame(element);
  let shown = new Shown(frame);
  const tools = new Tools(frame, () => shown);
  frame.retry = () => {
    if (shown.retry()) return;
    shown.end();
    shown = new Shown(frame);
    shown.open();
  };
  shown.open();
  return () => {
    tools.end();
    shown.end();
  };
}

/** The list beside the page, at the file one reads. */
function open(pieces) {
  pieces.open = true;
  const here = pieces.querySelector("[aria-current]");
  if (here) pieces.scrollTop = here.offsetTop - pieces.offsetTop - pieces.clientHeight / 2;
}

/** The parts of the element, and its words. */
class Frame {
  constructor(element) {
    this.element = element;
    this.pages = element.querySelector("[data-reader-pages]");
    this.tools = element.querySelector("[data-reader-tools]");
    this.field = element.querySelector("[data-reader-page]");
    this.status = element.querySelector("[data-reader-status]");
  }

  get known() {
    return this.element.dataset;
  }

  /** A sentence of the page, its names in braces replaced. */
  said(name, values) {
    const words = this.element.querySelector(`template[data-said="${name}"]`).content.textContent;
    return words.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  /** Nothing is shown yet, but it comes. */
  wait() {
    this.clear();
    this.element.querySelectorAll("[data-reader-unscripted], [data-reader-loading]").forEach((line) => {
      line.hidden = "readerUnscripted" in line.dataset;
    });
  }

  waited() {
    const waiting = this.element.querySelector("[data-reader-waiting]");
    if (waiting) waiting.hidden = true;
    if (this.tools) this.tools.hidden = false;
  }

  /** Say why it is not shown; once, and in place of what waits. */
  fail(kind) {
    this.clear();
    const failure = this.element.querySelector(`template[data-failure="${kind}"]`).content.cloneNode(true);
    const loading = this.element.querySelector("[data-reader-loading]");
    if (loading) loading.hidden = true;
    this.notice = failure.firstElementChild;
    this.pages.before(failure);
    this.pages.hidden = !this.pages.querySelector("[data-page]");
  }

  clear() {
    this.notice?.remove();
    this.notice = null;
    this.pages.hidden = false;
  }
}
