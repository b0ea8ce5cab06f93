// An observer's page: what the room sees, and the evaluation guide, which no event touches.

import { draw as drawBoard } from "./board.js";
import { at, h } from "./dom.js";
import { follow, newId } from "./link.js";
import { none } from "./parts.js";
import { makeQueue, read, write } from "./queue.js";

const RATINGS = ["P", "S", "M", "U"];
const PAUSE = 1500;
/** @type {ReturnType<typeof makeQueue> | null} */
let queue = null;
let room = "";
let guide = "";
/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const typing = new Map();

const told = {
  taken: () => kept(),
  refused: (/** @type {any} */ _, /** @type {any} */ body) => { at("kept").textContent = `Not taken: ${body.message}`; },
  changed: () => kept(),
};

function kept() {
  const waiting = queue?.items().length ?? 0;
  at("kept").textContent = waiting ? `${waiting} notes wait on this device.` : "✓ All notes are kept.";
}

/** Find what this device has written; once, as the form is not drawn again. @param {import("./link.js").State} state */
function begin({ view, room: about }) {
  room = about.code;
  const store = `tideover-${room}-${location.pathname}`;
  guide = read(`${store}-guide`, "") || newId();
  write(`${store}-guide`, guide);
  queue = makeQueue(store, told);
  at("guide").replaceChildren(...(view.guide.length ? view.guide.map(form) : [none("The exercise has no objectives.")]));
  queue.flush();
}

/** @param {{objective: string, title: string, notes: any[]}} row @param {number} k */
function form(row, k) {
  const own = row.notes.find((one) => one.guide === guide) ?? { rating: "", text: "" };
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", { id: `note-${k}`, rows: 2, maxlength: 2000, oninput: () => soon() }, own.text));
  const choices = RATINGS.map((rating) => h("label", {}, h("input", { type: "radio", name: `rating-${k}`, value: rating, checked: own.rating === rating, onchange: () => hand() }), ` ${rating}`));

  function soon() {
    clearTimeout(typing.get(row.objective));
    typing.set(row.objective, setTimeout(hand, PAUSE));
  }

  function hand() {
    clearTimeout(typing.get(row.objective));
    const chosen = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[name=rating-${k}]:checked`));
    const taken = queue?.add({ do: "note", guide, objective: row.objective, rating: chosen?.value ?? "", text: text.value });
    if (!taken) at("kept").textContent = "The queue on this device is full; write on paper.";
  }

  return h("fieldset", { class: "item" }, h("legend", {}, row.title), h("div", { class: "steps" }, ...choices),
    h("label", { for: `note-${k}` }, "Critical tasks, and what was seen"), text);
}

/** @param {import("./link.js").State} state */
function draw(state) {
  drawBoard(state);
  if (!room) begin(state);
  else if (room !== state.room.code) location.reload();
}

follow(draw, { back: () => queue?.flush() });
