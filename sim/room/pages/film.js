// The film: a story stepped through day by day. Everything it shows stands in the page.

import { at, boxes, count, date, fill, h, inDays, s } from "./dom.js";
import { picture, table } from "./map.js";

/**
 * @typedef {{name: string, links: string[], spots: string[], short: (number | null)[][], stock: number[][], reserve: number[][], unmet: number[][], said: [number, string, string][]}} Path
 * @typedef {{title: string, start: string, made: string, leaves_out: string, bands: number[], units: Record<string, string>, days: number[], places: {name: string, kind: string, layer: number}[],
 *   links: {from: number, to: number, mode: string, used: boolean}[], products: string[], shelves: [number, number][], use: number[], paths: Path[]}} Film
 */

/** @type {Film} */
const film = JSON.parse(at("data").textContent);
const STATES = ["closed", "slower", "open"];
const NAMES = ["very low", "low", "in range", "over need"];
const EVERY = 700; // milliseconds a frame
const CURVE = { width: 420, height: 150, left: 8, top: 22 };
const chosen = { frame: 0, shown: 0, beside: film.paths.length > 1 ? 1 : -1 };
let playing = 0;

/** The last frame of a path that is not after one. @param {Path} path @param {number} frame */
const within = (path, frame) => Math.min(frame, path.links.length - 1);

/** @param {number} frame */
const dateOf = (frame) => {
  const day = new Date(`${film.start}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + (film.days[frame] ?? 0));
  return date(day.toISOString());
};

/** What the map is drawn of. @param {Path} path @param {number} frame */
function ways(path, frame) {
  const k = within(path, frame);
  const state = (/** @type {string} */ digits, /** @type {number} */ n) => STATES[Number(digits[n])] ?? "open";
  return {
    places: film.places.map((one, n) => ({ ...one, state: state(path.spots[k] ?? "", n), short: (path.short[k] ?? [])[n] ?? null })),
    links: film.links.map((one, n) => ({ ...one, state: state(path.links[k] ?? "", n) })),
  };
}

/** The word for so many days of use. @param {number} units @param {number} use */
function band(units, use) {
  if (units <= 0) return "none left";
  return NAMES[film.bands.filter((end) => units / use >= end).length] ?? "over need";
}

/** @param {string[]} head @param {(string | Node)[][]} rows @param {string} caption */
function rowsOf(head, rows, caption = "") {
  return h("table", {}, caption ? h("caption", {}, caption) : null,
    h("thead", {}, h("tr", {}, ...head.map((word, k) => h("th", { scope: "col", class: k ? "n" : "" }, word)))),
    h("tbody", {}, ...rows.map(([first, ...more]) => h("tr", {}, h("th", { scope: "row" }, first), ...more.map((cell) => h("td", { class: "n" }, cell))))));
}

/** The paths that are looked at. @returns {Path[]} */
const both = () => [film.paths[chosen.shown], film.paths[chosen.beside]].filter((one) => one !== undefined);

/** Units of a product not there, day by day, of the paths that are looked at. @param {number} product */
function curve(product) {
  const { width, height, left, top } = CURVE;
  const most = Math.max(1, ...film.paths.map((path) => path.unmet[path.unmet.length - 1]?.[product] ?? 0));
  const last = Math.max(1, film.days.length - 1);
  const x = (/** @type {number} */ k) => left + ((width - 2 * left) * k) / last;
  const y = (/** @type {number} */ units) => height - 4 - ((height - top - 4) * units) / most;
  const name = film.products[product] ?? "";
  const unit = film.units[name] ?? "";
  const lines = both().map((path, n) => s("path", { class: n ? "two" : "one",
    d: path.unmet.map((units, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(units[product] ?? 0).toFixed(1)}`).join("") }));
  const words = both().map((path) => `${path.name}: ${count(path.unmet[within(path, chosen.frame)]?.[product] ?? 0)}`).join("; ");
  const now = x(chosen.frame);
  return h("figure", {}, s("svg", { viewBox: `0 0 ${width} ${height}`, class: "curve", role: "img", "aria-label": `${name}, ${unit} not there since the start. ${words}. The table below has the same.` },
    s("path", { class: "frame", d: `M${left} ${top}V${height - 4}H${width - left}` }), ...lines, s("path", { class: "now", d: `M${now} ${top}V${height - 4}` }),
    s("text", { x: left, y: 15 }, `${name}, ${unit}; at most ${count(most)}`)));
}

/** What went without, in the table that has the curves' figures. */
function unmet() {
  const before = (/** @type {Path} */ path, /** @type {number} */ product) => {
    const k = within(path, chosen.frame);
    return (path.unmet[k]?.[product] ?? 0) - (path.unmet[Math.max(0, k - 1)]?.[product] ?? 0);
  };
  const head = ["Until this midnight", ...both().flatMap((path) => [path.name, "of these new"])];
  return rowsOf(head, film.products.map((name, n) => [`${name}, ${film.units[name] ?? ""}`,
    ...both().flatMap((path) => [count(path.unmet[within(path, chosen.frame)]?.[n] ?? 0), count(before(path, n))])]));
}

function stock() {
  const cell = (/** @type {Path} */ path, /** @type {number} */ row) => {
    const units = path.stock[within(path, chosen.frame)]?.[row] ?? 0;
    const word = band(units, film.use[row] ?? 1);
    return h("span", {}, `${count(units)} `, boxes(word), h("span", { class: "small" }, ` ${word}, ${inDays(Math.floor(units / (film.use[row] || 1)))}`));
  };
  const rows = film.shelves.map(([place, product], row) => [`${film.places[place]?.name}, ${film.products[product]}`, ...both().map((path) => cell(path, row))]);
  const kept = film.products.map((name, n) => ({ name, n })).filter(({ n }) => film.paths.some((path) => path.reserve.some((units) => units[n])));
  const reserves = kept.map(({ name, n }) => [`in reserves, ${name}`, ...both().map((path) => h("span", {}, count(path.reserve[within(path, chosen.frame)]?.[n] ?? 0)))]);
  return rowsOf(["Place, goods", ...both().map((path) => path.name)], [...rows, ...reserves]);
}

/** @param {Path} path */
function said(path) {
  const day = film.days[chosen.frame] ?? 0;
  const since = chosen.frame ? film.days[chosen.frame - 1] ?? 0 : -1;
  const past = path.said.filter(([when]) => when <= day).reverse();
  const words = { inject: "Inject", decision: "Decision", trouble: "Trouble" };
  return h("div", {}, h("h3", {}, path.name), past.length ? h("ul", { class: "said" }, ...past.slice(0, 12).map(([when, kind, text]) => {
    const moment = new Date(`${film.start}T00:00:00Z`);
    moment.setUTCDate(moment.getUTCDate() + when);
    return h("li", { class: when > since ? "today" : "" }, h("b", {}, `${date(moment.toISOString(), false)}. ${words[/** @type {keyof typeof words} */ (kind)]}. `), text.replace(/^Inject /, ""));
  })) : h("p", { class: "quiet" }, "Nothing yet."));
}

function show() {
  const shown = film.paths[chosen.shown];
  const beside = film.paths[chosen.beside];
  if (!shown) return;
  const frame = chosen.frame;
  at("slider").value = String(frame);
  at("slider").setAttribute("aria-valuetext", dateOf(frame));
  at("date").textContent = dateOf(frame);
  at("day").textContent = `Midnight before day ${(film.days[frame] ?? 0) + 1}`;
  at("n-map").textContent = shown.name;
  at("n-other").textContent = beside ? `${beside.name}${frame > beside.links.length - 1 ? ", which went no further" : ""}` : "";
  fill(at("map"), ways(shown, frame), () => [picture(ways(shown, frame))]);
  fill(at("other"), beside ? ways(beside, frame) : null, () => (beside ? [picture(ways(beside, frame))] : []));
  fill(at("ways"), ways(shown, frame), () => [table(ways(shown, frame), "in seven days")]);
  const key = [frame, chosen.shown, chosen.beside];
  fill(at("curves"), key, () => film.products.map((_, n) => curve(n)));
  fill(at("unmet"), key, () => [unmet()]);
  fill(at("stock"), key, () => [stock()]);
  fill(at("said"), key, () => both().map(said));
  if (!playing) at("say").textContent = `${dateOf(frame)}. ${shown.said.filter(([when]) => when === film.days[frame]).map((one) => one[2]).join(" ")}`;
}

/** @param {number} frame */
function go(frame) {
  chosen.frame = Math.max(0, Math.min(film.days.length - 1, frame));
  if (chosen.frame === film.days.length - 1) pause();
  show();
}

function pause() {
  clearInterval(playing);
  playing = 0;
  at("play").textContent = "Play";
}

function playOrPause() {
  if (playing) {
    pause();
    show();
    return;
  }
  if (chosen.frame === film.days.length - 1) chosen.frame = 0;
  playing = window.setInterval(() => go(chosen.frame + 1), EVERY);
  at("play").textContent = "Pause";
  show();
}

const KEYS = { ArrowLeft: () => go(chosen.frame - 1), ArrowRight: () => go(chosen.frame + 1), Home: () => go(0), End: () => go(film.days.length - 1), " ": playOrPause };
document.addEventListener("keydown", (event) => {
  const on = /** @type {Element} */ (event.target);
  if (event.ctrlKey || event.altKey || event.metaKey || on.matches("select, input") || (event.key === " " && on.matches("button"))) return;
  const act = KEYS[/** @type {keyof typeof KEYS} */ (event.key)];
  if (!act) return;
  event.preventDefault();
  act();
});
at("slider").max = String(film.days.length - 1);
at("slider").addEventListener("input", () => go(Number(at("slider").value)));
at("slider").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  playOrPause();
});
at("first").addEventListener("click", () => go(0));
at("back").addEventListener("click", () => go(chosen.frame - 1));
at("on").addEventListener("click", () => go(chosen.frame + 1));
at("last").addEventListener("click", () => go(film.days.length - 1));
at("play").addEventListener("click", playOrPause);
at("shown").append(...film.paths.map((path, k) => h("option", { value: k }, path.name)));
at("beside").append(h("option", { value: -1 }, "nothing"), ...film.paths.map((path, k) => h("option", { value: k }, path.name)));
at("beside").value = String(chosen.beside);
for (const which of /** @type {("shown" | "beside")[]} */ (["shown", "beside"])) {
  at(which).addEventListener("change", () => {
    chosen[which] = Number(at(which).value);
    show();
  });
}
at("made").textContent = film.made;
at("leaves").textContent = film.leaves_out;
show();
