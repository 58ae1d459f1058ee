// A file on its way, from the moment it was chosen until the portal says that it is saved.
//
// One loop, begun again from its start after a pause, a cut or another visit: ask what has arrived, announce the file if
// nothing is known of it, send what is missing, have it read again. Each step may be asked twice.
import { make } from "../elements.js";
import { noteFailure } from "../failures.js";
import { Card } from "./card.js";
import { forget, remember } from "./memory.js";
import { ask, Cut, Refused } from "./server.js";
import { turn } from "./turns.js";
import { words } from "./words.js";

const DELAYS = [1, 3, 8, 15, 30]; // seconds
// The same bytes, sent again, may still do.
const PASSING = new Set(["altered_in_transit", "not_whole"]);

export class Sending {
  /** `record`: what an earlier visit remembers of it. `over`: told when there is nothing more to show. */
  constructor({ form, file, record = null, over }) {
    const { code, uploads: address, upload: region, maxSize } = form.dataset;
    const { name, size } = record ?? file;
    Object.assign(this, { file, code, address, region, name, size, over, limit: Number(maxSize), sent: 0, failures: 0 });
    Object.assign(this, { key: record?.key, multipart: record?.multipart, part: record?.part, digest: record?.digest });
    const acts = { pause: "pause", resume: "run", retry: "run", again: "run", cancel: "cancel", dismiss: "cancel", choose: "choose" };
    this.allowed = new Allowed();
    this.card = new Card({ name, code, size, acts: Object.fromEntries(Object.entries(acts).map(([name, act]) => [name, () => this[act]()])) });
    this.back = () => this.state === "cut" && this.run();
    this.gone = () => this.busy && this.state !== "cut" && this.state !== "checking" && this.halt(new Cut());
    window.addEventListener("online", this.back);
    window.addEventListener("offline", this.gone);
  }

  /** Whether leaving the page now would stop it. */
  get busy() {
    return ["waiting", "reading", "sending", "checking", "cut"].includes(this.state);
  }

  say(state, text, ...offered) {
    this.state = state;
    this.card.say(state, text, ...offered);
  }

  async run() {
    this.halt();
    const { signal } = (this.stopping = new AbortController());
    let giveBack = () => {};
    try {
      if (this.limit && this.size > this.limit) throw new Refused(413, { sentence: words.tooLarge(this.size, this.limit) });
      this.say("waiting", words.waiting, "cancel");
      giveBack = await turn(signal);
      await this.announce(signal);
      await this.send(signal);
      await this.complete(signal);
    } catch (error) {
      if (!signal.aborted) this.failed(error);
      else if (signal.reason instanceof Cut) this.failed(signal.reason);
    } finally {
      giveBack();
    }
  }

  async announce(signal) {
    this.arrived = this.key ? await this.arrival(signal) : null;
    if (this.arrived) return;
    if (!this.digest) {
      this.say("reading", words.reading, "cancel");
      this.digest = await fingerprint(this.file, (read) => this.card.progress(read), signal);
    }
    this.card.progress(0);
    this.say("sending", words.sending, "pause", "cancel");
    const { name, size, digest } = this;
    const told = await ask(this.address, { name, size, sha256: digest, type: this.file.type.slice(0, 100) }, signal);
    Object.assign(this, { key: told.key, multipart: told.multipart, part: told.part });
    this.allowed.take(told);
    const { key, multipart, part, code, file } = this;
    await remember({ key, multipart, part, code, file, name, size, digest });
  }

  /** What the portal has of it; null when it knows nothing of it any more. */
  async arrival(signal) {
    try {
      return await this.ask("etat", {}, signal);
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      await forget(this.key);
      this.key = null;
      return null;
    }
  }

  async send(signal) {
    if (this.arrived?.whole) return;
    this.say("sending", words.sending, "pause", "cancel");
    this.progress(this.arrived?.received ?? 0);
    const { send } = await import(source("content"));
    const { file, name, key, multipart, part } = this;
    const sign = (method, number) => this.sign(method, number ?? null, signal);
    await send({ file, name, key, multipart, part, sign, signal, onProgress: (bytes) => this.progress(bytes) });
  }

  async complete(signal) {
    this.say("checking", words.checking);
    const { name } = await this.ask("terminer", {}, signal);
    await forget(this.key);
    this.leave();
    announceAloud(words.saved(name));
    await show(this.card, this.region, name);
  }

  /** The right to one call; several are given at once, and each serves once. */
  async sign(method, part, signal) {
    const known = this.allowed.use(method, part);
    if (known) return known;
    this.allowed.take(await this.ask("signer", { method, part }, signal));
    return this.allowed.use(method, part);
  }

  ask(step, said, signal) {
    return ask(`${this.address}${this.key}/${step}/`, said, signal);
  }

  progress(bytes) {
    if (bytes > this.sent) this.failures = 0;
    this.sent = bytes;
    this.card.progress(bytes);
  }

  failed(error) {
    const refused = error instanceof Refused ? error : error?.cause instanceof Refused ? error.cause : null;
    if (refused) return this.refused(refused);
    if (error.name === "Unreadable") return this.say("failed", words.unreadable, "choose", "dismiss");
    noteFailure("upload", this.address, error.status ?? 0);
    this.say("cut", why(error), "retry", "cancel");
    const delay = DELAYS[Math.min(this.failures, DELAYS.length - 1)];
    this.failures += 1;
    // Off the line, the browser says when it is back.
    if (navigator.onLine) this.next = setTimeout(() => this.run(), delay * 1000);
  }

  refused({ status, sentence, code }) {
    noteFailure("upload", this.address, status);
    if (status === 401) return this.say("failed", words.signedOut, "resume", "cancel");
    if (status === 403) return this.say("failed", words.stale, "resume", "cancel");
    if (!sentence) return this.say("failed", words.gone, "dismiss");
    if (PASSING.has(code)) this.say("failed", sentence, "again", "cancel");
    else this.say("failed", sentence, "dismiss");
    // What came of it was taken away, or nothing had come.
    if (code === "not_whole" || !this.key) return;
    forget(this.key);
    this.key = null;
  }

  pause() {
    this.halt();
    this.say("paused", words.paused, "resume", "cancel");
  }

  /** Leave its place to another of the same file. */
  drop() {
    this.halt();
    this.leave();
    this.card.remove();
  }

  async cancel() {
    this.drop();
    if (!this.key) return;
    await forget(this.key);
    // What is not given up now is swept tomorrow.
    await this.ask("abandonner").catch(() => {});
  }

  /** Let the same file be chosen again: announced again, it goes on from what has arrived. */
  choose() {
    document.querySelector(`form[data-uploads][data-code="${CSS.escape(this.code)}"] input[type="file"]`)?.click();
  }

  /** Come back from an earlier visit: say where it is, and go on when asked. */
  async recall() {
    const arrived = await this.arrival().catch(() => ({ received: 0, whole: false }));
    if (!arrived) return this.leave();
    this.card.place();
    this.progress(arrived.received);
    if (arrived.whole) return this.run();
    const stopped = words.stopped(this.name, Math.floor((arrived.received / this.size) * 100));
    if (this.file) this.say("stopped", stopped, "resume", "cancel");
    else this.say("stopped", `${stopped} ${words.chooseAgain}`, "choose", "cancel");
  }

  halt(reason) {
    clearTimeout(this.next);
    this.stopping?.abort(reason);
  }

  leave() {
    this.state = "over";
    window.removeEventListener("online", this.back);
    window.removeEventListener("offline", this.gone);
    this.over();
  }
}

/** Calls the portal has let this page make, each for a few minutes. */
class Allowed {
  calls = new Map();

  take({ life, calls }) {
    const until = Date.now() + (life - 30) * 1000;
    calls.forEach(({ method, part, url, headers }) => this.calls.set(`${method} ${part}`, { url, headers, until }));
  }

  use(method, part) {
    const call = this.calls.get(`${method} ${part}`);
    this.calls.delete(`${method} ${part}`);
    return call && call.until > Date.now() ? { url: call.url, headers: call.headers } : null;
  }
}

/** What keeps it from going on, which it will try again by itself. */
function why({ status = 0, code }) {
  if (!navigator.onLine || status < 500) return words.cut;
  return code === "storage_failed" ? words.notKept : words.silent;
}

/** The page's own words for what is wrong with a form before anything is sent. */
export function say(form, text) {
  const line = form.querySelector(".upload-line") ?? form.appendChild(make("p", "upload-line invalid-feedback"));
  line.setAttribute("role", "status");
  line.textContent = text;
}

/** Take from the server's page what it says now in the region of this form; the rest of the page is left as it is. */
async function show(card, region, name) {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
  if (!answer?.ok) return card.say("done", words.reload(name), "dismiss");
  const detail = { text: await answer.text(), selector: region, focus: card.hasFocus };
  card.remove();
  document.dispatchEvent(new CustomEvent("page:answered", { detail }));
}

/** Said to those who listen, wherever they are on the page. */
function announceAloud(text) {
  let line = document.getElementById("sendings-said");
  if (!line) {
    line = document.querySelector("main").appendChild(make("p", "visually-hidden"));
    line.id = "sendings-said";
    line.setAttribute("role", "status");
  }
  line.textContent = text;
}

async function fingerprint(file, onRead, signal) {
  const worker = new Worker(source("worker"));
  try {
    return await new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(new DOMException("Stopped", "AbortError")));
      worker.onerror = () => reject(new Cut());
      worker.onmessage = ({ data }) => {
        if (data.digest) resolve(data.digest);
        else if (data.failed) reject(Object.assign(new Error("unreadable"), { name: "Unreadable" }));
        else onRead(data.read);
      };
      worker.postMessage(file);
    });
  } finally {
    worker.terminate();
  }
}

/** Where the pages say that the parts loaded later are. */
function source(name) {
  const meta = document.querySelector('meta[name="uploads"]');
  return name === "content" ? meta.content : meta.dataset[name];
}
