// The server's instant, whatever the clock of the device says, whether it slept, or came back to a page kept aside.
//
// Counted from what the page says (data-server-now), then asked of /heure/ when something makes that doubtful. In doubt it
// runs fast: a page that promises a second that is gone costs a candidacy, one that is a second early costs nothing.
const ADDRESS = "/heure/";
const SLEPT = 1500; // the two clocks of the device drift apart by this much only if it slept, or was set
const NOT_BEFORE = 20_000;
const PATIENCE = 8000;

let base = null; // { server, mono, wall }, in milliseconds
let asked = -Infinity;

/** Start from the instant written in the page, if nothing better is known. */
export function startFrom(serverNow) {
  const server = Date.parse(serverNow);
  if (base || Number.isNaN(server)) return;
  const ago = sinceResponse();
  base = { server, mono: performance.now() - ago, wall: Date.now() - ago };
}

/** The present instant of the server, in milliseconds. */
export function serverNow() {
  const mono = performance.now() - base.mono;
  // performance.now() may stop while the device sleeps: the longest time is believed until the server has answered.
  return base.server + (slept() ? Math.max(mono, Date.now() - base.wall) : mono);
}

/** Whether the device slept, or its clock was set, since the server was last heard. */
export function slept() {
  return Math.abs(Date.now() - base.wall - (performance.now() - base.mono)) > SLEPT;
}

/** Whether this page was taken from a store, and its instant may be old. */
export function isStored() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

/** Ask the server for its instant; answers whether it gave it. */
export async function resync() {
  const sent = performance.now();
  if (sent - asked < NOT_BEFORE) return false;
  asked = sent;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const answer = await fetch(ADDRESS, { cache: "no-store", credentials: "omit", signal: giveUp.signal });
    const server = Date.parse((await answer.text()).trim());
    if (!answer.ok || Number.isNaN(server)) return false;
    // It may have been read as early as we asked: all the way there and back is taken for lost.
    base = { server: server + (performance.now() - sent), mono: performance.now(), wall: Date.now() };
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/** Milliseconds since the server answered, so that a slow page does not show a late clock. */
function sinceResponse() {
  const [page] = performance.getEntriesByType("navigation");
  return page?.responseStart ? Math.max(0, performance.now() - page.responseStart) : 0;
}
