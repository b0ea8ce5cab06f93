// Joining: code, seat, PIN.

import { at, h, inDays } from "./dom.js";
import { send } from "./link.js";

const STATES = { free: "free", here: "taken", away: "away" };
let chosen = "";

async function draw() {
  const answer = await send("/lobby");
  if (!answer.ok) {
    at("wrong").textContent = "The room does not answer. It is tried again every few seconds.";
    return;
  }
  const lobby = answer.body;
  at("title").textContent = lobby.title;
  at("length").textContent = `${Math.round(lobby.minutes)} minutes · ${lobby.turns} turns, each of ${inDays(lobby.turn_days)} of the story`;
  at("question").textContent = lobby.question;
  at("leaves-out").textContent = lobby.leaves_out;
  const list = at("seat-list");
  if (!list.childElementCount) {
    for (const seat of lobby.seats) {
      list.append(h("label", { class: "choice" },
        h("input", { type: "radio", name: "seat", value: seat.seat, required: true, onchange: () => { chosen = seat.seat; } }),
        h("span", {}, seat.title), h("span", { class: "small quiet end", id: `state-${seat.seat}` })));
    }
  }
  for (const seat of lobby.seats) {
    at(`state-${seat.seat}`).textContent = STATES[/** @type {keyof typeof STATES} */ (seat.state)];
  }
}

at("join").addEventListener("submit", async (/** @type {Event} */ event) => {
  event.preventDefault();
  const answer = await send("/join", { code: at("code").value, seat: chosen, pin: at("pin").value });
  if (answer.ok) {
    location.assign(answer.body.go);
    return;
  }
  at("wrong").textContent = answer.status ? `✕ ${answer.body.message}` : "✕ No connection: try again.";
  at("pin").setAttribute("aria-invalid", "true");
  at("pin").select();
});

draw();
setInterval(draw, 5000);
