// <time data-countdown="closing" data-server-now="now">: the time left, by the server's clock; data-countdown-over: what to
// say at its end, when it is not the call that closes. Never the only information: the page says the instant in words.
//
// What is written changes often and is not read aloud; what is said aloud is rare (SAID). [data-until] is hidden from that
// instant on, [data-since] shown: the server decides anyway, this only spares a useless click.
import { fresh } from "./elements.js";
import { isStored, resync, serverNow, slept, startFrom } from "./serverclock.js";
import { words } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERY_SECOND_BELOW = 10 * MINUTE;
const ASK_AGAIN = 5 * MINUTE;
// Minutes left at which it is said aloud.
const SAID = [60, 30, 15, 10, 5, 2, 1, 0];

const running = new Set();
let voice = null;
let asking = null;

export function startCountdowns(root) {
  const found = fresh(root, "[data-countdown]").filter((element) => !Number.isNaN(Date.parse(element.dataset.countdown)));
  const first = !running.size;
  found.forEach((element) => {
    startFrom(element.dataset.serverNow);
    element.setAttribute("aria-live", "off");
    running.add({ element, end: Date.parse(element.dataset.countdown), step: null });
  });
  if (!first || !running.size) return found.length && beat();
  document.addEventListener("visibilitychange", () => document.hidden || doubt());
  window.addEventListener("pageshow", (event) => event.persisted && doubt());
  window.addEventListener("online", doubt);
  voice = document.body.appendChild(document.createElement("p"));
  voice.className = "visually-hidden";
  voice.setAttribute("role", "status");
  setInterval(() => document.hidden || nearest() > HOUR || doubt(), ASK_AGAIN);
  if (isStored()) doubt();
  beat();
}

/** Something makes our count doubtful: ask the server, and show what it says; what we know is shown meanwhile. */
async function doubt() {
  beat();
  if (nearest() < DAY && (await resync())) beat();
}

function beat() {
  clearTimeout(asking);
  running.forEach((each) => each.element.isConnected || running.delete(each));
  if (!running.size) return;
  if (slept()) resync().then((heard) => heard && beat());
  const now = serverNow();
  running.forEach((each) => show(each, each.end - now));
  const left = nearest();
  if (left === Infinity) return;
  const step = left > EVERY_SECOND_BELOW ? MINUTE : SECOND;
  // Never one long sleep: a device that wakes up in between is noticed within half a minute.
  asking = setTimeout(beat, Math.min((left % step) + 20, 30 * SECOND));
}

/** The shortest time left that is not over. */
function nearest() {
  const now = serverNow();
  return Math.min(...[...running].map((each) => each.end - now).filter((left) => left > 0), Infinity);
}

function show(each, left) {
  const { element } = each;
  const text = left <= 0 ? (element.dataset.countdownOver ?? words.over) : words.left(parts(left));
  if (element.textContent !== text) element.textContent = text;
  element.closest(".deadline")?.classList.toggle("deadline--now", left > 0 && left < 2 * DAY);
  const step = SAID.filter((minutes) => left <= minutes * MINUTE).length;
  if (each.step !== null && step > each.step && each === [...running][0]) voice.textContent = text;
  each.step = step;
  if (left <= 0) turn(element.dataset.countdown);
}

function turn(instant) {
  document.querySelectorAll(`[data-until="${instant}"]`).forEach((element) => (element.hidden = true));
  document.querySelectorAll(`[data-since="${instant}"]`).forEach((element) => (element.hidden = false));
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
