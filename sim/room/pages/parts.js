// Parts that several pages have.

import { at, count, h } from "./dom.js";

/** An amount of a product in its unit. @param {number} units @param {string} product @param {import("./link.js").About} about */
export const goods = (units, product, about) => `${count(units)} ${about.units[product] ?? ""} of ${product}`;

/** A sum. @param {number} money @param {import("./link.js").About} about */
export const sum = (money, about) => `${count(money)} ${about.currency}`;

/** @param {string} words */
export const none = (words) => h("p", { class: "quiet" }, words);

/**
 * What was written to and fro, the latest first.
 * @param {{from: string, to: string[], text: string, turn: number, at: string | null}[]} rows
 * @param {import("./link.js").About} about
 */
export function messages(rows, about) {
  const name = (/** @type {string} */ role) => about.others.find((one) => one.role === role)?.title ?? "you";
  if (!rows.length) return [none("No messages.")];
  return rows.map((one) => h("article", { class: "item" },
    h("p", { class: "small quiet" }, `${name(one.from)} to ${one.to.map(name).join(", ")} · turn ${one.turn}${one.at ? ` · ${one.at}` : ""}`),
    h("p", { class: "pre" }, one.text)));
}

/**
 * The form under which messages are written: what is typed is taken by `post`, which tells whether it was taken.
 * @param {(to: string, text: string) => boolean | Promise<boolean>} post
 */
export function writes(post) {
  at("message").addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = at("text");
    if (text.value.trim() && await post(at("to").value, text.value)) text.value = "";
  });
}

/** A table whose first column names its rows. @param {string[]} head @param {string[][]} rows */
export function table(head, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, ...rows.map(([first, ...more]) => h("tr", {}, h("th", { scope: "row" }, first), ...more.map((cell) => h("td", {}, cell))))));
}

/** The path taken and what stands beside it. @param {{name: string, here: boolean, unmet: Record<string, number[]>}[]} lines */
export function beside(lines) {
  const products = Object.keys(lines[0]?.unmet ?? {});
  const total = (/** @type {number[]} */ units) => count((units ?? []).reduce((whole, one) => whole + one, 0));
  return table(["Not there until now", ...products], lines.map((line) => [line.here ? `${line.name}, you are here` : line.name, ...products.map((one) => total(line.unmet[one]))]));
}
