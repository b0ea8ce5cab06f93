// The facilitator's page: injects, decisions, what nobody else sees, and the conduct of turns.

import { at, count, date, fill, h } from "./dom.js";
import { follow, newId, say, send } from "./link.js";
import { readsLists } from "./lists.js";
import { beside, goods, messages, none, table, writes } from "./parts.js";

/** @type {import("./link.js").State | null} */
let state = null;
/** The state for which the preview and the comparison were reckoned. */
let reckoned = "";

const here = () => ({ branch: state?.view.branch, turn: state?.view.turn });

/** @param {any} asked @returns {Promise<string>} why it was refused; empty where it was done */
async function act(asked) {
  const answer = await send("do", asked);
  const why = answer.ok ? "" : answer.body.message;
  if (why) say(`Not done: ${why}`);
  return why;
}

/**
 * Ask before what cannot be taken back in one press.
 * @param {string} title @param {(Node | string)[]} body @param {string} yes @param {() => Promise<string>} then
 */
function question(title, body, yes, then) {
  at("q-title").textContent = title;
  at("q-body").replaceChildren(...body);
  at("q-yes").textContent = yes;
  at("q-wrong").textContent = "";
  at("q-yes").disabled = false;
  at("q-form").onsubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    at("q-yes").disabled = true;
    const why = await then();
    at("q-yes").disabled = false;
    if (why) at("q-wrong").textContent = `✕ ${why}`;
    else at("question").close();
  };
  at("question").showModal();
  at("q-no").focus();
}

at("q-no").addEventListener("click", () => at("question").close());

at("step").addEventListener("click", () => {
  if (!state) return;
  const step = /** @type {HTMLInputElement} */ (document.querySelector("input[name=step]:checked")).value;
  const { view, room } = state;
  const open = view.decisions.filter((/** @type {any} */ one) => one.state === "handed in");
  const titles = new Map(room.here?.map((one) => [one.role, one.title]));
  const away = (room.here ?? []).filter((one) => one.seat.startsWith("role-") && one.state !== "here");
  const writing = (room.here ?? []).filter((one) => one.writing && one.state === "here");
  const words = { turn: "one turn", day: "one day", "next inject": "to the next inject" };
  const asked = here();
  question(`End turn ${view.turn}, and step ${words[/** @type {keyof typeof words} */ (step)]}?`, [
    h("p", {}, open.length ? "These decisions count:" : "No decision was handed in."),
    h("ul", { class: "rows" }, ...open.map((/** @type {any} */ one) => h("li", {}, `${titles.get(one.role) ?? one.role}: ${one.decision}`))),
    ...(writing.length ? [h("p", { class: "ill" }, `Still writing: ${writing.map((one) => one.title).join(", ")}.`)] : []),
    ...(away.length ? [h("p", { class: "ill" }, `Not here: ${away.map((one) => one.title).join(", ")}. What they hand in later is refused; its text is kept.`)] : []),
  ], "Step", () => act({ do: "advance", step, ...asked }));
});

at("pause").addEventListener("click", () => {
  const what = { "not started": "start", running: "pause", paused: "resume" }[/** @type {"running"} */ (state?.view.clock.status)];
  act({ do: "clock", what });
});

at("extend").addEventListener("click", () => act({ do: "clock", what: "extend", minutes: 5, of: state?.view.clock.turn_left === null ? "exercise" : "turn" }));

at("rewind").addEventListener("click", () => {
  if (!state) return;
  const { turn } = state.view;
  const asked = here();
  const to = h("select", { id: "q-turn" }, ...[...Array(turn).keys()].reverse().map((k) => h("option", { value: k + 1 }, `the beginning of turn ${k + 1}`)));
  const name = h("input", { id: "q-name", maxlength: 60, autocomplete: "off" });
  question("Go back?", [
    h("label", { for: "q-turn" }, "To"), to, h("label", { for: "q-name" }, "Keep what followed as (left empty: a name is given)"), name,
    h("p", { class: "small quiet" }, "Nothing is lost: it can be gone on with."),
  ], "Rewind", () => act({ do: "rewind", back_to: Number(/** @type {HTMLSelectElement} */ (to).value), keep: /** @type {HTMLInputElement} */ (name).value.trim() || null, ...asked }));
});

at("reset").addEventListener("click", () => {
  const asked = here();
  question("Begin again?", [h("p", {}, "All clocks and the story go back to their beginning. What was played is kept as a branch.")], "Begin again",
    () => act({ do: "reset", ...asked }));
});

readsLists(question);

at("new-branch").addEventListener("click", () => {
  const asked = here();
  const name = h("input", { id: "q-name", maxlength: 60, autocomplete: "off" });
  question("Go on from here as another branch?", [h("label", { for: "q-name" }, "Its name (left empty: one is given)"), name], "Go on",
    () => act({ do: "branch", name: /** @type {HTMLInputElement} */ (name).value.trim() || null, ...asked }));
});

at("open-wall").addEventListener("click", async () => {
  const answer = await send("wall", {});
  if (answer.ok) window.open(answer.body.go, "_blank", "noopener");
});

writes(async (to, text) => !(await act({ do: "message", id: newId(), to: [to], text })));

at("ask-preview").addEventListener("click", async () => {
  const asked = reckoned;
  at("ask-preview").disabled = true;
  const answer = await send("preview");
  at("ask-preview").disabled = Boolean(state?.view.over);
  if (asked !== reckoned) return; // it is of a state that has passed
  if (!answer.ok) {
    at("preview").textContent = answer.body.message;
    return;
  }
  const { from_now, draws, ends } = answer.body;
  const worst = Object.entries(from_now).sort(([, [, one]], [, [, other]]) => other - one);
  const lines = worst.map(([product, [least, mean, most]]) => h("p", { class: "figure" },
    h("b", {}, state ? goods(mean, product, state.room) : ""), ` go unmet by ${date(ends, false)} (${count(least)} to ${count(most)} in ${draws} draws).`));
  at("preview").replaceChildren(...lines);
});

at("ask-compare").addEventListener("click", async () => {
  const asked = reckoned;
  const answer = await send("compare");
  if (asked !== reckoned) return;
  if (!answer.ok) {
    at("compare").textContent = answer.body.message;
    return;
  }
  if (state) at("compare").replaceChildren(beside(answer.body, state.room));
});

/** @param {import("./link.js").State} next */
function draw(next) {
  state = next;
  const { view, room } = next;
  const stands = `${view.branch}/${view.turn}/${view.decisions.length}/${view.inject_list.filter((/** @type {any} */ one) => one.status === "fired").length}`;
  if (reckoned !== stands) {
    reckoned = stands;
    at("preview").replaceChildren();
    at("compare").replaceChildren();
  }
  at("title").textContent = view.title;
  at("branch").textContent = view.branch;
  at("code").textContent = room.code;
  at("turn").textContent = view.over ? "The story is over" : `${view.turn} of ${view.turns}`;
  at("date").textContent = date(view.date);
  at("stands").textContent = `ends ${date(view.ends)}`;
  at("h-decisions").textContent = view.over ? "Decisions" : `Decisions for turn ${view.turn}`;
  at("ask-preview").disabled = view.over;
  at("step").disabled = view.over;
  at("read-list").disabled = room.under_way;
  at("step").textContent = view.over ? "The story is over" : `Step to turn ${view.turn + 1}…`;
  at("pause").textContent = { "not started": "Start the clock", running: "‖ Pause", paused: "▶ Resume" }[/** @type {"running"} */ (view.clock.status)];
  at("extend").disabled = view.clock.status === "not started";
  fill(at("ready"), [of("ready"), view.over], () => of("ready").length ? of("ready").map(inject) : [none("None is ready.")]);
  fill(at("to-come"), [of("waiting"), view.over], () => of("waiting").length ? of("waiting").map(inject) : [none("None is to come.")]);
  fill(at("fired"), [of("fired"), of("skipped")], () => [...of("fired"), ...of("skipped")].map(inject));
  fill(at("decisions"), [view.decisions, view.turn, room.here], () => decisions(view, room));
  fill(at("here"), room.here, () => [h("ul", { class: "rows" }, ...(room.here ?? []).map(seat))]);
  fill(at("truth"), [view.truth.believed, view.truth.disruptions, room.here], () => truth(view, room));
  fill(at("branches"), view.branches, () => [h("ul", { class: "rows" }, ...view.branches.map(branch))]);
  fill(at("unmet"), view.unmet, () => [unmet(view.unmet)]);
  fill(at("to"), room.others, () => room.others.map((one) => h("option", { value: one.role }, one.title)));
  fill(at("messages"), view.messages, () => messages(view.messages, room));
}

/** @param {string} status @returns {any[]} */
const of = (status) => state?.view.inject_list.filter((/** @type {any} */ one) => one.status === status) ?? [];

/** @param {string} role */
const name = (role) => state?.room.others.find((one) => one.role === role)?.title ?? (role === "all" ? "all" : "you");

/** @param {any} one */
function askToFire(one) {
  const asked = here();
  question(`Fire ${one.number}, ${one.title}?`, [
    h("p", {}, one.description), h("p", { class: "small quiet" }, `To ${one.to.map(name).join(", ")}, by ${one.method}, from ${one.from}.`),
    h("p", {}, one.changes_the_model ? "It happens in the model from today on." : "It tells, and changes nothing in the model."),
    h("p", { class: "small quiet" }, `Hoped for: ${one.expected}`),
  ], "Fire", () => act({ do: "fire", inject: one.number, ...asked }));
}

/** @param {any} one */
function askToSkip(one) {
  const asked = here();
  question(`Leave ${one.number}, ${one.title}, out?`, [h("p", {}, "It can be taken back.")], "Skip", () => act({ do: "skip", inject: one.number, ...asked }));
}

/** @param {any} one */
function inject(one) {
  const due = one.due_at ? `due ${one.due_at}` : one.story ? `due ${one.story}` : one.delivery ? `due ${one.delivery}` : "by hand, or by its condition";
  const fired = one.status === "fired" ? `turn ${one.turn}${one.fired_at ? ` · ${one.fired_at}` : ""}` : due;
  const fire = h("button", { type: "button", id: `fire-${one.number}`, disabled: state?.view.over, onclick: () => askToFire(one) }, "Fire…");
  const skip = h("button", { type: "button", id: `skip-${one.number}`, onclick: () => askToSkip(one) }, "Skip…");
  const unskip = h("button", { type: "button", id: `unskip-${one.number}`, onclick: () => act({ do: "unskip", inject: one.number, ...here() }) }, "Bring it back");
  const words = [h("h4", {}, `${one.number}  ${one.title}`), h("p", { class: "small quiet" }, `To ${one.to.map(name).join(", ")}, by ${one.method} · ${one.type} · ${fired}`)];
  if (one.status === "ready") return h("article", { class: "item ready" }, h("div", { class: "side" }, fire, skip), ...words);
  if (one.status === "fired") return h("article", { class: "item" }, h("span", { class: "good small end" }, "✓ fired"), ...words);
  const only = one.status === "skipped" ? unskip : fire;
  only.classList.add("slim");
  return h("article", { class: "item" }, only, ...words);
}

/** @param {any} view @param {import("./link.js").About} room */
function decisions(view, room) {
  const players = (room.here ?? []).filter((one) => one.seat.startsWith("role-"));
  const rows = players.map((one) => {
    const handed = view.decisions.filter((/** @type {any} */ each) => each.role === one.role && each.turn === view.turn && each.state === "handed in");
    const now = handed.length ? h("span", { class: "good small" }, "✓ in") : one.state !== "here" ? h("span", { class: "ill small" }, `◌ ${one.state === "away" ? "away" : "not joined"}`)
      : h("span", { class: "small" }, one.writing ? "✎ writing" : "nothing yet");
    return h("li", {}, h("b", {}, one.title), h("span", { class: "end" }, now), ...handed.map((/** @type {any} */ each) => h("div", {}, h("p", {}, each.decision), each.reason ? h("p", { class: "small quiet" }, `“${each.reason}”`) : null,
      h("button", { type: "button", id: `send-${each.id}`, onclick: () => question("Send it back?", [h("p", {}, `“${each.decision}” will not count, unless it is handed in again.`)], "Send back", () => act({ do: "withdraw", id: each.id })) }, "Send back…"))));
  });
  return [h("ul", { class: "rows" }, ...rows)];
}

/** @param {any} one */
function seat(one) {
  const words = { here: "● here", away: "◌ away", free: "○ not joined" };
  return h("li", {}, h("b", {}, one.title), h("span", { class: `end small ${one.state === "here" ? "good" : one.state === "away" ? "ill" : "quiet"}` }, words[/** @type {keyof typeof words} */ (one.state)]));
}

/** @param {any} view @param {import("./link.js").About} room */
function truth(view, room) {
  const title = (/** @type {string} */ role) => room.here?.find((one) => one.role === role)?.title ?? role;
  const wrong = view.truth.believed.map((/** @type {any} */ one) => `${one.site} has ${one.months.toFixed(1)} months of ${one.product}; ${title(one.role)} takes it to be ${one.believed.toFixed(1)}.`);
  const hidden = view.truth.disruptions.map((/** @type {any} */ one) => `${one.name}: from ${date(one.from, false)}${one.until ? ` until ${date(one.until, false)}` : ""}${one.announced ? "" : ", not announced"}.`);
  const rows = [...hidden, ...wrong];
  return rows.length ? [h("ul", { class: "rows small" }, ...rows.slice(0, 5).map((row) => h("li", {}, row))), rows.length > 5 ? h("details", { id: "truth-more" }, h("summary", {}, `${rows.length - 5} more`), h("ul", { class: "rows small" }, ...rows.slice(5).map((row) => h("li", {}, row)))) : null]
    : [none("Nothing: all know what is.")];
}

/** @param {any} one */
function askToSwitch(one) {
  const asked = here();
  question(`Go on with ${one.name}?`, [h("p", {}, `It stands in turn ${one.turn}.`)], "Go on with it", () => act({ do: "switch", name: one.name, ...asked }));
}

/** @param {any} one @param {number} k */
function branch(one, k) {
  return h("li", {}, h("b", {}, one.name), h("span", { class: "end small" }, one.here ? "you are here" : h("button", { type: "button", id: `branch-${k}`, onclick: () => askToSwitch(one) }, "Go on with it…")),
    h("p", { class: "small quiet" }, `turn ${one.turn}`));
}

/** @param {{turns: number, by_product: Record<string, number[]>}} data */
function unmet(data) {
  if (!data.turns) return none("The first turn has not been played yet.");
  const turns = [...Array(data.turns).keys()];
  return table(["Product", ...turns.map((k) => `${k + 1}`)], Object.entries(data.by_product).map(([product, units]) => [product, ...turns.map((k) => count(units[k] ?? 0))]));
}

follow(draw);
