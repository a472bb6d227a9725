// Says, while topics are typed, how many they are and what will be left out of them. The server
// decides (research.runs.submission); this only shows it early.

import { followEstimate, plural, wholeRun } from "./estimate.js";

const form = document.getElementById("new-run");
const button = form.querySelector(".start button");
const topics = document.getElementById("topics");
const count = document.getElementById("topics-count");
const notes = document.getElementById("topics-notes");
const maxTopics = Number(topics.dataset.maxTopics);
const maxLength = Number(topics.dataset.maxLength);
const NAMED = 3; // duplicates that are named

const BULLET = /^\s*[-*+\u2022\u2023\u25e6\u25aa\u25cf\u00b7\u2013](?:\s+|$)(?:\[[ xX]?\]\s+)?/;
const NUMBER = /^\s*\(?([0-9]{1,3})[.)](?:\s+|$)/;

/** Takes the marks off a list, as research.text.list_marks does; numbers count up by one. */
function withoutMarks(lines) {
  const counted = lines.map((line) => NUMBER.exec(line)).filter(Boolean).map((match) => Number(match[1]));
  const isList = counted.length > 0 && counted.every((number, index) => number === counted[0] + index);
  let unmarked = 0;
  const bare = lines.map((line) => {
    const mark = (isList && NUMBER.exec(line)) || BULLET.exec(line);
    if (mark) unmarked += 1;
    return mark ? line.slice(mark[0].length) : line;
  });
  return { bare, unmarked };
}

/** What research.runs.submission will make of the text. */
function read(text) {
  const seen = new Set();
  const duplicates = new Set();
  const read = { blank: 0, repeats: 0, long: 0, unmarked: 0 };
  if (!text.trim()) return { ...read, seen, duplicates };
  const { bare, unmarked } = withoutMarks(text.trim().split("\n"));
  read.unmarked = unmarked;
  for (const line of bare) {
    const topic = line.trim().replace(/\s+/g, " ");
    if (line.length > maxLength) read.long += 1;
    if (!topic) read.blank += 1;
    else if (!seen.has(topic)) seen.add(topic);
    else {
      duplicates.add(topic);
      read.repeats += 1;
    }
  }
  return { ...read, seen, duplicates };
}


function notesOn({ blank, repeats, long, unmarked, duplicates, seen }) {
  const found = [];
  if (seen.size > maxTopics) found.push(`${plural(seen.size - maxTopics, "topic")} too many`);
  if (long) found.push(`${plural(long, "topic")} longer than ${maxLength.toLocaleString("en")} characters`);
  if (unmarked) found.push(`the list mark${unmarked === 1 ? "" : "s"} of ${plural(unmarked, "line")} will be taken off`);
  if (repeats) {
    const named = [...duplicates].slice(0, NAMED).map((topic) => `“${topic.slice(0, 60)}”`).join(", ");
    const more = duplicates.size > NAMED ? " …" : "";
    found.push(`${plural(repeats, "duplicate")} will be merged: ${named}${more}`);
  }
  if (blank) found.push(`${plural(blank, "blank line")} will be left out`);
  return found;
}

function show() {
  const found = read(topics.value);
  count.textContent = `${found.seen.size.toLocaleString("en")} of ${plural(maxTopics, "topic")}`;
  count.classList.toggle("over", found.seen.size > maxTopics);
  const lines = notesOn(found).map((note) => Object.assign(document.createElement("li"), { textContent: note }));
  notes.replaceChildren(...lines);
  showWhole();
}

// What the whole run will use, by what a topic uses.
const whole = document.getElementById("whole");

/** How many topics will run, of those that are typed or of the rows. */
function chosen() {
  const areRows = form.querySelector("[name=source]:checked").value === "rows";
  return areRows ? Number(document.getElementById("rows-preview").dataset.rows) : read(topics.value).seen.size;
}

function showWhole() {
  whole.textContent = wholeRun(chosen());
}

// Examples: each goes on a line of its own.
const examples = document.getElementById("examples");
examples.hidden = false;
examples.addEventListener("click", ({ target }) => {
  if (!target.closest("button")) return;
  const lines = topics.value.split("\n").filter((line) => line.trim());
  const example = target.textContent.trim();
  if (!lines.includes(example)) lines.push(example);
  topics.value = `${lines.join("\n")}\n`;
  topics.focus();
  show();
});

// Another team has other blueprints and columns, which the server knows: what was typed stays.
document.getElementById("team")?.addEventListener("change", () => {
  form.requestSubmit(document.getElementById("choose-team"));
});

followEstimate(form, showWhole);
topics.addEventListener("input", show);
form.querySelectorAll("[name=source]").forEach((choice) => choice.addEventListener("change", showWhole));
form.addEventListener("rows-shown", showWhole);
show();

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || button.disabled) return;
  event.preventDefault();
  form.requestSubmit();
});

// A second click starts no second run; coming back to the page makes the button work again.
form.addEventListener("submit", () => { button.disabled = true; });
addEventListener("pageshow", () => { button.disabled = false; });
