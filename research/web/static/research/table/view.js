// Which rows and columns show, and in which order. What is chosen stands in the address, so that it
// outlives a reload and can be sent to somebody.

const STATES = ["queued", "running", "cancelling", "succeeded", "failed", "cancelled"];
const WIDTHS = { state: "9.5rem", text: "min(15rem, 50vw)", number: "8.5rem", date: "8rem", boolean: "8rem",
  link: "min(14rem, 50vw)", list: "min(15rem, 50vw)" };
const USUAL_WIDTH = "10rem";
const FIELDS = ["q", "in", "is", "has"];
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** What a cell says, without its verdict. */
const textOf = (cell) => cell.dataset.status ?? cell.querySelector("span[dir], a[dir]")?.textContent ?? "";

export class View {
  constructor(table) {
    this.table = table;
    this.heads = [...table.tHead.rows[0].cells];
    this.form = document.getElementById("arrange");
    this.choices = [...document.querySelectorAll("#shown-columns input")];
    this.told = document.getElementById("told-rows");
    this.known = new WeakMap(); // row → its cells' texts in small letters
    this.sort = ""; // a column's key, with a minus: the other way round
    this.hidden = new Set(); // places of columns
    this.sheet = new CSSStyleSheet(); // of columns: for rows that come later, too
    document.adoptedStyleSheets.push(this.sheet);
    this.listen();
  }

  get body() { return this.table.tBodies[0]; }
  get rows() { return [...this.body.rows]; }
  place(key) { return this.heads.findIndex((head) => head.dataset.key === key); }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.change());
    this.form.addEventListener("reset", () => {
      this.sort = "";
      setTimeout(() => this.change()); // its fields are empty then
    });
    const choose = document.getElementById("choose");
    document.addEventListener("click", ({ target }) => { if (!choose.contains(target)) choose.open = false; });
    choose.addEventListener("keydown", ({ key }) => {
      if (key !== "Escape" || !choose.open) return;
      choose.open = false;
      choose.querySelector("summary").focus();
    });
    this.table.tHead.addEventListener("click", ({ target }) => {
      const key = target.closest("button")?.closest("th").dataset.key;
      if (!key) return;
      this.sort = { [key]: `-${key}`, [`-${key}`]: "" }[this.sort] ?? key;
      this.change();
    });
  }

  change() {
    this.show();
    this.remember();
  }

  /** Shows what the address says. */
  read() {
    const query = new URLSearchParams(location.search);
    for (const name of FIELDS) this.form.elements[name].value = query.get(name) ?? "";
    for (const field of this.form.querySelectorAll("select")) if (field.selectedIndex < 0) field.value = "";
    this.sort = query.get("sort") ?? "";
    const hidden = (query.get("hide") ?? "").split(",");
    for (const choice of this.choices) choice.checked = !hidden.includes(choice.value);
    this.show();
  }

  remember() {
    const query = new URLSearchParams();
    const keep = (name, value) => { if (value) query.set(name, value); };
    for (const name of FIELDS) keep(name, this.form.elements[name].value);
    keep("sort", this.sort);
    keep("hide", this.choices.filter((choice) => !choice.checked).map((choice) => choice.value).join(","));
    const plotted = document.querySelector("#plot-pick select");
    if (plotted?.selectedIndex) keep("plot", plotted.value);
    history.replaceState(null, "", (query.size ? `?${query}` : location.pathname) + location.hash);
  }

  show() {
    this.layColumns();
    this.filter();
    this.arrange();
  }

  /** Hides columns, and gives the others the width of their type. */
  layColumns() {
    const keys = this.choices.filter((choice) => !choice.checked).map((choice) => choice.value);
    this.hidden = new Set(keys.map((key) => this.place(key)));
    const rules = [...this.hidden].map((place) => `#grid :is(th, td):nth-child(${place + 1}) { display: none; }`);
    const shown = this.heads.slice(1).filter((_, index) => !this.hidden.has(index + 1));
    const widths = shown.map((head) => WIDTHS[head.dataset.type ?? head.dataset.key] ?? USUAL_WIDTH);
    rules.push(`@media screen { #grid tr { grid-template-columns: var(--first) ${widths.join(" ")}; } }`);
    this.sheet.replaceSync(rules.join("\n"));
  }

  texts(row) {
    if (!this.known.has(row)) this.known.set(row, [...row.cells].map((cell) => textOf(cell).toLowerCase()));
    return this.known.get(row);
  }

  filter() {
    const [words, column, state, part] = FIELDS.map((name) => this.form.elements[name].value.trim().toLowerCase());
    const wanted = words.split(/\s+/).filter(Boolean);
    const first = this.heads.findIndex((head) => head.dataset.type);
    const places = column ? [this.place(column)] : this.heads.map((_, place) => place).slice(first < 0 ? Infinity : first);
    const fits = (cell, text) => !state || cell.classList.contains(state)
      || (state === "found" && text !== "") || (state === "noted" && "note" in cell.dataset);
    let shown = 0;
    const { rows } = this;
    for (const row of rows) {
      const texts = this.texts(row);
      const whole = wanted.length ? texts.join("\n") : "";
      const isShown = wanted.every((word) => whole.includes(word))
        && (!(state || part) || places.some((place) => texts[place].includes(part) && fits(row.cells[place], texts[place])));
      row.hidden = !isShown;
      shown += isShown;
    }
    this.tell(shown, rows.length);
  }

  tell(shown, all) {
    const text = shown === all ? `${all} row${all === 1 ? "" : "s"}` : `${shown} of ${all} rows`;
    if (this.told.textContent !== text) this.told.textContent = text; // each change is read out
    document.getElementById("no-rows").hidden = shown > 0;
  }

  /** Numbers by size, choices in their order, all else by its text; what is empty comes last. */
  arrange() {
    const key = this.sort.replace(/^-/, "");
    const place = this.place(key);
    this.heads.forEach((head) => head.removeAttribute("aria-sort"));
    if (place >= 0) this.heads[place].setAttribute("aria-sort", this.sort === key ? "ascending" : "descending");
    const before = this.rows;
    const after = place < 0 ? before.toSorted(byPosition) : this.sorted(before, place, key === "state");
    if (after.every((row, index) => row === before[index])) return;
    const focused = document.activeElement;
    this.body.append(...after);
    if (this.body.contains(focused)) focused.focus({ preventScroll: true }); // a moved one loses it
  }

  sorted(rows, place, isState) {
    const direction = this.sort.startsWith("-") ? -1 : 1;
    const valued = rows.map((row) => {
      const text = this.texts(row)[place];
      const { key } = row.cells[place].dataset;
      const number = isState ? STATES.indexOf(text) : key === undefined ? NaN : Number(key);
      return { row, text, number, isEmpty: text === "", isText: Number.isNaN(number) };
    });
    valued.sort((one, other) => one.isEmpty - other.isEmpty
      || (one.isEmpty ? 0 : one.isText - other.isText
        || direction * (one.isText ? collator.compare(one.text, other.text) : one.number - other.number))
      || byPosition(one.row, other.row));
    return valued.map(({ row }) => row);
  }
}

const byPosition = (one, other) => one.dataset.position - other.dataset.position;
