// A cell's proof, and what is asked again, in a dialog over the table. Without this script the same
// links lead to pages of their own.

import { ask } from "../fetching.js";
import { localise } from "../times.js";

const HEADERS = { "X-Requested-With": "fetch" };
const OPENERS = "#grid td a, .panel-link";
const DEEP = /^#cell-([0-9]+)-([0-9]+)$/; // row and column
const CELL = /([0-9]+)\/([0-9]+)\/$/;
const PARTS = new Set([200, 400, 409]); // statuses with which the panel comes anew
const UNREACHED = "The site could not be reached. Try again.";

export class Panel {
  /** `onChange` gets a row's position once something has changed in it; `onClose` takes the focus. */
  constructor(onChange, onClose) {
    this.dialog = document.getElementById("panel");
    this.part = document.getElementById("panel-part");
    this.onChange = onChange;
    this.url = "";
    document.addEventListener("click", (event) => {
      const link = event.target.closest(OPENERS);
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.open(link.href);
    });
    document.getElementById("close-panel").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", ({ target }) => {
      if (target === this.dialog) this.dialog.close(); // beside it
    });
    this.dialog.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(event.target, event.submitter);
    });
    this.dialog.addEventListener("close", () => {
      mark("");
      if (document.activeElement === document.body) onClose(); // the opener is written anew
    });
  }

  /** Opens the cell that the address names. */
  openLinked() {
    const [, row, column] = DEEP.exec(location.hash) ?? [];
    if (row) this.open(new URL(`${row}/${column}/`, location.href).href);
  }

  async open(url) {
    this.url = url;
    const answer = await ask(url, { headers: HEADERS });
    if (this.url !== url) return; // another one was wanted meanwhile
    if (!answer?.ok) return location.assign(url); // which says why
    this.put(await answer.text());
    const [, row, column] = this.cell ?? [];
    mark(row ? `#cell-${row}-${column}` : "");
  }

  /** Row and column of the open cell; null where it is none. */
  get cell() {
    return this.url.includes("/columns/") ? null : CELL.exec(this.url);
  }

  put(html) {
    this.part.innerHTML = html;
    localise(this.part);
    if (!this.dialog.open) this.dialog.showModal();
    this.dialog.scrollTop = 0;
    document.getElementById("proof-title").focus({ preventScroll: true });
    fit(this.part);
    this.part.querySelector("select[name$=type]")?.addEventListener("change", () => fit(this.part));
  }

  async send(form, button) {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    const body = new FormData(form, button);
    const answer = await ask(form.action, { method: "POST", body, headers: HEADERS });
    button.ariaBusy = null;
    const isPart = answer?.headers.get("content-type")?.startsWith("text/html") && PARTS.has(answer.status);
    if (isPart) {
      this.put(await answer.text());
      if (answer.ok) this.onChange(Number(this.cell?.[1]));
    } else if (answer?.ok) {
      if (form.classList.contains("add-column")) return location.reload(); // it has another head
      this.dialog.close();
      this.onChange();
    } else this.complain(answer ? `That was not done: the site answered ${answer.status}.` : UNREACHED);
  }

  complain(text) {
    const told = Object.assign(document.createElement("p"), { className: "notice is-problem", textContent: text });
    told.setAttribute("role", "alert");
    this.part.querySelector(".notice")?.remove();
    document.getElementById("proof-title").after(told);
  }
}

/** Keeps the open cell in the address. */
function mark(hash) {
  history.replaceState(null, "", location.pathname + location.search + hash);
}

/** Of a column's form shows what the chosen type needs. */
function fit(part) {
  const type = part.querySelector("select[name$=type]")?.value;
  for (const field of part.querySelectorAll("[data-of]")) field.hidden = field.dataset.of !== type;
}
