// A page of a PDF: its place kept, its drawing and its text while it is near the eye.
const MOST = 16_000_000; // points of a drawing: beyond, a phone gives up and shows nothing

export class Page {
  constructor(document_, number, shape) {
    this.document = document_;
    this.number = number;
    this.shape = shape;
    this.element = document.createElement("div");
    this.element.className = "reader__page";
    this.element.dataset.page = number;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", document_.frame.said("page", { n: number, total: document_.pdf.numPages }));
    this.hold();
  }

  get scale() {
    return this.document.width / this.shape.width;
  }

  /** Keep the place the page will take. */
  hold() {
    this.element.style.width = `${Math.floor(this.shape.width * this.scale)}px`;
    this.element.style.height = `${Math.floor(this.shape.height * this.scale)}px`;
  }

  resize() {
    this.hold();
    if (!this.isShown) return;
    this.drop();
    this.show();
  }

  async show() {
    if (this.isShown) return;
    this.isShown = true;
    const turn = (this.turn = {});
    try {
      this.proxy ??= await this.document.pdf.getPage(this.number);
      if (this.turn !== turn) return;
      this.shape = this.proxy.getViewport({ scale: 1 });
      this.hold();
      await this.draw(this.proxy.getViewport({ scale: this.scale }));
    } catch (error) {
      if (this.turn === turn && error?.name !== "RenderingCancelledException") this.fail();
    }
  }

  async draw(viewport) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");
    const points = viewport.width * viewport.height;
    const sharp = Math.min(window.devicePixelRatio || 1, 2, Math.sqrt(MOST / points));
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    this.element.replaceChildren(canvas);
    const transform = sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0];
    this.task = this.proxy.render({ canvas, viewport, transform, annotationMode: this.document.library.AnnotationMode.ENABLE });
    await this.task.promise;
    await this.write(viewport);
    this.element.dataset.drawn = "";
  }

  /** The words, invisible above the drawing: they are selected, searched and read aloud. Links stay words (see docs). */
  async write(viewport) {
    const layer = document.createElement("div");
    layer.className = "textLayer";
    this.element.style.setProperty("--total-scale-factor", viewport.scale);
    this.element.append(layer);
    const source = this.proxy.streamTextContent({ includeMarkedContent: true, disableNormalization: true });
    this.text = new this.document.library.TextLayer({ textContentSource: source, container: layer, viewport });
    await this.text.render();
    const end = document.createElement("div");
    end.className = "endOfContent";
    layer.append(end);
    layer.addEventListener("pointerdown", () => layer.classList.add("selecting"));
    layer.addEventListener("pointerup", () => layer.classList.remove("selecting"));
  }

  fail() {
    const failure = this.document.frame.element.querySelector('template[data-failure="page"]');
    this.element.replaceChildren(failure.content.cloneNode(true));
  }

  /** Give back the memory; the place is kept. */
  drop() {
    if (!this.isShown) return;
    this.isShown = false;
    this.turn = null;
    this.task?.cancel();
    this.text?.cancel();
    const canvas = this.element.querySelector("canvas");
    if (canvas) canvas.width = canvas.height = 0;
    this.element.replaceChildren();
    delete this.element.dataset.drawn;
    this.proxy?.cleanup();
  }
}
