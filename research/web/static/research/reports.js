// Opening a topic in its line: its report is fetched when it is first wanted, and again when the
// topic has changed since.

import { read } from "./fetching.js";
import { morph } from "./morph.js";

const DEEP = /^#(topic-[0-9]+)(-.+)?$/; // a topic, or something in its report

const lines = () => document.querySelectorAll(".topic");
const placeIn = (line) => line.querySelector(".place");
const isStale = (line) => placeIn(line).dataset.version !== line.dataset.version;

/** Fetches an open line's report unless the page has it as it is now. */
async function fill(line) {
  const place = placeIn(line);
  if (!isStale(line) || place.ariaBusy === "true") return;
  const { version } = line.dataset;
  place.ariaBusy = "true";
  const html = await read(place.dataset.src);
  place.ariaBusy = null;
  if (html === null) return; // its link to the topic's own page is still there
  put(place, html, version);
  if (isStale(line)) await fill(line); // it has changed meanwhile
}

function put(place, html, version) {
  const fresh = document.createElement("div");
  fresh.innerHTML = html;
  const [report] = fresh.children;
  const old = document.getElementById(report.id);
  const focused = document.activeElement;
  if (old) morph(old, report);
  else place.replaceChildren(report);
  // A button of the review that has just been pressed may be gone.
  if (!focused.isConnected) place.closest(".topic").querySelector("summary").focus({ preventScroll: true });
  place.dataset.version = version;
}

/** Looks after what is open already: for lines that have been written anew. */
export function refreshOpen() {
  for (const line of lines()) {
    if (line.querySelector(":scope > details").open) fill(line);
  }
}

/** Opens a topic's line and fills it. */
export async function show(line) {
  line.querySelector("details").open = true;
  await fill(line);
}

/** Opens what the address points to, and brings it into sight. */
async function followHash() {
  const [, topic, part] = DEEP.exec(location.hash) ?? [];
  const line = topic && document.getElementById(topic);
  if (!line) return;
  await show(line);
  const target = document.getElementById(topic + (part ?? "")) ?? line;
  target.scrollIntoView();
  if (!part) line.querySelector("summary").focus({ preventScroll: true });
}

/** On paper every report is open, so those that are missing are fetched: at once, it cannot wait. */
function fillAll() {
  let next = "?open=all"; // and then what was too much for the page before
  while (next && [...lines()].some(isStale)) {
    const request = new XMLHttpRequest();
    request.open("GET", next, false);
    request.send();
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    for (const line of lines()) {
      const report = isStale(line) && page.getElementById(`${line.id}-report`);
      if (report) put(placeIn(line), report.outerHTML, line.dataset.version);
    }
    next = page.getElementById("left-out")?.getAttribute("href");
  }
}

export function openReports() {
  document.getElementById("topic-list").addEventListener("toggle", ({ target }) => {
    const line = target.closest(".topic");
    if (target.open && target.parentElement === line) fill(line);
  }, true); // it does not bubble
  addEventListener("hashchange", followHash);
  followHash();

  let folded = [];
  addEventListener("beforeprint", () => {
    fillAll();
    folded = [...document.querySelectorAll(".topic details:not([open])")];
    folded.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));
}
