// The picture of the ways that goods come by. Three kinds of line and of filling, each with its word in the table beside.

import { h, s } from "./dom.js";

/**
 * @typedef {{name: string, kind: string, layer: number, state: string, short: number | null}} Spot
 * @typedef {{from: number, to: number, mode: string, state: string, used: boolean}} Link
 * @typedef {{places: Spot[], links: Link[]}} Ways
 */

const WIDTH = 1000;
const ROW = 50;
const LETTERS = 16;
const WORDS = { supplier: "makers", port: "ports", warehouse: "stores", facility: "who uses it" };

/** The kind of filling for so many of a hundred that were not there. @param {number | null} short */
const worse = (short) => (!short ? 0 : short <= 5 ? 1 : 2);

/** @param {Ways} ways */
export function picture(ways) {
  const layers = Math.max(1, ...ways.places.map((one) => one.layer));
  const rows = [...Array(layers + 1).keys()].map((k) => ways.places.filter((one) => one.layer === k));
  const height = ROW * Math.max(2, ...rows.map((row) => row.length)) + 20;
  /** @type {Map<Spot, [number, number]>} */
  const spots = new Map();
  rows.forEach((row, layer) => row.forEach((one, k) => {
    spots.set(one, [70 + (layer * (WIDTH - 260)) / layers, 10 + (height - 20) * ((k + 0.5) / row.length)]);
  }));
  const image = s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "map", role: "img", "aria-label": `Map of the ways that goods come by. ${inWords(ways).join(" ")} The table of ways below has the same.` });
  for (const link of ways.links) {
    const [x, y] = spots.get(ways.places[link.from]) ?? [0, 0];
    const [to, down] = spots.get(ways.places[link.to]) ?? [0, 0];
    const bend = to === x ? 60 : 0;
    const way = `M${x + 15} ${y}C${x + 15 + (to - x) / 2 + bend} ${y} ${to - 18 - (to - x) / 2 + bend} ${down} ${to - 18} ${down}`;
    image.append(s("path", { d: way, class: `way ${link.state}${link.used ? "" : " unused"}` }));
    image.append(s("path", { d: `M${to - 18} ${down - 6}l9 6l-9 6z`, class: `tip ${link.state}` }));
    if (link.state === "closed") {
      const [cx, cy] = [(x + to) / 2, (y + down) / 2];
      image.append(s("path", { d: `M${cx - 10} ${cy - 10}h20v20h-20z`, class: "shut" }), s("path", { d: `M${cx - 5} ${cy - 5}l10 10M${cx + 5} ${cy - 5}l-10 10`, class: "cross" }));
    }
  }
  for (const [one, [x, y]] of spots) image.append(...spot(one, x, y));
  return image;
}

/** @param {Spot} one @param {number} x @param {number} y */
function spot(one, x, y) {
  const kind = worse(one.short);
  const shape = one.kind === "facility" ? s("circle", { cx: x, cy: y, r: 13, class: `spot k${kind}` })
    : one.kind === "port" ? s("path", { d: `M${x} ${y - 14}l14 14l-14 14l-14 -14z`, class: "spot k0" })
      : s("rect", { x: x - 12, y: y - 12, width: 24, height: 24, class: "spot k0" });
  const marks = kind ? [s("path", { d: `M${x - 9} ${y + 6}l15-15M${x - 5} ${y + 10}l15-15${kind === 2 ? `M${x - 9} ${y - 6}l15 15M${x - 5} ${y - 10}l15 15` : ""}`, class: `mark k${kind}` })] : [];
  const more = one.short !== null ? (one.short ? `${one.short} in 100` : "nobody") : one.state === "open" ? "" : one.state;
  const beside = one.kind === "facility";
  const place = beside ? { x: x + 20, y: y - 2, "text-anchor": "start" } : { x, y: y - 17, "text-anchor": "middle" };
  const state = { ...(beside ? { x: x + 20, y: y + 15 } : { x: x + 18, y: y + 6 }), "text-anchor": "start" };
  const name = one.name.length > LETTERS ? `${one.name.slice(0, LETTERS - 1)}…` : one.name;
  return [shape, ...marks, s("text", { ...place, class: "named" }, name), s("text", { ...state, class: one.state === "open" ? "more" : "more ill" }, more)];
}

/** What is not as usual, a sentence each; the first says that all is, where it is so. @param {Ways} ways */
export function inWords(ways) {
  const names = ways.places.map((one) => one.name);
  const told = [
    ...ways.links.filter((one) => one.state !== "open").map((one) => `${names[one.from]} to ${names[one.to]}: ${one.state}.`),
    ...ways.places.filter((one) => one.state !== "open").map((one) => `${one.name}: ${one.state}.`),
    ...ways.places.filter((one) => one.short).map((one) => `${one.name}: ${one.short} in 100 not there.`),
  ];
  return told.length ? told : ["All ways are open, and nothing was missing."];
}

/** The same as a table: who went without, then what is not open, then the rest. @param {Ways} ways @param {string} since */
export function table(ways, since = "last turn") {
  const names = ways.places.map((one) => one.name);
  const rank = (/** @type {{state: string}} */ one) => ["closed", "slower", "open"].indexOf(one.state);
  const rows = [
    ...ways.places.filter((one) => one.state !== "open").map((one) => ({ what: one.name, how: WORDS[/** @type {keyof typeof WORDS} */ (one.kind)] ?? "", state: one.state })),
    ...ways.links.map((one) => ({ what: `${names[one.from]} to ${names[one.to]}`, how: one.used ? one.mode : `${one.mode}, not used`, state: one.state })),
  ].sort((a, b) => rank(a) - rank(b));
  const went = ways.places.filter((one) => one.short !== null).map((one) => ({
    what: one.name, how: since, state: one.short ? `${one.short} in 100 not there` : "nobody went without",
  }));
  const head = h("tr", {}, ...["Way", "How", "State"].map((word) => h("th", { scope: "col" }, word)));
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...[...went, ...rows].map((one) => h("tr", {}, h("th", { scope: "row" }, one.what), h("td", {}, one.how),
    h("td", { class: ["open", "nobody went without"].includes(one.state) ? "" : "ill" }, one.state)))));
}
