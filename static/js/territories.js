// The territories of a dossier. The boxes of the list are the choice; what is around them follows each change at once:
// the sentence, the tags, the map, which is a second way to tick the same boxes. Loaded by that page alone.
const english = document.documentElement.lang.startsWith("en");
const nbsp = "\u00a0";

const words = english
  ? {
      none: "No territory is chosen yet.",
      places: (n, mixed) => `${n} ${mixed ? "territor" : "département"}${mixed ? (n === 1 ? "y" : "ies") : n === 1 ? "" : "s"}`,
      millions: (tenths) => `${tenths[0]}.${tenths[1]} million inhabitants`,
      people: (n) => `${grouped(n)} inhabitants`,
      remove: (name) => `Remove ${name}`,
      chosen: (n) => ` (${n} chosen)`,
      found: (n) => (n ? `${n} territor${n === 1 ? "y" : "ies"} found.` : "No territory bears that name."),
    }
  : {
      none: "Aucun territoire n’est encore choisi.",
      places: (n, mixed) => `${n} ${mixed ? "territoire" : "département"}${n > 1 ? "s" : ""}`,
      millions: (tenths) => `${tenths[0]},${tenths[1]} million${tenths[0] > 1 ? "s" : ""} d’habitants`,
      people: (n) => `${grouped(n)} habitants`,
      remove: (name) => `Retirer ${name}`,
      chosen: (n) => ` (${n} choisi${n > 1 ? "s" : ""})`,
      found: (n) => (n ? `${n} territoire${n > 1 ? "s" : ""} trouvé${n > 1 ? "s" : ""}.` : "Aucun territoire ne porte ce nom."),
    };

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const boxes = all('input[name="territories"]');
const box = (code) => boxes.find((each) => each.value === code);
const label = ({ dataset, value }) => `${dataset.name} (${value})`;
const population = (ticked) => ticked.reduce((sum, each) => sum + Number(each.dataset.population), 0);

function grouped(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, english ? "," : nbsp);
}

/** « 1,9 million d’habitants », rounded as the server rounds it. */
function people(number) {
  if (!number) return "";
  if (number < 1_000_000) return words.people(number);
  const tenths = Math.floor((number + 50_000) / 100_000);
  return words.millions([Math.floor(tenths / 10), tenths % 10]);
}

function sentence(ticked) {
  if (!ticked.length) return words.none;
  const mixed = ticked.some((each) => each.dataset.kind === "com");
  return [words.places(ticked.length, mixed), people(population(ticked))].filter(Boolean).join(", ");
}

// --- what follows the boxes

function show() {
  const ticked = boxes.filter((each) => each.checked).sort((a, b) => (a.value < b.value ? -1 : 1));
  showChosen(ticked);
  all("[data-places-region]").forEach((region) => {
    const number = all("input:checked", region).length;
    const count = region.querySelector(".count") ?? region.querySelector("summary").appendChild(make("span", "count"));
    count.textContent = number ? words.chosen(number) : "";
  });
  all("[data-place]").forEach((place) => {
    const chosen = box(place.dataset.place)?.checked ?? false;
    place.classList.toggle("place--chosen", chosen);
    if (place.hasAttribute("role")) place.setAttribute("aria-checked", chosen);
  });
  name();
}

function showChosen(ticked) {
  const chosen = document.getElementById("section-chosen");
  if (!chosen) return;
  write(chosen.querySelector("[data-chosen-words]"), sentence(ticked));
  const { least, most } = chosen.dataset;
  chosen.querySelector("[data-out-of-bounds]").hidden = !ticked.length || (ticked.length >= least && ticked.length <= most);
  const tags = chosen.querySelector("[data-chosen-tags]");
  if (tags.dataset.shown === ticked.map((each) => each.value).join()) return;
  tags.dataset.shown = ticked.map((each) => each.value).join();
  tags.hidden = !ticked.length;
  tags.replaceChildren(...ticked.map(tag));
}

function tag(ticked) {
  const item = make("li", "tag", ticked.dataset.name);
  if (Number(ticked.dataset.population)) item.append(" ", make("span", "muted", words.people(ticked.dataset.population)));
  const button = item.appendChild(make("button", "", "×"));
  button.type = "button";
  button.setAttribute("aria-label", words.remove(ticked.dataset.name));
  button.addEventListener("click", () => {
    toggle(ticked, false);
    (document.querySelector("[data-chosen-tags] button") ?? document.querySelector("[data-places-search]")).focus();
  });
  return item;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function make(kind, className, text = "") {
  const element = document.createElement(kind);
  if (className) element.className = className;
  element.textContent = text;
  return element;
}

/** Tick or untick, as somebody would: the form saves itself on a change. */
function toggle(target, checked = !target.checked) {
  target.checked = checked;
  if (checked) target.closest("details").open = true;
  target.dispatchEvent(new Event("change", { bubbles: true }));
}

// --- the search

const search = document.querySelector("[data-places-search]");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[’'\s-]+/g, " ").trim().toLowerCase();
const regions = all("[data-places-region]").map((element) => ({
  element,
  name: plain(element.querySelector("summary").textContent),
  open: element.open,
  rows: all(".form-check", element).map((row) => ({ row, input: row.querySelector("input") })),
}));
const matches = (asked, region, { dataset, value }) =>
  plain(dataset.name).split(" ").some((_, at, parts) => parts.slice(at).join(" ").startsWith(asked)) ||
  value.toLowerCase() === asked ||
  region.startsWith(asked);

function find() {
  const asked = plain(search.value);
  let found = 0;
  regions.forEach((region) => {
    let here = 0;
    region.rows.forEach(({ row, input }) => {
      row.hidden = Boolean(asked) && !matches(asked, region.name, input);
      here += !row.hidden;
    });
    region.element.hidden = here === 0;
    region.element.open = asked ? here > 0 : region.open || region.rows.some(({ input }) => input.checked);
    found += here;
  });
  document.querySelector("[data-places-found]").textContent = asked ? words.found(found) : "";
}

search?.addEventListener("input", find);
search?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // it would post the form
  regions.flatMap(({ rows }) => rows).find(({ row }) => search.value && !row.hidden)?.input.focus();
});

// --- the map

const map = document.querySelector("[data-map]");
const sheet = document.querySelector("[data-map-sheet]");
// Paris and those around it are reached on the larger drawing: on the other they are a few pixels wide.
const larger = new Set(all("[data-larger]").map(({ dataset }) => dataset.place));
const places = all("[data-place]").filter(({ dataset }) => box(dataset.place));
const reached = places.filter(({ dataset }) => !larger.has(dataset.place) || "larger" in dataset);
let pointed = null;

function startMap() {
  sheet.removeAttribute("aria-hidden");
  sheet.setAttribute("role", "group");
  sheet.setAttribute("aria-label", sheet.dataset.label);
  reached.forEach((place) => {
    place.setAttribute("role", "checkbox");
    place.setAttribute("aria-label", label(box(place.dataset.place)));
    place.setAttribute("tabindex", "-1");
  });
  reached[0]?.setAttribute("tabindex", "0");
  const wide = matchMedia("(min-width: 900px)");
  map.open = wide.matches;
  wide.addEventListener("change", () => (map.open = wide.matches));
  const at = (event) => event.target.closest?.("[data-place]");
  sheet.addEventListener("click", (event) => at(event) && toggle(box(at(event).dataset.place)));
  sheet.addEventListener("keydown", (event) => at(event) && onKey(event, at(event)));
  sheet.addEventListener("pointerover", (event) => name(at(event)));
  sheet.addEventListener("pointerleave", () => name(sheet.contains(document.activeElement) ? document.activeElement : null));
  sheet.addEventListener("focusin", (event) => {
    reached.forEach((place) => place.setAttribute("tabindex", place === event.target ? "0" : "-1"));
    name(event.target);
  });
  sheet.addEventListener("focusout", () => name(null));
}

function onKey(event, place) {
  if (event.key === " " || event.key === "Enter") toggle(box(place.dataset.place));
  else if (event.key in STEPS) neighbour(place, STEPS[event.key])?.focus();
  else return;
  event.preventDefault();
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The nearest on that side: the further off the line, the further away. */
function neighbour(place, [right, down]) {
  const centre = (each) => {
    const { left, top, width, height } = each.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  };
  const [x, y] = centre(place);
  const away = reached
    .filter((each) => each !== place)
    .map((each) => {
      const [dx, dy] = [centre(each)[0] - x, centre(each)[1] - y];
      const [along, aside] = [dx * right + dy * down, Math.abs(dx * down) + Math.abs(dy * right)];
      return { each, distance: along > 0 && aside < 3 * along ? along + 2 * aside : Infinity };
    });
  const nearest = away.reduce((least, one) => (one.distance < least.distance ? one : least), { distance: Infinity });
  return nearest.each;
}

/** Under the map: the territory pointed at, or what is chosen in all. */
function name(place = pointed) {
  if (!sheet) return;
  pointed = place;
  const ticked = boxes.filter((each) => each.checked);
  const seen = place && box(place.dataset?.place);
  const inhabitants = seen && people(Number(seen.dataset.population));
  write(sheet.querySelector("[data-map-name]"), seen ? [label(seen), inhabitants].filter(Boolean).join(" – ") : sentence(ticked));
}

if (sheet) startMap();
document.addEventListener("change", (event) => event.target.name === "territories" && show());
document.addEventListener("htmx:load", show); // the server's own account comes with each save
show();
