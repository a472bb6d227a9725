// The page of a run comes alive. All events are replayed for the timeline; the cards of the page
// already show those up to the `seq` with which the server wrote it.

import { Cards } from "./cards.js";
import { duration, secondsSince, setClock, tick } from "./clock.js";
import { follow } from "./socket.js";
import { Timeline } from "./timeline.js";

const ANNOUNCE_EVERY = 5000; // ms

const page = document.getElementById("run");
const summary = () => document.getElementById("summary").dataset;
const shown = Number(page.dataset.lastSeq);
let applied = 0;

setClock(summary().asOf);
const cards = new Cards(page.dataset.cards, () => { showFigure(); announce(); });
const timeline = new Timeline(document.getElementById("timeline"), document.getElementById("peak"));

follow(page.dataset.events, {
  after: () => applied,
  onFrame(frame) {
    if (frame.kind === "ping") return;
    if (frame.seq === undefined) return cards.apply(frame);
    if (frame.seq <= applied) return;
    applied = frame.seq;
    timeline.apply(frame);
    if (frame.seq > shown) cards.apply(frame);
  },
  onState(state) {
    document.getElementById("connection").hidden = state !== "waiting";
    if (state === "ended") stop();
  },
});

tick(); // a card may have been written a while ago

const ticking = [setInterval(() => timeline.tick(), 200), setInterval(() => { tick(); showFigure(); }, 1000)];

function stop() {
  ticking.forEach(clearInterval);
  timeline.tick();
}

/** Counts the figure on from what the server last worked out. */
function showFigure() {
  const { status, asOf, atWork, crewSeconds, wallSeconds } = summary();
  if (!Number(atWork) || status !== "running") return;
  const passed = secondsSince(asOf);
  const crew = Number(crewSeconds) + passed * Number(atWork);
  const wall = Number(wallSeconds) + passed;
  const figures = [duration(crew), duration(wall), `${(crew / wall).toFixed(1)} times`];
  document.querySelectorAll("#figure b").forEach((element, index) => {
    element.textContent = figures[index];
  });
}

let announced = Date.now();
let pending;

/** Tells a screen reader how far the run is, and not more often than it can be listened to. */
function announce() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    announced = Date.now();
    const { status } = summary();
    const done = document.getElementById("progress-label").textContent;
    const isOpen = ["queued", "running", "cancelling"].includes(status);
    const text = isOpen ? done : `The run has ended: ${status}, ${done}`;
    const announcer = document.getElementById("announcer");
    if (announcer.textContent !== text) announcer.textContent = text;
  }, Math.max(0, announced + ANNOUNCE_EVERY - Date.now()));
}
