// The bytes of a PDF, a part at a time, as its pages need them; a line that drops is waited for, nothing is begun again.
const AGAIN = 1200; // ms before the one quiet retry

/** What pdf.js asks parts of. `told` is called with "lost" when the line is, "back" when it came back, "shut" for ever. */
export function transportOf(library, address, size, told) {
  return new (class extends library.PDFDataRangeTransport {
    constructor() {
      super(size, null);
      this.missing = new Map();
      this.stopped = new AbortController();
    }

    requestDataRange(begin, end) {
      this.missing.set(begin, end);
      this.fetch(begin, end, true);
    }

    async fetch(begin, end, again) {
      try {
        const chunk = await part(address, begin, end, this.stopped.signal);
        if (chunk === null) return told("shut");
        this.missing.delete(begin);
        this.onDataRange(begin, chunk);
        if (!this.missing.size) told("back");
      } catch {
        if (this.stopped.signal.aborted) return;
        if (again) setTimeout(() => this.missing.has(begin) && this.fetch(begin, end, false), AGAIN);
        else told("lost");
      }
    }

    /** Ask again for everything that never came. */
    retry() {
      this.missing.forEach((end, begin) => this.fetch(begin, end, false));
    }

    abort() {
      this.stopped.abort();
    }
  })();
}

/** The bytes; null when they are refused. */
async function part(address, begin, end, signal) {
  const answer = await fetch(address, { headers: { Range: `bytes=${begin}-${end - 1}` }, redirect: "manual", signal });
  if (answer.status === 206) return new Uint8Array(await answer.arrayBuffer());
  if (answer.status === 200) return new Uint8Array(await answer.arrayBuffer()).slice(begin, end);
  if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) return null;
  throw new Error(`${answer.status}`);
}
