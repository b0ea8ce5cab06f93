// Small means for pages: nodes are made here, and what people wrote only ever becomes text.

/**
 * A node with attributes and children. `on…` attributes are listeners, `class` is its classes; null children are left out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  set(node, attributes);
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * The same for pictures.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function s(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  set(node, attributes);
  node.append(...children);
  return node;
}

/** @param {Element} node @param {Record<string, any>} attributes */
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * An element of the page by its id.
 * @param {string} id
 * @returns {any}
 */
export const at = (id) => document.getElementById(id);

/** Children of a node that stand for something, by what they stand for. @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * Fill a place anew, but only where what it shows has changed: focus, scroll and what is open stay where they are else.
 * A control in it that had the focus gets it again, by its id.
 * @param {Element} place
 * @param {any} data
 * @param {() => (Node | string | null | false)[]} draw
 */
export function fill(place, data, draw) {
  const key = JSON.stringify(data);
  if (drawn.get(place) === key) return;
  drawn.set(place, key);
  const focused = place.contains(document.activeElement) ? document.activeElement?.id : "";
  const open = new Set([...place.querySelectorAll("details[open][id]")].map((one) => one.id));
  place.replaceChildren(.../** @type {(Node | string)[]} */ (draw().filter((one) => one !== null && one !== false)));
  for (const id of open) at(id)?.setAttribute("open", "");
  if (focused) at(focused)?.focus({ preventScroll: true });
}

/** @param {number} units */
export const count = (units) => Math.round(units).toLocaleString("en");

/** A time: 1 day, 2.5 days. @param {number} days */
export const inDays = (days) => (days === 1 ? "1 day" : `${days.toLocaleString("en", { maximumFractionDigits: 1 })} days`);

/** A date of the story: Mon 22 March 2027. @param {string} iso */
export function date(iso, year = true) {
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  /** @type {Intl.DateTimeFormatOptions} */
  const how = { weekday: "short", day: "numeric", month: "long", timeZone: "UTC", ...(year ? { year: "numeric" } : {}) };
  return day.toLocaleDateString("en-GB", how);
}

/** Minutes and seconds. @param {number} seconds */
export function minutes(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

const BOXES = { "none left": 0, "very low": 1, low: 2, "in range": 3, "over need": 4 };

/**
 * A band as a row of boxes: how many are filled, and with which pattern, says what the word beside says.
 * @param {string} band
 */
export function boxes(band) {
  const filled = BOXES[/** @type {keyof typeof BOXES} */ (band)] ?? 0;
  const picture = s("svg", { viewBox: "0 0 62 20", class: `boxes b${filled}`, "aria-hidden": "true" });
  for (let k = 0; k < 4; k++) {
    const x = 1 + k * 15.5;
    picture.append(s("rect", { x, y: 1, width: 13, height: 18, class: k < filled ? "full" : "hollow" }));
    if (k >= filled) continue;
    if (filled === 1) picture.append(s("path", { d: `M${x} 1l13 18M${x + 13} 1l-13 18M${x} 10h13M${x + 6.5} 1v18`, class: "mark" }));
    if (filled === 2) picture.append(s("path", { d: `M${x} 10l7-9M${x} 19l13-17M${x + 6} 19l7-9`, class: "mark" }));
    if (filled === 4) picture.append(s("path", { d: `M${x + 3} 5h1M${x + 8} 5h1M${x + 3} 10h1M${x + 8} 10h1M${x + 3} 15h1M${x + 8} 15h1`, class: "mark" }));
  }
  if (!filled) picture.append(s("path", { d: "M1 1l60 18M61 1l-60 18", class: "mark cross" }));
  return picture;
}
