// The page of a run comes alive: it goes on from the `seq` with which the server wrote it.

import { act } from "./actions.js";
import { arrange } from "./arrange.js";
import { Bell } from "./bell.js";
import { foldShared } from "./causes.js";
import { openClaims } from "./claims.js";
import { duration, secondsSince, setClock, tick } from "./clock.js";
import { Connection } from "./connection.js";
import { copyReports } from "./copy.js";
import { exportFiles } from "./export.js";
import { Feed } from "./feed.js";
import { Lines } from "./lines.js";
import { openReports, refreshOpen } from "./reports.js";
import { Timeline } from "./timeline.js";

const ANNOUNCE_EVERY = 5000; // ms

const page = document.getElementById("run");
const summary = () => document.getElementById("summary").dataset;
const isOpen = () => ["queued", "running", "cancelling"].includes(summary().status);

setClock(summary().asOf);
const bell = new Bell(page);
bell.update(summary().mark, isOpen());
const lines = new Lines(page.dataset.lines, onFresh);
const timeline = new Timeline(document.getElementById("timeline"), document.getElementById("peak"));
const feed = new Feed(page.dataset.events, timeline);
const connection = new Connection(page, onFrame, onEnd);
let ticking = [];

function start() {
  if (connection.isFollowing) return;
  connection.start(!isOpen());
  ticking = [
    setInterval(() => timeline.tick(connection.known), 200),
    setInterval(() => { tick(); showFigure(); }, 1000),
  ];
}

function onFrame(frame) {
  if (frame.seq !== undefined) feed.follow(frame);
  lines.apply(frame);
}

function onEnd() {
  ticking.forEach(clearInterval);
  timeline.tick();
}

let wasOpen = isOpen();

function onFresh() {
  foldShared();
  refreshOpen();
  showFigure();
  bell.update(summary().mark, isOpen());
  if (wasOpen && !isOpen()) bell.ring(progress());
  wasOpen = isOpen();
  announce();
}

const fold = document.getElementById("timeline-fold");
fold.addEventListener("toggle", () => { if (fold.open) feed.open(); });
if (fold.open) feed.open();

foldShared();
arrange();
openReports();
openClaims();
exportFiles();
copyReports();
act((button) => {
  start(); // a retried run goes on, and another person may have changed it too
  lines.refresh(Number(button.closest(".topic")?.dataset.position));
});
tick(); // a line may have been written a while ago
if (isOpen()) start();
document.addEventListener("visibilitychange", () => { if (!document.hidden) start(); });

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

const progress = () => {
  const done = document.getElementById("progress-label").textContent;
  return isOpen() ? done : `The run has ended: ${summary().status}, ${done}`;
};

let announced = Date.now();
let pending;

/** Tells a screen reader how far the run is, and not more often than it can be listened to. */
function announce() {
  clearTimeout(pending);
  pending = setTimeout(() => {
    announced = Date.now();
    const announcer = document.getElementById("announcer");
    if (announcer.textContent !== progress()) announcer.textContent = progress();
  }, Math.max(0, announced + ANNOUNCE_EVERY - Date.now()));
}
