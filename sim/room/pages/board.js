// What the room sees, on the wall and for observers. Large, few words; every picture has its table.

import { at, count, date, fill, h, s } from "./dom.js";
import { picture, table } from "./map.js";
import { none } from "./parts.js";

/** @param {import("./link.js").State} state */
export function draw({ view, room }) {
  at("title").textContent = view.title;
  at("turn").textContent = view.over ? "The story is over" : `Turn ${view.turn} of ${view.turns}`;
  at("date").textContent = date(view.date);
  fill(at("map"), view.map, () => [picture(view.map)]);
  fill(at("ways"), view.map, () => [table(view.map)]);
  fill(at("unmet"), view.unmet, () => unmet(view.unmet, room));
  fill(at("last"), view.unmet, () => last(view.unmet, room));
  fill(at("news"), view.news, () => news(view.news));
  fill(at("join"), [room.code, room.addresses], () => [
    h("p", { class: "code" }, `${room.code.slice(0, 3)}-${room.code.slice(3)}`), ...room.addresses.map((one) => h("p", {}, one)),
  ]);
}

/** A table for each product, in its own unit. @param {{turns: number, by_region: Record<string, Record<string, number[]>>}} data
 * @param {import("./link.js").About} about */
function unmet(data, about) {
  if (!data.turns) return [none("The first turn has not been played yet.")];
  const turns = [...Array(data.turns).keys()];
  return Object.entries(data.by_region).map(([product, regions]) => {
    const most = Math.max(1, ...Object.values(regions).flat());
    const head = h("tr", {}, h("th", { scope: "col" }, "Region"), ...turns.map((k) => h("th", { scope: "col", class: "n" }, `Turn ${k + 1}`)));
    const body = Object.entries(regions).map(([region, units]) => h("tr", {}, h("th", { scope: "row" }, region || "all"),
      ...turns.map((k) => h("td", { class: "n" }, count(units[k] ?? 0), " ", mark(units[k] ?? 0, most)))));
    return h("table", {}, h("caption", {}, `${product}, ${about.units[product]}`), h("thead", {}, head), h("tbody", {}, ...body));
  });
}

/** A square that is empty, slanted or crossed: none, up to a third of the worst, more. @param {number} units @param {number} most */
function mark(units, most) {
  const kind = units === 0 ? 0 : units <= most / 3 ? 1 : 2;
  const square = s("svg", { viewBox: "0 0 20 20", class: `square k${kind}`, "aria-hidden": "true" }, s("rect", { x: 1, y: 1, width: 18, height: 18 }));
  if (kind) square.append(s("path", { d: kind === 1 ? "M1 10l9-9M1 19l18-18M10 19l9-9" : "M1 10l9-9M1 19l18-18M10 19l9-9M1 10l9 9M1 1l18 18M10 1l9 9" }));
  return square;
}

/** @param {{turns: number, by_product: Record<string, number[]>}} data @param {import("./link.js").About} about */
function last(data, about) {
  if (!data.turns) return [none("Nothing has been missing yet.")];
  const now = (/** @type {number[]} */ units) => units[data.turns - 1] ?? 0;
  const worst = Object.entries(data.by_product).sort(([, one], [, other]) => now(other) - now(one));
  return worst.map(([product, units]) => {
    const before = data.turns > 1 ? ` The turn before: ${count(units[data.turns - 2] ?? 0)}.` : "";
    return h("p", { class: "figure" }, h("b", {}, count(now(units))), ` ${about.units[product]} of ${product} not there.`, h("span", { class: "quiet" }, before));
  });
}

/** @param {any[]} rows */
function news(rows) {
  if (!rows.length) return [none("No news yet.")];
  return rows.slice(0, 4).map((row) => h("article", { class: "item" }, h("h3", {}, row.title), h("p", { class: "quiet" }, `${row.from}${row.story ? `, ${date(row.story, false)}` : ""}`)));
}
