// The hot-wash: what mattered, what stands beside the path, and what happened when.

import { at, count, date, h } from "./dom.js";
import { send } from "./link.js";
import { bar, beside, none, table } from "./parts.js";

const MOST = 3; // turns that are talked of first

/**
 * @typedef {{by: string, turn: number, decision: string, reason: string}} Taken
 * @typedef {{turn: number, date: string, injects: [string, string][], decisions: Taken[], unmet: Record<string, number>}} Turn
 */

/** Decisions, what mattered most first, by their turns: three turns, then the others.
 * @param {(Taken & {averted: Record<string, number>})[]} rows @param {import("./link.js").Counted} about */
function mattered(rows, about) {
  if (!rows.length) return none("No decision has counted yet.");
  const turns = [...new Set(rows.map((row) => row.turn))];
  const told = (/** @type {number[]} */ some) => h("ol", { class: "rows" }, ...some.map((turn) => h("li", {}, h("b", {}, `Turn ${turn}`),
    h("ul", { class: "plain" }, ...rows.filter((row) => row.turn === turn).map((row) => h("li", {}, h("b", {}, row.decision), ` (${row.by}). `,
      effect(row.averted, about), row.reason ? h("span", { class: "quiet" }, ` “${row.reason}”`) : null))))));
  const others = turns.slice(MOST);
  return h("div", {}, told(turns.slice(0, MOST)), others.length ? h("details", { id: "others" }, h("summary", {}, "Other turns"), told(others)) : null);
}

/** @param {Record<string, number>} averted @param {import("./link.js").Counted} about */
function effect(averted, about) {
  const told = Object.entries(averted).filter(([, units]) => units !== 0)
    .map(([product, units]) => `${count(Math.abs(units))} ${units > 0 ? "more" : "fewer"} ${about.units[product]} of ${product}`);
  return told.length ? `Without it ${told.join(", and ")} would have been missing.` : "Without it as much would have been missing.";
}

/** @param {Turn[]} turns @param {import("./link.js").Counted} about */
function story(turns, about) {
  const products = [...new Set(turns.flatMap((turn) => Object.keys(turn.unmet)))];
  const most = products.map((one) => Math.max(...turns.map((turn) => turn.unmet[one] ?? 0)));
  const head = ["Turn", "Injects", "Decisions", ...products.map((one) => `${about.units[one]} of ${one} not there`)];
  return table(head, turns.map((turn) => [
    h("span", { class: "nw" }, `${turn.turn}, ${date(turn.date, false)}`), turn.injects.map(([number, title]) => `${number} ${title}`).join("; ") || "–",
    turn.decisions.map((one) => `${one.by}: ${one.decision}`).join("; ") || "–",
    ...products.map((one, k) => (one in turn.unmet ? bar(turn.unmet[one], most[k]) : "not ended")),
  ]));
}

const answer = await send("debrief");
at("strip").hidden = answer.ok;
if (answer.ok) {
  at("mattered").append(mattered(answer.body.weights, answer.body));
  at("beside").append(beside(answer.body.lines, answer.body));
  at("turns").append(story(answer.body.turns, answer.body));
} else {
  at("strip").textContent = answer.body.message;
}
