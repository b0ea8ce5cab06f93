// The link to the room: one stream of states, a sign of life every few seconds, and what is sent.

import { at, h, minutes } from "./dom.js";

const BEAT = 4000;
const PATIENCE = 8000;

/**
 * @typedef {{status: string, elapsed: number, left: number, turn_left: number | null, story: string, shown: string, up: boolean}} Clock
 * @typedef {{currency: string, units: Record<string, string>}} Counted
 * @typedef {Counted & {code: string, now: string, zone: string, serial: number, seat: string, addresses: string[],
 *   others: {title: string, role: string}[], here?: any[], under_way?: boolean}} About
 * @typedef {{view: any, room: About}} State
 * @typedef {{ok: boolean, status: number, body: any}} Answer
 */

/**
 * Send something; status 0 where nobody answered.
 * @param {string} path
 * @param {any} [body] left out: ask
 * @returns {Promise<Answer>}
 */
export async function send(path, body) {
  try {
    const how = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const signal = typeof AbortSignal.timeout === "function" ? AbortSignal.timeout(body?.do || body === undefined ? 30000 : PATIENCE) : undefined;
    const answer = await fetch(path, { ...how, signal, credentials: "same-origin" });
    const text = await answer.text();
    let data = /** @type {any} */ ({});
    try { data = JSON.parse(text); } catch { /* told below */ }
    if (!answer.ok) data.message ??= `the room answered ${answer.status} ${data.detail ?? answer.statusText}`;
    return { ok: answer.ok, status: answer.status, body: data };
  } catch {
    return { ok: false, status: 0, body: { message: "no connection" } };
  }
}

/** A new id, also on plain http, where browsers have no randomUUID. */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Follow the room: `draw` is called with each new state.
 * @param {(state: State) => void} draw
 * @param {{writing?: () => boolean, back?: () => void}} [more] whether somebody is writing; what to do when it is back
 */
export function follow(draw, more = {}) {
  /** @type {State | null} */
  let last = null;
  let got = 0;
  let gone = "";
  let ended = false;
  const stream = new EventSource("stream");
  stream.addEventListener("state", (event) => {
    last = JSON.parse(event.data);
    got = performance.now();
    back();
    draw(/** @type {State} */ (last));
    tick();
  });
  stream.addEventListener("taken", () => end("This seat is now used on another device.", "Take it back"));
  stream.addEventListener("error", async () => {
    if (ended) return;
    lost();
    if (stream.readyState === EventSource.CLOSED) await ask();
  });

  function lost() {
    if (gone || ended) return;
    gone = clockTime(new Date());
    strip(`No connection since ${gone}. `, "Go on working: what you hand in waits on this device and is sent in order.");
  }

  function back() {
    if (ended) return;
    gone = "";
    strip("", "");
    more.back?.();
  }

  /** @param {string} why @param {string} word */
  function end(why, word) {
    ended = true;
    stream.close();
    strip(`${why} `, "", h("a", { href: "/" }, word));
  }

  async function ask() {
    const answer = await send("here", { writing: more.writing?.() ?? false });
    if (answer.status === 401) end("This device has not joined.", "Join");
    else if (answer.status === 409) end("This seat is now used on another device.", "Take it back");
    else if (!answer.ok) lost();
    else if (stream.readyState === EventSource.CLOSED) location.reload();
    else if (stream.readyState === EventSource.OPEN) back();
  }

  function tick() {
    if (!last) return;
    const since = (performance.now() - got) / 1000;
    clocks(last, since);
  }
  setInterval(() => { if (!ended) ask(); }, BEAT);
  setInterval(tick, 250);
  ask();
}

/** @param {string} strong @param {string} rest @param {...Node} more */
function strip(strong, rest, ...more) {
  const place = at("strip");
  if (place.dataset.said === strong) return;
  place.dataset.said = strong;
  place.hidden = !strong;
  place.replaceChildren(h("b", {}, strong), rest, ...more);
}

/** @param {Date} moment @param {string} [zone] */
function clockTime(moment, zone) {
  return moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...(zone ? { timeZone: zone } : {}) });
}

const TELLS = [[300, "Five minutes left"], [60, "One minute left"], [10, "Ten seconds left"]];
let before = Infinity;

/**
 * Show the clocks as they are now. The countdown is plain text; only three moments of it are announced.
 * @param {State} state @param {number} since
 */
function clocks(state, since) {
  const clock = state.view.clock;
  const runs = clock.status === "running";
  const part = clock.turn_left ?? clock.left;
  const left = part - (runs ? since : 0);
  const words = clock.status === "not started" ? "not started" : left > 0 ? `${minutes(left)} left` : "time is up";
  put("left", state.view.over ? "" : runs ? words : clock.status === "paused" ? `Paused · ${words}` : "Not started yet");
  put("room-clock", clockTime(new Date(Date.parse(state.room.now) + since * 1000), state.room.zone));
  put("elapsed", `${Math.floor((clock.elapsed + (runs ? since : 0)) / 60)} of ${Math.round((clock.elapsed + clock.left) / 60)} min`);
  const told = TELLS.find(([second]) => before > Number(second) && left <= Number(second) && left > Number(second) - 5);
  if (runs && told && !state.view.over) at("say").textContent = String(told[1]);
  before = left;
  document.body.classList.toggle("paused", clock.status === "paused");
}

/** @param {string} id @param {string} text */
function put(id, text) {
  const node = at(id);
  if (node && node.textContent !== text) node.textContent = text;
}

/** Say something once to who listens instead of looking. @param {string} text */
export function say(text) {
  at("say").textContent = text;
}
