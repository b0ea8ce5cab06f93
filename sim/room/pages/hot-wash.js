// The hot-wash: what mattered, what stands beside the path, and what happened when.

import { at, count, date, h } from "./dom.js";
import { send } from "./link.js";
import { beside, none, table } from "./parts.js";

/**
 * @typedef {{by: string, turn: number, decision: string, reason: string}} Taken
 * @typedef {{turn: number, date: string, injects: [string, string][], decisions: Taken[], unmet: Record<string, number>}} Turn
 */

/** @param {(Taken & {averted: Record<string, number>})[]} rows */
function mattered(rows) {
  if (!rows.length) return none("No decision has counted yet.");
  return h("ol", { class: "rows" }, ...rows.map((row, k) => h("li", { class: k < 3 ? "" : "small" },
    h("b", {}, `Turn ${row.turn}: ${row.decision}`), ` (${row.by}). `, effect(row.averted), row.reason ? h("p", { class: "quiet" }, `“${row.reason}”`) : null)));
}

/** @param {Record<string, number>} averted */
function effect(averted) {
  const told = Object.entries(averted).filter(([, units]) => units !== 0)
    .map(([product, units]) => `${count(Math.abs(units))} ${units > 0 ? "more" : "fewer"} of ${product}`);
  return told.length ? `Without it ${told.join(", and ")} would have been missing.` : "Without it as much would have been missing.";
}

/** @param {Turn[]} turns */
function story(turns) {
  const products = [...new Set(turns.flatMap((turn) => Object.keys(turn.unmet)))];
  return table(["Turn", "Injects", "Decisions", ...products], turns.map((turn) => [
    `${turn.turn}, ${date(turn.date, false)}`, turn.injects.map(([number, title]) => `${number} ${title}`).join("; ") || "–",
    turn.decisions.map((one) => `${one.by}: ${one.decision}`).join("; ") || "–", ...products.map((one) => count(turn.unmet[one] ?? 0)),
  ]));
}

const answer = await send("debrief");
at("strip").hidden = answer.ok;
if (answer.ok) {
  at("mattered").append(mattered(answer.body.weights));
  at("beside").append(beside(answer.body.lines));
  at("turns").append(story(answer.body.turns));
} else {
  at("strip").textContent = answer.body.message;
}
