// The budget of a dossier: what it adds up to while one types, and tables pasted from a spreadsheet. Loaded by that page alone.
import { cents, euros, percent, share, thousandths } from "./euros.js";
import { startPaste } from "./paste.js";

const words = document.documentElement.lang.startsWith("en")
  ? {
      rate: (text) => ` (${text} of the budget)`,
      balanced: "difference: €0",
      lacking: (text) => `difference: ${text} of resources missing`,
      over: (text) => `difference: resources exceed expenses by ${text}`,
      unread: (where) => `Not counted, because it is not understood: ${where}.`,
      line: (table, n) => `${table}, line ${n}`,
      more: (n) => `and ${n} more`,
    }
  : {
      rate: (text) => ` (${text} du budget)`,
      balanced: "écart\u00a0: 0\u00a0€",
      lacking: (text) => `écart\u00a0: il manque ${text} de ressources`,
      over: (text) => `écart\u00a0: les ressources dépassent les dépenses de ${text}`,
      unread: (where) => `Pas compté, faute d’être compris\u00a0: ${where}.`,
      line: (table, n) => `${table}, ligne ${n}`,
      more: (n) => `et ${n} de plus`,
    };

/** The lines of a table that will be kept, and what each is. */
function lines(prefix) {
  const rows = [...document.querySelectorAll(`[data-formset="${prefix}"] [data-formset-row]`)].filter((row) => !row.hidden);
  return rows
    .filter((row) => !row.querySelector('[name$="-DELETE"]')?.checked)
    .map((row, index) => ({
      row,
      index,
      amount: cents(row.querySelector('[name$="-amount"]')?.value ?? ""),
      kind: row.querySelector('[name$="-kind"]')?.value,
    }));
}

function add(counted) {
  return counted.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
}

function show() {
  const sums = document.getElementById("section-sums");
  if (!sums || !document.querySelector("[data-formset]")) return;
  const [expenses, resources] = [lines("expenses"), lines("resources")];
  const [cost, funded] = [add(expenses), add(resources)];
  const requested = add(resources.filter(({ kind }) => kind === "requested"));
  const rate = share(requested, cost);
  const place = (name) => sums.querySelector(`[data-sum="${name}"]`);
  write(place("cost"), euros(cost));
  write(place("resources"), euros(funded));
  write(place("requested"), euros(requested) + (rate === null ? "" : words.rate(percent(rate))));
  showGap(place("gap"), funded - cost, cost);
  showUnread(place("unread"), { expenses, resources });
  over(sums, "ceiling", sums.dataset.ceiling && requested > cents(sums.dataset.ceiling));
  over(sums, "rate", sums.dataset.rate && rate !== null && rate > thousandths(sums.dataset.rate));
}

function showGap(element, gap, cost) {
  const text = gap === 0n ? words.balanced : gap < 0n ? words.lacking(euros(-gap)) : words.over(euros(gap));
  write(element, text);
  element.className = `state${gap !== 0n ? " state--changed" : cost ? " state--done" : ""}`;
}

/** Which amounts are not counted: the sums are short of them. */
function showUnread(element, tables) {
  const unread = Object.entries(tables).flatMap(([prefix, counted]) => {
    const title = document.querySelector(`[data-formset="${prefix}"] caption`).textContent;
    return counted.filter(({ amount }) => amount === undefined).map(({ index }) => words.line(title, index + 1));
  });
  element.hidden = !unread.length;
  const shown = unread.slice(0, 4).concat(unread.length > 4 ? [words.more(unread.length - 4)] : []);
  write(element, unread.length ? words.unread(shown.join(", ")) : "");
}

function over(sums, name, is) {
  const sentence = sums.querySelector(`[data-over="${name}"]`);
  if (sentence) sentence.hidden = !is;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

let waiting;
/** Once for all that changes together. */
function soon() {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(show);
}

["input", "change", "formset:changed", "htmx:load"].forEach((name) => document.addEventListener(name, soon));
startPaste();
show();

// The sums stand on the bar that saves, which grows with what it says.
const bar = document.querySelector(".save-bar");
if (bar) {
  new ResizeObserver(() => document.documentElement.style.setProperty("--save-bar", `${bar.offsetHeight}px`)).observe(bar);
}
