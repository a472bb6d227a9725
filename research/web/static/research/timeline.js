// The timeline: a lane per topic, drawn from the run's events alone.

import { duration, now } from "./clock.js";

const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]; // seconds between marks
const MARKS = 7; // at most
const ENDED = { "topic.succeeded": "succeeded", "topic.failed": "failed", "topic.cancelled": "cancelled" };

export class Timeline {
  constructor(root, peak) {
    this.root = root;
    this.peak = { element: peak, crews: 0 };
    this.axis = root.querySelector(".axis");
    this.tracks = new Map();
    for (const lane of root.querySelectorAll(".lane")) {
      this.tracks.set(Number(lane.dataset.position), lane.querySelector(".track"));
    }
    this.open = new Map(); // key → segment that still grows
    this.crews = new Set(); // positions at work
    this.start = null; // ms
    this.end = null;
    this.span = 0;
  }

  apply({ kind, topic, at, data }) {
    const moment = Date.parse(at);
    const [what, how] = kind.split(".");
    if (kind === "run.finished") this.end = moment;
    else if (kind === "topic.started" || kind === "topic.resumed") this.startCrew(topic, moment);
    else if (kind in ENDED || kind === "topic.retried") this.endCrew(topic, moment, ENDED[kind]);
    else if (what === "llm" || what === "tool") {
      const key = `${topic} ${what} ${data.call}`;
      if (how === "started") this.grow(key, topic, what, moment, data.note);
      else this.stop(key, moment, how === "failed" ? "broken" : "");
    }
  }

  startCrew(position, moment) {
    this.start ??= moment;
    this.end = null;
    this.endCrew(position, moment);
    this.grow(`${position} crew`, position, "crew", moment);
    this.crews.add(position);
    if (this.crews.size > this.peak.crews) {
      this.peak.crews = this.crews.size;
      this.peak.element.textContent = this.crews.size === 1
        ? "1 crew at work" : `${this.crews.size} crews at work at the same moment`;
    }
  }

  endCrew(position, moment, status) {
    for (const key of [...this.open.keys()]) {
      if (key.startsWith(`${position} `)) this.stop(key, moment, status && `is-${status}`);
    }
    this.crews.delete(position);
  }

  grow(key, position, kind, moment, note = "") {
    this.stop(key, moment);
    const element = document.createElement("i");
    element.className = `segment ${kind}`;
    element.style.setProperty("--from", this.seconds(moment));
    element.style.setProperty("--to", this.seconds(moment));
    this.tracks.get(position)?.append(element);
    this.open.set(key, { element, moment, note });
  }

  stop(key, moment, mark) {
    const segment = this.open.get(key);
    if (!segment) return;
    this.open.delete(key);
    const { element, note } = segment;
    element.style.setProperty("--to", this.seconds(moment));
    element.title = `${note} ${duration((moment - segment.moment) / 1000)}`.trim();
    if (mark) element.classList.add(mark);
  }

  seconds(moment) {
    this.start ??= moment;
    return ((moment - this.start) / 1000).toFixed(3);
  }

  /** Lets the open segments grow to the moment up to which it is known what happened. */
  tick(known = now()) {
    if (this.start === null) return;
    const moment = this.end ?? known;
    for (const { element } of this.open.values()) {
      element.style.setProperty("--to", this.seconds(moment));
    }
    const seconds = Math.max(0.2, (moment - this.start) / 1000);
    if (this.end) this.scale(seconds);
    else if (seconds > this.span) this.scale(1.35 * seconds); // with room to grow: few rescalings
  }

  scale(span) {
    if (span === this.span) return;
    this.span = span;
    const step = STEPS.find((size) => span / size < MARKS) ?? STEPS.at(-1);
    this.root.style.setProperty("--span", span.toFixed(3));
    this.root.style.setProperty("--step", step);
    const marks = [];
    for (let number = 0; number * step < span * 0.97; number += 1) {
      const at = Number((number * step).toFixed(1)); // 0.3 and not 0.30000000000000004
      const mark = document.createElement("i");
      mark.style.setProperty("--at", at);
      mark.textContent = label(at);
      marks.push(mark);
    }
    this.axis.replaceChildren(...marks);
  }
}

function label(seconds) {
  if (seconds < 60) return `${seconds} s`;
  return seconds % 60 ? duration(seconds) : `${seconds / 60} min`;
}
