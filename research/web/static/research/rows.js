// Shows what will run of rows as soon as they are pasted, chosen or dropped. The server reads them
// (research.tables.rows); without this, a button shows the same.

import { morph } from "./morph.js";

const form = document.getElementById("new-run");
const part = document.getElementById("by-rows");
const rows = document.getElementById("rows");
const file = document.getElementById("rows-file");
const topics = document.getElementById("topics");
const SOON = 400; // ms after the last key

let asked = 0;
let later = 0;
let headed = ""; // the first line of the rows that were shown last

const firstLine = () => rows.value.split("\n", 1)[0];

/** The form as it stands; what was chosen for another table is left out, to be guessed anew. */
function said() {
  const data = new FormData(form);
  if (file.files.length || firstLine() !== headed) ["header", "topic_column"].forEach((name) => data.delete(name));
  return data;
}

/** Asks the server what will run, and shows it; a file's text takes the place of what was pasted. */
async function show() {
  clearTimeout(later);
  const own = ++asked;
  part.setAttribute("aria-busy", "true");
  const hadFile = file.files.length > 0;
  const answer = await fetch("/rows/", { method: "POST", body: said() }).catch(() => null);
  if (own !== asked) return;
  part.removeAttribute("aria-busy");
  if (!answer?.ok) return tell(answer);
  const template = document.createElement("template");
  template.innerHTML = await answer.text();
  if (own !== asked) return;
  if (hadFile) {
    const read = template.content.getElementById("rows").value;
    if (read.trim()) rows.value = read;
    file.value = "";
  }
  headed = firstLine();
  const fresh = template.content.getElementById("rows-preview");
  const choices = [...fresh.querySelectorAll("select")].map(({ id, value }) => [id, value]);
  morph(document.getElementById("rows-preview"), fresh);
  for (const [id, value] of choices) document.getElementById(id).value = value;
  form.dispatchEvent(new Event("rows-shown"));
}

/** The page itself says what was wrong, when the form is sent. */
function tell(answer) {
  const said = answer?.status === 400 ? "This is more than the page can send at once. Split it." : "The site does not answer. Try again.";
  const error = Object.assign(document.createElement("p"), { className: "error", id: "rows-error", textContent: said });
  error.setAttribute("role", "alert");
  document.getElementById("rows-preview").replaceChildren(error);
}

/** Takes the rows in place of the topics. */
function choose() {
  const radio = form.querySelector("[name=source][value=rows]");
  if (radio.checked) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

headed = firstLine();
rows.addEventListener("input", () => {
  clearTimeout(later);
  later = setTimeout(show, SOON);
});
file.addEventListener("change", show);
part.addEventListener("change", ({ target }) => {
  if (target.matches("select")) show();
});
document.getElementById("show-rows").addEventListener("click", (event) => {
  event.preventDefault();
  show();
});

// Cells that are pasted among the topics are rows.
topics.addEventListener("paste", (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!text.includes("\t") || topics.value.trim()) return;
  event.preventDefault();
  rows.value = text;
  choose();
  rows.focus();
  show();
});

// A file may be dropped anywhere on the form.
const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
form.addEventListener("dragover", (event) => {
  if (!carriesFile(event)) return;
  event.preventDefault();
  part.classList.add("is-over");
});
form.addEventListener("dragleave", () => part.classList.remove("is-over"));
form.addEventListener("drop", (event) => {
  part.classList.remove("is-over");
  if (!carriesFile(event)) return;
  event.preventDefault();
  file.files = event.dataTransfer.files;
  choose();
  show();
});
