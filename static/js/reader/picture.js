// A picture, as wide as there is room, or larger.
const STEPS = [0.5, 0.75, 1, 1.5, 2, 3];

export class Picture {
  constructor(frame) {
    this.frame = frame;
    this.image = frame.pages.querySelector("img");
    this.step = STEPS.indexOf(1);
  }

  open() {
    this.failed = () => this.fail();
    this.image.addEventListener("error", this.failed);
    this.frame.clear();
    this.frame.waited();
    this.image.hidden = false;
    if (this.image.complete && !this.image.naturalWidth) this.fail();
    else this.look();
  }

  /** A picture whose beginning alone is sound raises no error: it is decoded to know. */
  async look() {
    try {
      await this.image.decode();
    } catch {
      if (!this.ended) this.fail();
    }
  }

  fail() {
    this.image.hidden = true;
    this.frame.tools.hidden = true;
    this.frame.fail(navigator.onLine ? "damaged" : "lost");
  }

  retry() {
    this.frame.clear();
    this.image.hidden = false;
    this.image.src = this.frame.known.address;
    return true;
  }

  zoom(by) {
    this.step = by ? Math.min(Math.max(this.step + by, 0), STEPS.length - 1) : STEPS.indexOf(1);
    const isFitted = STEPS[this.step] === 1;
    const width = Math.min(this.image.naturalWidth, this.frame.pages.clientWidth);
    this.image.style.width = isFitted ? "" : `${width * STEPS[this.step]}px`;
    this.image.style.maxWidth = isFitted ? "" : "none";
  }

  end() {
    this.ended = true;
    this.image.removeEventListener("error", this.failed);
  }
}
