// <time data-countdown="closing" data-server-now="now">: the time left, by the server's clock; data-countdown-over: what to
// say at its end, when it is not the call that closes.
import { fresh } from "./dom.js";
import { words } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERY_SECOND_BELOW = 10 * MINUTE;

export function startCountdowns(root) {
  fresh(root, "[data-countdown]").forEach(start);
}

function start(element) {
  const end = Date.parse(element.dataset.countdown);
  const serverNow = Date.parse(element.dataset.serverNow);
  if (Number.isNaN(end) || Number.isNaN(serverNow)) return;
  // performance.now() starts with the navigation and ignores changes of the visitor's clock.
  const started = performance.now() - sinceResponse();
  const left = () => end - serverNow - (performance.now() - started);
  element.setAttribute("aria-live", "off");
  tick(element, left);
  document.addEventListener("visibilitychange", () => document.hidden || write(element, left()));
}

/** Milliseconds since the server answered, so that a slow page does not show a late clock. */
function sinceResponse() {
  const [page] = performance.getEntriesByType("navigation");
  return page?.responseStart ? Math.max(0, performance.now() - page.responseStart) : 0;
}

function tick(element, left) {
  if (!element.isConnected) return;
  const remaining = left();
  write(element, remaining);
  if (remaining <= 0) return;
  const step = remaining > EVERY_SECOND_BELOW ? MINUTE : SECOND;
  setTimeout(() => tick(element, left), (remaining % step) + 20);
}

function write(element, remaining) {
  const text = remaining <= 0 ? (element.dataset.countdownOver ?? words.over) : words.left(parts(remaining));
  if (element.textContent !== text) element.textContent = text;
  element.closest(".deadline")?.classList.toggle("deadline--now", remaining > 0 && remaining < 2 * DAY);
}

function parts(remaining) {
  const days = Math.floor(remaining / DAY);
  const hours = Math.floor((remaining % DAY) / HOUR);
  const minutes = Math.floor((remaining % HOUR) / MINUTE);
  const seconds = Math.floor((remaining % MINUTE) / SECOND);
  if (days > 0) return some([words.days, days], [words.hours, hours]);
  if (hours > 0) return some([words.hours, hours], [words.minutes, minutes]);
  if (remaining > EVERY_SECOND_BELOW) return [words.minutes(minutes)];
  return some([words.minutes, minutes], [words.seconds, seconds]);
}

function some(...pairs) {
  const shown = pairs.filter(([, n]) => n > 0).map(([word, n]) => word(n));
  return shown.length ? shown : [words.seconds(0)];
}
