// Which lines show, in which order, and the way to one of them. What is chosen stands in the
// address, so that it outlives a reload and can be sent to somebody.

import { show } from "./reports.js";

const VALUES = { // as research.web.pages.lines.SORTS
  state: (line) => STATES.indexOf(line.dataset.status),
  review: (line) => REVIEWS.indexOf(line.dataset.review),
  sources: (line) => -line.dataset.sources,
  cost: (line) => -line.dataset.spent,
  time: (line) => -line.dataset.seconds,
};
const REVIEWS = ["unreviewed", "rejected", "approved"];
const STATES = ["queued", "running", "cancelling", "succeeded", "partial", "failed", "cancelled"];

const form = document.getElementById("arrange");
const list = document.getElementById("topic-list");

export function arrange() {
  form.addEventListener("change", ({ target }) => {
    if (target.name === "open") return;
    if (target.name === "sort") sort(target.value);
    remember();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(form.elements.open.value);
  });
  list.addEventListener("keydown", step);
}

function sort(by) {
  const value = VALUES[by] ?? (() => 0);
  const lines = [...list.children].sort(
    (one, other) => value(one) - value(other) || one.dataset.position - other.dataset.position);
  list.append(...lines);
}

function remember() {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of [...query]) if (!value || name === "open") query.delete(name);
  const text = query.size ? `?${query}` : location.pathname;
  history.replaceState(null, "", text + location.hash);
}

function go(position) {
  const line = document.getElementById(`topic-${position}`);
  if (!line) return form.elements.open.focus();
  form.querySelector("[name=status][value='']").checked = true; // it may be filtered out
  remember();
  show(line);
  line.scrollIntoView();
  line.querySelector("summary").focus({ preventScroll: true });
}

/** Up and down, first and last: from one line to another without the stops in between. */
function step(event) {
  if (!event.target.matches(".topic > details > summary")) return;
  const shown = [...list.querySelectorAll(".topic > details > summary")].filter((each) => each.offsetParent);
  const place = shown.indexOf(event.target);
  const next = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: shown.length - 1 }[event.key];
  if (next === undefined || !shown[next]) return;
  event.preventDefault();
  shown[next].focus();
}
