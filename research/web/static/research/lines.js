// Lines and summary: fetched anew when a topic changes, since the server alone renders them; what
// a crew does at this moment is written straight from the frames.

import { secondsSince, duration, setClock } from "./clock.js";
import { morph } from "./morph.js";
import { Stale } from "./stale.js";

const CHANGED = new Set(["task.finished", "llm.finished", "topic.queued", "topic.started",
  "topic.resumed", "topic.succeeded", "topic.failed", "topic.cancelled", "topic.retried", "topic.reviewed", "claim.checked",
  "value.reviewed"]);
const NEXT_TEXT = new Set(["llm.started", "tool.started", "task.finished"]);

export const isChange = (frame) => CHANGED.has(frame.kind);

/** What a topic's crew does once a frame of it has come: { note, at, seq, text }. */
export function after({ kind, at, seq, data }, doing = { seq: 0, text: "" }) {
  const told = data.note ? { ...doing, note: data.note, at, seq } : { ...doing };
  if (kind === "llm.partial") told.text = data.text;
  if (NEXT_TEXT.has(kind)) told.text = "";
  return told;
}

export class Lines {
  /** `url` answers with the lines at ?positions=; `onFresh` is called when they are in the page. */
  constructor(url, onFresh) {
    this.stale = new Stale((positions) => `${url}?positions=${positions.join(",")}`, (html) => this.swap(html));
    this.onFresh = onFresh;
    this.doing = new Map(); // position → { note, at, seq, text }
    this.dirty = new Set(); // positions to paint
  }

  apply(frame) {
    const { kind, topic } = frame;
    if (kind.startsWith("run.")) this.refresh();
    if (topic == null) return;
    this.doing.set(topic, after(frame, this.doing.get(topic)));
    if (isChange(frame)) this.refresh(topic);
    // What its report tells of claims may be another while all else on the line stays.
    if (kind === "claim.checked") document.getElementById(`topic-${topic}-place`)?.removeAttribute("data-version");
    if (this.dirty.size === 0) requestAnimationFrame(() => this.paint());
    this.dirty.add(topic);
  }

  /** Asks for the summary, and for a line. */
  refresh(position) {
    this.stale.add(position);
  }

  swap(html) {
    const focused = document.activeElement;
    const home = focused.closest(".topic")?.querySelector("summary")
      ?? focused.closest("#summary") ?? (focused.closest("#causes") && document.getElementById("topics-title"));
    const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
    for (const fresh of [...content.children]) {
      const old = document.getElementById(fresh.id);
      if (old) morph(old, fresh);
      if (fresh.dataset.position) this.dirty.add(Number(fresh.dataset.position));
    }
    // The button that a person has just pressed, or was about to, may be gone.
    if (!focused.isConnected) home?.focus({ preventScroll: true });
    setClock(document.getElementById("summary").dataset.asOf);
    this.paint();
    this.onFresh();
  }

  paint() {
    for (const position of this.dirty) {
      const line = document.getElementById(`topic-${position}`);
      const doing = this.doing.get(position);
      if (line && doing) paint(line, doing);
    }
    this.dirty.clear();
  }
}

/** Writes what the crew does into a topic's line, or its page. */
export function paint(line, { note, at, seq, text }) {
  const partial = line.querySelector(".partial");
  if (!partial) return; // the crew is not at work
  if (note && seq >= Number(line.dataset.seq) && line.querySelector(".now-note")) {
    line.querySelector(".now-note").textContent = note;
    const since = line.querySelector(".now-for");
    since.dataset.since = at;
    since.textContent = duration(secondsSince(at));
  }
  partial.hidden = !text;
  partial.firstElementChild.textContent = text;
}
