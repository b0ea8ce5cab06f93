// Parts that several pages have.

import { at, count, h, s } from "./dom.js";

/** An amount of a product in its unit. @param {number} units @param {string} product @param {import("./link.js").Counted} about */
export const goods = (units, product, about) => `${count(units)} ${about.units[product] ?? ""} of ${product}`;

/** A sum. @param {number} money @param {import("./link.js").Counted} about */
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

/** A table whose first column names its rows. @param {string[]} head @param {(Node | string)[][]} rows */
export function table(head, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, ...rows.map(([first, ...more]) => h("tr", {}, h("th", { scope: "row" }, first), ...more.map((cell) => h("td", {}, cell))))));
}

/** An amount, and a bar as long as it is beside the most. @param {number} units @param {number} most */
export function bar(units, most) {
  const long = most > 0 ? (100 * units) / most : 0;
  const picture = s("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", class: "bar", "aria-hidden": "true" }, s("rect", { width: long, height: 12 }));
  return h("span", { class: "barred" }, h("span", { class: "num" }, count(units)), picture);
}

/**
 * The path taken and what stands beside it.
 * @param {{name: string, here: boolean, unmet: Record<string, number[]>}[]} lines @param {import("./link.js").Counted} about
 */
export function beside(lines, about) {
  const products = Object.keys(lines[0]?.unmet ?? {});
  const total = (/** @type {number[] | undefined} */ units) => (units ?? []).reduce((whole, one) => whole + one, 0);
  const most = products.map((one) => Math.max(...lines.map((line) => total(line.unmet[one]))));
  return table(["Not there until now", ...products.map((one) => `${one}, ${about.units[one]}`)], lines.map((line) => [
    line.here ? `${line.name}, you are here` : line.name, ...products.map((one, k) => bar(total(line.unmet[one]), most[k]))]));
}
