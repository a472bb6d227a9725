// The table by keyboard: one stop for Tab, and arrows from cell to cell, past what does not show.

const PAGE = 10; // rows that Page Up and Page Down pass

/** What takes the focus in a cell: its link or button, else the cell. */
const targetIn = (cell) => cell.querySelector("a, button") ?? cell;

export class Grid {
  constructor(table, view) {
    this.table = table;
    this.view = view;
    this.known = new WeakSet(); // rows whose cells are out of Tab's way
    this.row = table.tHead.rows[0]; // where the stop for Tab is
    this.position = null; // that row's; null: the heads
    this.place = 0;
    table.addEventListener("keydown", (event) => this.step(event));
    table.addEventListener("focusin", ({ target }) => this.stop(target.closest("th, td")));
    table.addEventListener("click", ({ target }) => {
      const cell = target.closest("td, th");
      if (cell && !target.closest("a, button")) targetIn(cell).focus();
    });
  }

  /** Takes in rows that are new in the page; a cell that had the focus has it again. */
  renew() {
    for (const row of this.table.rows) {
      if (this.known.has(row)) continue;
      this.known.add(row);
      row.role = "row"; // rows that are laid out as grids are none by themselves in every browser
      for (const cell of row.cells) {
        cell.role = { row: "rowheader", col: "columnheader" }[cell.scope] ?? "gridcell";
        targetIn(cell).tabIndex = -1;
      }
    }
    const wasReplaced = !this.row.isConnected;
    if (wasReplaced) this.row = document.getElementById(`row-${this.position}`) ?? this.table.tHead.rows[0];
    const cell = this.row.cells[this.place];
    targetIn(cell).tabIndex = 0;
    if (wasReplaced && document.activeElement === document.body) this.focus();
  }

  /** Puts the focus where the stop is. */
  focus() {
    targetIn(this.row.cells[this.place]).focus({ preventScroll: true });
  }

  /** Moves the stop for Tab. */
  stop(cell) {
    if (!cell) return;
    targetIn(this.row.cells[this.place]).tabIndex = -1;
    this.row = cell.parentElement;
    this.position = this.row.dataset.position ?? null;
    this.place = cell.cellIndex;
    targetIn(cell).tabIndex = 0;
  }

  step(event) {
    if (event.altKey || event.shiftKey || event.metaKey) return;
    const rows = [...this.table.rows].filter((row) => !row.hidden);
    const places = this.view.heads.map((_, place) => place).filter((place) => !this.view.hidden.has(place));
    const row = rows.indexOf(this.row);
    const place = places.indexOf(this.place);
    const last = { row: rows.length - 1, place: places.length - 1 };
    const to = {
      ArrowUp: [row - 1, place],
      ArrowDown: [row + 1, place],
      ArrowLeft: [row, place - 1],
      ArrowRight: [row, place + 1],
      PageUp: [Math.max(row - PAGE, 0), place],
      PageDown: [Math.min(row + PAGE, last.row), place],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? last.row : row, last.place],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    const cell = rows[to[0]]?.cells[places[to[1]]];
    if (cell) targetIn(cell).focus();
  }
}
