// Reading a list of injects: a file is looked at row by row, columns can be told, and it is used when that is said.

import { at, h } from "./dom.js";
import { say, send } from "./link.js";
import { read, write } from "./queue.js";

/** @typedef {{head: string[], ours: string[], columns: Record<string, string>, problems: string[], rows?: number, injects?: number, left_out?: string[]}} Looked */

const LARGEST = 2_000_000;

/** A file in base 64. @param {File} file @returns {Promise<string>} */
function content(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(String(reader.result).split(",", 2)[1] ?? ""));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}

/** Where this browser keeps which column is which, for lists with these columns. @param {string[]} head */
const place = (head) => `tideover-columns-${JSON.stringify(head)}`;

/** @param {number} count @param {string} word */
const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

/**
 * The button that reads a list; `question` asks before anything is changed.
 * @param {(title: string, body: (Node | string)[], yes: string, then: () => Promise<string>) => void} question
 */
export function readsLists(question) {
  at("read-list").addEventListener("click", () => {
    const file = /** @type {HTMLInputElement} */ (h("input", { id: "q-file", type: "file", accept: ".csv,.xlsx", onchange: () => look(null) }));
    const sheet = /** @type {HTMLInputElement} */ (h("input", { id: "q-sheet", maxlength: 100, autocomplete: "off", onchange: () => look(null) }));
    const found = h("div", { "aria-live": "polite" });
    /** @type {Looked | null} */
    let looked = null;

    /** @param {"look" | "use"} what @param {Record<string, string> | null} columns */
    async function ask(what, columns) {
      const chosen = file.files?.[0];
      if (!chosen) return { ok: false, body: { message: "choose a file first: a CSV file or an .xlsx workbook" } };
      if (chosen.size > LARGEST) return { ok: false, body: { message: "this file is larger than 2 MB, which no list of injects is" } };
      return send("injects", { do: what, name: chosen.name, content: await content(chosen), columns, sheet: sheet.value.trim() || null, leave_out: looked?.left_out?.length ?? 0 });
    }

    /** @param {Record<string, string> | null} columns as said here; null: as the room, or this browser, knows them */
    async function look(columns) {
      looked = null;
      at("q-wrong").textContent = "";
      at("q-yes").textContent = "Use these injects";
      let answer = await ask("look", columns);
      const known = answer.ok && columns === null ? read(place(answer.body.head), null) : null;
      if (known) answer = await ask("look", known);
      if (!answer.ok) {
        found.replaceChildren();
        at("q-wrong").textContent = `✕ ${answer.body.message}`;
        return;
      }
      looked = /** @type {Looked} */ (answer.body);
      found.replaceChildren(...shown(looked, (given) => { write(place(/** @type {Looked} */ (looked).head), given); look(given); }));
      if (looked.left_out?.length) at("q-yes").textContent = `Use ${counted(looked.injects ?? 0, "inject")}, leave ${counted(looked.left_out.length, "row")} out`;
    }

    async function take() {
      if (file.files?.length && !looked) return "look at what was found first";
      const answer = await ask("use", looked?.columns ?? null);
      if (answer.ok) say(`${counted(answer.body.injects, "inject")} read`);
      return answer.ok ? "" : answer.body.message;
    }

    question("Read a list of injects?", [
      h("p", {}, "It takes the place of the present list, and is kept in the session. Nothing is changed before you have seen what becomes of each row."),
      h("label", { for: "q-file" }, "File: .csv or .xlsx"), file, h("label", { for: "q-sheet" }, "Sheet (left empty: the first)"), sheet, found,
    ], "Use these injects", take);
  });
}

/** What was found, and a choice of columns. @param {Looked} looked @param {(columns: Record<string, string>) => void} told */
function shown(looked, told) {
  const { columns, left_out = [] } = looked;
  const choices = looked.ours.map((name, k) => {
    const select = h("select", { id: `q-column-${k}` }, h("option", { value: "" }, "none"), ...looked.head.map((its) => h("option", { selected: columns[name] === its }, its)));
    return { name, select: /** @type {HTMLSelectElement} */ (select), rows: [h("label", { for: `q-column-${k}` }, name), select] };
  });
  const given = () => Object.fromEntries(choices.filter((one) => one.select.value).map((one) => [one.name, one.select.value]));
  return [
    looked.rows === undefined ? "" : h("p", {}, h("b", {}, `${counted(looked.rows, "row")} = ${counted(looked.injects ?? 0, "inject")} + ${left_out.length} left out`)),
    h("ul", { class: "rows small" }, ...left_out.map((row) => h("li", { class: "ill" }, row)), ...looked.problems.map((one) => h("li", { class: "ill" }, `✕ ${one}`))),
    h("details", { open: looked.rows === undefined }, h("summary", {}, "Which column is which"), h("div", { class: "pairs" }, ...choices.flatMap((one) => one.rows)),
      h("button", { type: "button", onclick: () => told(given()) }, "Look again")),
  ];
}
