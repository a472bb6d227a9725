// Rows and summary, fetched anew when something changes in them: the server alone draws them.

import { morph } from "../morph.js";
import { Stale } from "../stale.js";

const CHANGED = new Set(["topic.queued", "topic.started", "topic.resumed", "topic.succeeded", "topic.failed",
  "topic.cancelled", "topic.retried", "value.found", "value.reviewed"]);

export class Rows {
  /** `onFresh` is called when rows and summary are in the page. */
  constructor(page, table, onFresh) {
    this.table = table;
    this.onFresh = onFresh;
    this.stale = new Stale((positions) => {
      const plotted = document.querySelector("#plot-pick select")?.value ?? "";
      return `${page.dataset.rows}?positions=${positions.join(",")}&plot=${plotted}`;
    }, (html) => this.swap(html));
  }

  apply({ kind, topic }) {
    if (kind.startsWith("run.")) this.refresh();
    if (topic != null && CHANGED.has(kind)) this.refresh(topic);
  }

  /** Asks for the summary, and for a row. */
  refresh(position) {
    this.stale.add(position);
  }

  swap(html) {
    const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
    const focused = document.activeElement;
    const summary = document.getElementById("summary");
    const wasInside = summary.contains(focused);
    morph(summary, content.querySelector("#summary"));
    if (wasInside && !focused.isConnected) summary.focus({ preventScroll: true });
    const heads = this.table.tHead.rows[0].cells.length;
    const body = this.table.tBodies[0];
    for (const row of [...content.querySelectorAll("tr")]) {
      if (row.cells.length !== heads) return location.reload(); // there are other columns by now
      const old = document.getElementById(row.id);
      if (old) old.replaceWith(row);
      else body.append(row);
    }
    this.onFresh();
  }
}
