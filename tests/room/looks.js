// What a test looks for on a page: each look gives what is wrong, as text. Loaded beside axe-core into every page.

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const HIDES = ["hidden", "clip"];

/** @param {string} selector @returns {HTMLElement[]} */
const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());

/** @param {HTMLElement} one */
const known = (one) => one.outerHTML.slice(0, 200);

const looks = {
  /** What axe-core finds serious or critical. */
  async findings() {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    const grave = violations.filter((one) => ["serious", "critical"].includes(one.impact));
    return grave.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
  },

  /** Controls that are smaller than 24 by 24 px; of a choice its label is pressed. */
  small() {
    const pressed = (one) => (one.matches("[type=radio], [type=checkbox]") ? one.closest("label") ?? one : one);
    return visible("a, button, input, select, textarea, summary").map(pressed).filter((one) => {
      const box = one.getBoundingClientRect();
      return Math.min(box.width, box.height) < 24;
    }).map(known);
  },

  /** What cannot be seen: a page wider than its window, what is cut off, what stands outside. Tables scroll by themselves. */
  lost() {
    const whole = document.documentElement.scrollWidth;
    const all = visible("body *").filter((one) => !one.closest(".vh, svg"));
    const cut = all.filter((one) => {
      const { overflowX, overflowY } = getComputedStyle(one);
      return (HIDES.includes(overflowX) && one.scrollWidth > one.clientWidth + 1) || (HIDES.includes(overflowY) && one.scrollHeight > one.clientHeight + 1);
    });
    const out = all.filter((one) => !one.closest(".wide") && one.getBoundingClientRect().right > innerWidth + 1);
    return [...(whole > innerWidth ? [`the page is ${whole} px wide`] : []), ...[...cut, ...out].map(known)];
  },

  /** What can be worked by keys, numbered; of choices the one that is chosen, or the first. */
  controls() {
    const all = visible(CONTROLS).filter((one) => !one.disabled);
    for (const [k, one] of all.entries()) one.dataset.n = `${k} ${one.outerHTML.slice(0, 60)}`;
    const first = (one) => one === (document.querySelector(`input[name='${one.name}']:checked`) ?? document.querySelector(`input[name='${one.name}']:enabled`));
    return all.filter((one) => one.type !== "radio" || first(one)).map((one) => one.dataset.n);
  },

  /** What has the focus, and whether that is marked and nothing lies over it. */
  focused() {
    const one = document.activeElement;
    if (one === document.body) return ["", true];
    const box = one.getBoundingClientRect();
    const over = document.elementFromPoint(Math.max(0, box.left) + Math.min(box.width, 40) / 2, Math.max(0, box.top) + Math.min(box.height, 24) / 2);
    const free = one.contains(over) || over?.contains(one) || over?.closest("label")?.contains(one);
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return [one.dataset.n ?? "", Boolean(free && outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2)];
  },

  /** Make text twice as large. */
  twice() {
    const root = document.documentElement;
    root.style.fontSize = `${2 * Number.parseFloat(getComputedStyle(root).fontSize)}px`;
  },

  /** Put on the page one thing of each kind that is looked for. */
  spoil() {
    const add = (tag, style) => {
      const one = document.createElement(tag);
      Object.assign(one.style, style);
      document.body.append(one);
      return one;
    };
    add("input", {});
    add("p", { color: "#aaa", background: "#fff" }).textContent = "hardly to be read";
    add("button", { width: "10px", minHeight: "10px", padding: "0" }).ariaLabel = "small";
    add("div", { width: "3000px", height: "10px" });
    add("a", { position: "fixed", top: "0", left: "0", width: "99px", height: "99px", background: "#fff" }).ariaHidden = "true";
  },
};
globalThis.looks = looks;
