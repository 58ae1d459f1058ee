// A PDF, its pages one under the other, each drawn when it comes near the eye and let go when it is far.
import { Page } from "./page.js";
import { transportOf } from "./transport.js";

const CHUNK = 65_536;
const STEPS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const GAP = 8; // px of the ground, seen above a page one has turned to
const WIDEST = 1000; // px: beyond, a page at full width is too large to be read in one glance

export class PdfDocument {
  constructor(frame) {
    this.frame = frame;
    this.pages = [];
    this.step = STEPS.indexOf(1);
    this.at = 1;
  }

  async open() {
    this.frame.wait();
    const { library: place, worker, assets, address, size } = this.frame.known;
    try {
      this.library = await import(place);
    } catch {
      return this.frame.fail("lost");
    }
    const library = this.library;
    library.GlobalWorkerOptions.workerSrc = worker;
    this.transport = transportOf(library, address, Number(size), (what) => this.told(what));
    const base = new URL(assets, location.href).href;
    this.task = library.getDocument({
      range: this.transport,
      rangeChunkSize: CHUNK,
      disableAutoFetch: true,
      disableStream: true,
      isEvalSupported: false,
      enableXfa: false,
      cMapUrl: `${base}cmaps/`,
      standardFontDataUrl: `${base}standard_fonts/`,
      wasmUrl: `${base}wasm/`,
      iccUrl: `${base}iccs/`,
      verbosity: 0,
    });
    try {
      this.pdf = await this.task.promise;
      await this.lay();
    } catch (error) {
      if (!this.ended) this.frame.fail(error?.name === "PasswordException" ? "locked" : "damaged");
    }
  }

  told(what) {
    if (this.ended) return;
    if (what === "back") {
      if (this.isLost) this.frame.clear();
    } else this.frame.fail(what);
    this.isLost = what === "lost";
  }

  /** Take up again what the line cut; false when everything is to be begun again. */
  retry() {
    if (!this.isLost) return false;
    this.transport.retry();
    return true;
  }

  /** Every page at the size of the first until it is seen: asking each for its own would read the whole file. */
  async lay() {
    const first = await this.pdf.getPage(1);
    const shape = first.getViewport({ scale: 1 });
    const total = this.pdf.numPages;
    // Whether the pages scroll in a box of their own, or with the whole page, as on a phone.
    this.isInner = getComputedStyle(this.frame.pages).getPropertyValue("--reader-scrolls").trim() === "inside";
    this.pages = Array.from({ length: total }, (_none, index) => new Page(this, index + 1, shape));
    this.frame.pages.append(...this.pages.map((page) => page.element));
    this.frame.waited();
    this.frame.element.querySelector("[data-reader-total]").textContent = this.frame.said("total", { total });
    this.drawn = this.width;
    this.watch();
  }

  watch() {
    const root = this.isInner ? this.frame.pages : null;
    this.sight = new IntersectionObserver((entries) => entries.forEach((entry) => this.seen(entry)), { root, rootMargin: "60% 0px" });
    this.pages.forEach((page) => this.sight.observe(page.element));
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.frame.pages);
    this.scrolled = () => requestAnimationFrame(() => this.place());
    document.addEventListener("scroll", this.scrolled, { capture: true, passive: true });
    this.place();
  }

  seen({ target, isIntersecting }) {
    const page = this.pages[Number(target.dataset.page) - 1];
    isIntersecting ? page.show() : page.drop();
  }

  get width() {
    const style = getComputedStyle(this.frame.pages);
    const room = this.frame.pages.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return Math.min(room, WIDEST) * STEPS[this.step];
  }

  /** Draw again at the width there is now, the same page before the eye. */
  fit() {
    if (this.drawn === this.width) return;
    const { at } = this;
    this.pages.forEach((page) => page.resize());
    this.drawn = this.width;
    this.go(at);
  }

  zoom(by) {
    this.step = by ? Math.min(Math.max(this.step + by, 0), STEPS.length - 1) : STEPS.indexOf(1);
    this.fit();
  }

  go(number) {
    const page = this.pages[Math.min(Math.max(number, 1), this.pages.length) - 1];
    if (!page) return;
    if (this.isInner) this.frame.pages.scrollTop = page.element.offsetTop - GAP;
    else window.scrollTo({ top: window.scrollY + page.element.getBoundingClientRect().top - this.frame.tools.offsetHeight - GAP, behavior: "instant" });
    this.place();
  }

  /** Which page is before the eye: the one that holds the line a third down. */
  place() {
    if (this.ended || !this.pages.length) return;
    const box = this.frame.pages.getBoundingClientRect();
    const top = Math.max(box.top, 0);
    const line = top + (Math.min(box.bottom, window.innerHeight) - top) / 3;
    let [low, high] = [0, this.pages.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pages[middle].element.getBoundingClientRect().bottom < line) low = middle + 1;
      else high = middle;
    }
    this.at = low + 1;
    if (document.activeElement !== this.frame.field) this.frame.field.value = this.at;
  }

  /** Say where one is: asked for, never while somebody scrolls. */
  announce() {
    this.frame.status.textContent = this.frame.said("page", { n: this.at, total: this.pages.length });
  }

  end() {
    this.ended = true;
    this.sight?.disconnect();
    this.resized?.disconnect();
    document.removeEventListener("scroll", this.scrolled, { capture: true });
    this.pages.forEach((page) => page.element.remove());
    this.transport?.abort();
    this.task?.destroy();
  }
}
