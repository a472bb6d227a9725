// Cards and summary: fetched anew when a topic's state changes, since the server alone renders
// them; what a crew does at this moment is written straight from the frames.

import { secondsSince, duration } from "./clock.js";
import { morph } from "./morph.js";

const PAUSE = 300; // ms between two fetches
const RETRY = 3000; // ms after one that failed
const RERENDERED = new Set(["task.finished", "topic.queued", "topic.started", "topic.resumed",
  "topic.succeeded", "topic.failed", "topic.cancelled", "topic.retried"]);
const NEXT_TEXT = new Set(["llm.started", "tool.started", "task.finished"]);

export class Cards {
  /** `url` answers with the cards at ?positions=; `onFresh` is called when they are in the page. */
  constructor(url, onFresh) {
    this.url = url;
    this.onFresh = onFresh;
    this.doing = new Map(); // position → { note, at, seq, text }
    this.stale = new Set(); // positions to fetch
    this.dirty = new Set(); // positions to paint
    this.isFetching = false;
    this.isWanted = false;
  }

  apply({ kind, topic, at, seq, data }) {
    if (kind.startsWith("run.")) this.refresh();
    if (topic == null) return;
    const doing = this.doing.get(topic) ?? { seq: 0, text: "" };
    this.doing.set(topic, doing);
    if (kind === "llm.partial") doing.text = data.text;
    if (NEXT_TEXT.has(kind)) doing.text = "";
    if (data.note) Object.assign(doing, { note: data.note, at, seq });
    if (RERENDERED.has(kind)) this.refresh(topic);
    if (this.dirty.size === 0) requestAnimationFrame(() => this.paint());
    this.dirty.add(topic);
  }

  /** Asks for the summary, and for a card; requests are gathered, and one runs at a time. */
  refresh(position) {
    if (position) this.stale.add(position);
    this.isWanted = true;
    if (!this.isFetching) this.fetch(PAUSE);
  }

  async fetch(pause) {
    this.isFetching = true;
    await new Promise((resolve) => setTimeout(resolve, pause));
    const positions = [...this.stale];
    this.stale.clear();
    this.isWanted = false;
    let again = PAUSE;
    try {
      const answer = await fetch(`${this.url}?positions=${positions.join(",")}`);
      if (!answer.ok) throw new TypeError(`${answer.status} from ${this.url}`);
      this.swap(await answer.text());
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when offline
      positions.forEach((position) => this.stale.add(position));
      this.isWanted = true;
      again = RETRY;
    }
    this.isFetching = false;
    if (this.isWanted) this.fetch(again);
  }

  swap(html) {
    const { content } = Object.assign(document.createElement("template"), { innerHTML: html });
    for (const fresh of [...content.children]) {
      const old = document.getElementById(fresh.id);
      if (old) morph(old, fresh);
      if (fresh.dataset.position) this.dirty.add(Number(fresh.dataset.position));
    }
    this.paint();
    this.onFresh();
  }

  paint() {
    for (const position of this.dirty) {
      const card = document.getElementById(`topic-${position}`);
      const doing = this.doing.get(position);
      if (card && doing) paintCard(card, doing);
    }
    this.dirty.clear();
  }
}

function paintCard(card, { note, at, seq, text }) {
  const partial = card.querySelector(".partial");
  if (!partial) return; // the crew is not at work
  if (note && seq >= Number(card.dataset.seq)) {
    card.querySelector(".now-note").textContent = note;
    const since = card.querySelector(".now-for");
    since.dataset.since = at;
    since.textContent = duration(secondsSince(at));
  }
  partial.hidden = !text;
  partial.firstElementChild.textContent = text;
}
