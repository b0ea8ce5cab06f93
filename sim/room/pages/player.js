// A player's page: what the party knows at the left, the decision form at the right, which no event touches.

import { at, boxes, date, fill, h, inDays } from "./dom.js";
import { follow, say } from "./link.js";
import { goods, messages, none, sum, writes } from "./parts.js";
import { makeQueue, read, write } from "./queue.js";

const EMPTY = { turn: 0, branch: "", decision: "", reason: "" };
/** Of what changed, how much is seen without being asked for: the stock below should be. */
const SHOWN = 7;
const reason = /** @type {HTMLTextAreaElement} */ (at("reason"));
/** @type {import("./link.js").State | null} */
let state = null;
/** The half-typed decision: for which turn it was begun, what is chosen. */
let draft = { ...EMPTY };
/** @type {{id: string, do: string, decision?: string, text?: string, turn?: number, message: string, changed: string[]}[]} */
let refusals = [];
/** Where this device keeps what is of this seat in this room; empty until the room is known. */
let store = "";
let room = "";
/** @type {ReturnType<typeof makeQueue> | null} */
let queue = null;

const told = {
  taken: (/** @type {import("./queue.js").Item} */ item) => say(item.do === "decide" ? `Received: ${item.decision}` : "Sent"),
  refused: (/** @type {import("./queue.js").Item} */ item, /** @type {any} */ body) => {
    const kept = { id: item.id, do: item.do, decision: item.decision, text: item.reason ?? item.text ?? "", turn: item.turn, message: body.message, changed: body.changed ?? [] };
    refusals = [kept, ...refusals].slice(0, 20);
    write(`${store}-refused`, refusals);
    say(`Not taken: ${body.message}`);
  },
  changed: () => drawHanded(),
};

/** What was kept and what was typed before that was known; nothing of it twice. @param {string} kept @param {string} typed */
const both = (kept, typed) => (kept.includes(typed) ? kept : typed.includes(kept) ? typed : `${kept}\n${typed}`);

/** Find what this device has kept for this seat. @param {string} code */
function begin(code) {
  room = code;
  store = `tideover-${code}-${location.pathname}`;
  refusals = read(`${store}-refused`, []);
  queue = makeQueue(store, told);
  const typed = reason.value;
  draft = read(`${store}-draft`, { ...EMPTY });
  draft.reason = both(draft.reason, typed);
  reason.value = draft.reason;
  queue.flush();
}

const writing = () => Boolean(draft.decision || draft.reason);

function keepDraft() {
  if (!store) return;
  if (!writing()) draft.turn = 0;
  else if (!draft.turn && state) Object.assign(draft, { turn: state.view.turn, branch: state.view.branch });
  at("draft").textContent = !writing() ? "" : write(`${store}-draft`, draft) ? "✓ Draft kept on this device" : "Draft not kept: this browser's storage is full";
  if (!writing()) write(`${store}-draft`, draft);
  drawWritten();
}

reason.addEventListener("input", () => {
  draft.reason = reason.value;
  keepDraft();
});

/** @param {string} decision */
function choose(decision) {
  draft.decision = decision;
  keepDraft();
}

function clearDraft() {
  draft = { ...EMPTY };
  reason.value = "";
  for (const input of at("offers").querySelectorAll("input")) input.checked = false;
  keepDraft();
}

at("form").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  if (!state) return;
  if (!draft.decision) {
    at("wrong").textContent = "Choose what to decide.";
    at("offers").querySelector("input:enabled")?.focus();
    return;
  }
  const { decision } = draft;
  const taken = queue?.add({ do: "decide", decision, turn: draft.turn || state.view.turn, reason: draft.reason });
  at("wrong").textContent = taken ? "" : "The queue on this device is full; use the paper sheet.";
  if (taken) clearDraft();
});

writes((to, text) => Boolean(queue?.add({ do: "message", to: [to], text })));

/** @param {import("./link.js").State} next */
function draw(next) {
  const turned = state && (state.view.turn !== next.view.turn || state.view.branch !== next.view.branch);
  state = next;
  const { view } = next;
  if (!room) begin(next.room.code);
  else if (room !== next.room.code) location.reload(); // another exercise is served here now
  document.title = `${view.name} · ${view.title}`;
  at("seat").textContent = view.name;
  at("title").textContent = view.title;
  at("date").textContent = date(view.date);
  at("turn").textContent = view.over ? "The story is over" : `Turn ${view.turn} of ${view.turns}`;
  at("brief").textContent = view.brief;
  at("h-changed").textContent = view.turn > 1 ? `What changed since turn ${view.turn - 1}` : "What changed";
  at("h-form").textContent = view.over ? "The story is over" : `Decide for turn ${view.turn}`;
  if (turned) say(`It is now turn ${view.turn}`);
  fill(at("changed"), [view.changed, view.turn], () => list(view.changed, "Nothing yet: this is the first turn.", view.turn > 1 ? "Nothing that you know of." : ""));
  fill(at("stock"), view.stock, () => [stockTable(view.stock)]);
  fill(at("orders"), view.orders, () => [ordersTable(view.orders)]);
  fill(at("injects"), view.injects, () => injects(view.injects));
  fill(at("to"), next.room.others, () => next.room.others.map((one) => h("option", { value: one.role }, one.title)));
  fill(at("messages"), [view.messages, next.room.others], () => messages(view.messages, next.room));
  fill(at("offers"), [view.may_decide, view.over], () => view.may_decide.map(offer));
  at("hand-in").disabled = view.over;
  drawWritten();
  drawHanded();
}

/** @param {string[]} rows @param {string} first @param {string} quiet */
function list(rows, first, quiet) {
  if (!rows.length) return [none(quiet || first)];
  const items = rows.map((row) => h("li", {}, row));
  const more = items.splice(SHOWN);
  return [h("ul", { class: "rows" }, ...items), more.length ? h("details", { id: "changed-more" }, h("summary", {}, `${more.length} more`), h("ul", { class: "rows" }, ...more)) : null];
}

/** @param {number} units */
const money = (units) => (state ? sum(units, state.room) : "");

/** @param {any} row @param {number} k */
function offer(row, k) {
  const cost = [
    row.cost ? `${money(row.cost)} once` : "", row.cost_a_day ? `${money(row.cost_a_day)} a day` : "",
    row.premium ? `${Math.round(row.premium * 100)}% dearer` : "",
  ].filter(Boolean).join(", ") || "no cost";
  const more = `${cost} · ${row.delay ? `works after ${inDays(row.delay)}` : "works at once"}${row.lasts ? ` · for ${inDays(row.lasts)}` : ""}`;
  const input = h("input", {
    type: "radio", name: "decision", id: `offer-${k}`, value: row.decision, disabled: Boolean(row.refused) || state?.view.over,
    checked: draft.decision === row.decision, onchange: () => choose(row.decision),
  });
  return h("label", { class: "choice" }, input, h("span", {}, h("b", {}, row.decision), h("br"), h("span", { class: "small quiet" }, row.refused ? `Not now: ${row.refused}` : more)));
}

/** @param {any[]} rows */
function stockTable(rows) {
  if (!rows.length) return none("You are told of no stock.");
  const products = [...new Set(rows.map((row) => row.product))];
  const sites = [...new Set(rows.map((row) => row.site))];
  const body = sites.map((site) => {
    const own = rows.find((row) => row.site === site);
    return h("tr", {}, h("th", { scope: "row" }, site, h("br"), h("span", { class: "small quiet" }, own.region || own.kind)), ...products.map((product) => {
      const row = rows.find((one) => one.site === site && one.product === product);
      if (!row) return h("td", { class: "quiet" }, "–");
      const old = row.days_old > 0 ? h("span", { class: row.days_old > 7 ? "small ill" : "small quiet" }, ` as of ${inDays(row.days_old)} ago`) : null;
      return h("td", {}, boxes(row.band), " ", h("b", { class: "num" }, row.months.toFixed(1)), ` ${row.band}`, old);
    }));
  });
  const head = h("tr", {}, h("th", { scope: "col" }, "Place"), ...products.map((one) => h("th", { scope: "col" }, one)));
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
}

/** @param {any[]} rows */
function ordersTable(rows) {
  if (!rows.length) return none("Nothing that you know of is on its way.");
  const head = h("tr", {}, ...["What", "From", "To", "Due", "State"].map((one) => h("th", { scope: "col" }, one)));
  const body = rows.map((row) => h("tr", {}, h("td", { class: "num" }, state ? goods(row.units, row.product, state.room) : ""), h("td", {}, row.from || "–"), h("td", {}, row.to),
    h("td", {}, row.due ? date(row.due, false) : "–"), h("td", { class: row.state === "late" ? "ill" : "" }, row.state)));
  return h("table", {}, h("thead", {}, head), h("tbody", {}, ...body));
}

/** @param {any[]} rows */
function injects(rows) {
  if (!rows.length) return [none("No injects have reached you.")];
  return rows.map((row) => h("article", { class: "item" }, h("h3", {}, row.title), h("p", { class: "small quiet" }, `${row.method}, ${row.from} · turn ${row.turn}`), h("p", {}, row.description)));
}

function drawWritten() {
  const old = state && draft.turn && (draft.turn !== state.view.turn || draft.branch !== state.view.branch);
  at("written").hidden = !old;
  if (!old || !state) return;
  at("written").replaceChildren(`Written for turn ${draft.turn}; it is now turn ${state.view.turn}. `,
    h("button", { type: "button", onclick: () => { Object.assign(draft, { turn: 0 }); keepDraft(); } }, `Use it for turn ${state.view.turn}`));
}

const WORDS = { "handed in": "✓ received", counts: "✓ counts", withdrawn: "withdrawn" };

/** @param {{do: string, decision?: string}} one */
const called = (one) => one.decision ?? (one.do === "withdraw" ? "Taking back" : "Message");

function drawHanded() {
  const decisions = state?.view.decisions ?? [];
  const waiting = queue?.items() ?? [];
  fill(at("handed"), [waiting, refusals, decisions, state?.view.turn], () => {
    const rows = [
      ...waiting.map((one) => h("li", {}, h("b", {}, called(one)), h("span", { class: "end small" }, "↥ waits here"), h("p", { class: "small quiet" }, "Sent in order when you are connected."))),
      ...refusals.map((one) => h("li", {}, h("b", {}, called(one)), h("span", { class: "end small ill" }, "✕ not taken"), h("p", { class: "small" }, one.message),
        ...one.changed.slice(0, 5).map((line) => h("p", { class: "small quiet" }, line)),
        h("p", { class: "row" }, one.text ? h("button", { type: "button", onclick: () => again(one) }, "Use the text again") : null, h("button", { type: "button", onclick: () => forget(one.id) }, "Clear")))),
      ...[...decisions].reverse().map((/** @type {any} */ one) => h("li", {}, h("b", {}, one.decision),
        h("span", { class: one.state === "withdrawn" ? "end small quiet" : "end small good" }, WORDS[/** @type {keyof typeof WORDS} */ (one.state)]),
        h("p", { class: "small quiet" }, `Turn ${one.turn}${one.reason ? ` · “${one.reason}”` : ""}`),
        one.state === "handed in" ? h("button", { type: "button", id: `back-${one.id}`, onclick: () => queue?.add({ do: "withdraw", id: one.id }) }, "Take it back") : null)),
    ];
    return [rows.length ? h("ul", { class: "rows" }, ...rows) : none("Nothing yet.")];
  });
}

/** @param {{id: string, decision?: string, text?: string}} one */
function again(one) {
  reason.value = one.text ?? "";
  Object.assign(draft, { turn: 0, reason: reason.value });
  keepDraft();
  forget(one.id);
  reason.focus();
}

/** @param {string} id */
function forget(id) {
  refusals = refusals.filter((one) => one.id !== id);
  write(`${store}-refused`, refusals);
  drawHanded();
}

follow(draw, { writing, back: () => queue?.flush() });
