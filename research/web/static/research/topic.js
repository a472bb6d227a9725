// A topic's own page comes alive: whenever something changes in the topic, the server writes it anew.

import { act } from "./actions.js";
import { openClaims } from "./claims.js";
import { setClock, tick } from "./clock.js";
import { Connection } from "./connection.js";
import { copyReports } from "./copy.js";
import { exportFiles } from "./export.js";
import { read } from "./fetching.js";
import { after, isChange, paint } from "./lines.js";
import { morph } from "./morph.js";

const PAUSE = 300; // ms in which changes are gathered
const RETRY = 3000; // ms after a fetch that failed

const page = document.getElementById("topic");
const isOpen = () => ["queued", "running", "cancelling"].includes(page.dataset.status);
const connection = new Connection(page, onFrame, () => clearInterval(ticking));
let ticking;
let pending;
let doing;

function start() {
  if (connection.isFollowing) return;
  connection.start(page.dataset.hasFinished === "true");
  ticking = setInterval(tick, 1000);
}

function onFrame(frame) {
  if (frame.topic !== Number(page.dataset.position)) return;
  doing = after(frame, doing);
  paint(page, doing);
  if (isChange(frame)) refresh();
}

function refresh(pause = PAUSE) {
  clearTimeout(pending);
  pending = setTimeout(async () => {
    const html = await read(location.pathname);
    if (html === null) return refresh(RETRY);
    const focused = document.activeElement;
    morph(page, new DOMParser().parseFromString(html, "text/html").getElementById("topic"));
    if (doing) paint(page, doing);
    if (!focused.isConnected) document.getElementById("content").focus({ preventScroll: true });
  }, pause);
}

/** The arrow keys lead to the topics beside this one, where they have nothing else to do. */
function leaf(event) {
  const { key, target } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (target.closest("input, textarea, select, pre, .scroll, #claim-card")) return;
  const beside = { ArrowLeft: "previous", ArrowRight: "next" }[key];
  if (beside) document.getElementById(beside)?.click();
}

document.addEventListener("keydown", leaf);
act(() => { start(); refresh(); });
openClaims();
exportFiles();
copyReports();
setClock(page.dataset.asOf);
tick();
if (isOpen()) start();
document.addEventListener("visibilitychange", () => { if (!document.hidden) start(); });
