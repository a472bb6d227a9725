// Feeds the timeline with a run's events, once each and in order: those that are stored already
// when the timeline is opened, then those that come.

import { read } from "./fetching.js";

const RETRY = 3000; // ms after a fetch that failed

export class Feed {
  constructor(url, timeline) {
    this.url = url;
    this.timeline = timeline;
    this.seq = 0; // of the last event that was drawn
    this.coming = []; // frames that came while the stored ones are fetched
    this.state = "closed"; // then "loading", then "open"
  }

  /** Draws what is stored, and from then on what comes. */
  async open() {
    if (this.state !== "closed") return;
    this.state = "loading";
    let text;
    while ((text = await read(`${this.url}?after=${this.seq}`)) === null) {
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
    for (const frame of [...JSON.parse(text).events, ...this.coming]) this.draw(frame);
    this.coming = [];
    this.state = "open";
    this.timeline.tick();
  }

  follow(frame) {
    if (this.state === "open") this.draw(frame);
    else if (this.state === "loading") this.coming.push(frame);
  }

  draw(frame) {
    if (frame.seq <= this.seq) return;
    this.seq = frame.seq;
    this.timeline.apply(frame);
  }
}
