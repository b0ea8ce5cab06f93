// What was handed in and has not been answered yet: kept on this device, sent in order, each applied once.

import { newId, send } from "./link.js";

const MOST = 100;
const AGAIN = 3000;
/** Answers after which the same is sent again: nobody there, too much at once, the disk full. */
const LATER = [0, 429, 503];

/** @typedef {{id: string, do: string, [field: string]: any}} Item */

/**
 * A queue in the browser's storage. Two pages of one seat share it: items are taken out by their ids.
 * @param {string} name of the seat and the room: what was meant for another exercise is not sent to this one
 * @param {{taken: (item: Item) => void, refused: (item: Item, body: any) => void, changed: () => void}} told
 */
export function makeQueue(name, told) {
  const key = `${name}-queue`;
  let busy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;

  /** @returns {Item[]} */
  const items = () => read(key, []);

  /** @param {{do: string, [field: string]: any}} asked */
  function add(asked) {
    const waiting = items();
    if (waiting.length >= MOST) return false;
    if (!write(key, [...waiting, { id: newId(), ...asked }])) return false;
    told.changed();
    flush();
    return true;
  }

  /** @param {string} id */
  function drop(id) {
    write(key, items().filter((one) => one.id !== id));
    told.changed();
  }

  async function flush() {
    if (busy) return;
    busy = true;
    clearTimeout(later);
    try {
      for (let next = items()[0]; next; next = items()[0]) {
        const answer = await send("do", next);
        if (answer.status === 401 || answer.body.why === "taken") return; // it waits until the seat is this device's again
        if (LATER.includes(answer.status)) {
          later = setTimeout(flush, AGAIN);
          return;
        }
        if (answer.ok) told.taken(next);
        else told.refused(next, answer.body);
        drop(next.id);
      }
    } finally {
      busy = false;
    }
  }

  return { items, add, drop, flush };
}

/**
 * @template T
 * @param {string} key @param {T} otherwise
 * @returns {T}
 */
export function read(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} key @param {any} value */
export function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
