// Money, in whole cents: a BigInt never loses one. The same rules as the server's field (`Amount`) and sums (`money`).
const LARGEST = 999_999_999_999n;

/** The cents of an amount as people type it; `null` when nothing is typed, `undefined` when it is no amount of a budget. */
export function cents(typed) {
  const bare = typed.normalize("NFKC").replace(/[\s\u200b]|€|eur(os?)?/gi, "").replace(/[\u2010-\u2013\u2212]/g, "-");
  if (!bare) return null;
  const text = decimalPoint(bare.replace(/^\((.+)\)$/, "-$1"));
  const found = /^(\d{1,22})(?:\.(\d{0,2}))?$/.exec(text);
  if (!found) return undefined;
  const value = BigInt(found[1]) * 100n + BigInt((found[2] ?? "").padEnd(2, "0"));
  return value > 0n && value <= LARGEST ? value : undefined;
}

function decimalPoint(text) {
  if (/^-?\d{1,3}(,\d{3})+\.\d*$|^-?\d{1,3}(,\d{3}){2,}$/.test(text)) return text.replaceAll(",", "");
  if (text.includes(",")) return text.replaceAll(".", "").replace(",", ".");
  return /^-?\d{1,3}(\.\d{3})+$/.test(text) ? text.replaceAll(".", "") : text;
}

/** The share of the cost, in thousandths, half away from zero; `null` while there is no cost. */
export function share(part, whole) {
  return whole ? (part * 2000n + whole) / (whole * 2n) : null;
}

/** « 0.800 » in thousandths. */
export function thousandths(text) {
  const [units, decimals = ""] = text.split(".");
  return BigInt(units + decimals.padEnd(3, "0").slice(0, 3));
}

const english = document.documentElement.lang.startsWith("en");
const nbsp = "\u00a0";

/** « 1 234,50 € »: cents only when there are some. */
export function euros(value) {
  const whole = String(value / 100n).replace(/\B(?=(\d{3})+$)/g, english ? "," : nbsp);
  const left = value % 100n ? (english ? "." : ",") + String(value % 100n).padStart(2, "0") : "";
  return english ? `€${whole}${left}` : `${whole}${left}${nbsp}€`;
}

/** « 33,3 % », from thousandths. */
export function percent(rate) {
  const left = rate % 10n ? (english ? "." : ",") + String(rate % 10n) : "";
  return `${rate / 10n}${left}${english ? "" : nbsp}%`;
}
