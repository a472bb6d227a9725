// The page's line to its run: follows it to its end, and says so when the line is lost.

import { now, setClock } from "./clock.js";
import { follow } from "./socket.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export class Connection {
  /** `onFrame` gets each event once, in order, and what passes; `onEnd` is called at the run's end. */
  constructor(page, onFrame, onEnd) {
    this.path = page.dataset.socket;
    this.seq = Number(page.dataset.lastSeq); // of the last event that the page has
    this.onFrame = onFrame;
    this.onEnd = onEnd;
    this.notice = document.getElementById("connection");
    this.heard = Date.now(); // when the site last said something
    this.isLost = false;
    this.isFollowing = false;
  }

  /** The moment up to which the page knows what happened, in the server's time. */
  get known() {
    return this.isLost ? now(this.heard) : now();
  }

  /** `hasFinished`: the page was written after the run's end, and looks for what came since. */
  start(hasFinished) {
    this.isFollowing = true;
    follow(this.path, {
      hasFinished,
      after: () => this.seq,
      onFrame: (frame) => this.hear(frame),
      onState: (state) => this.tell(state),
    });
  }

  hear(frame) {
    this.heard = Date.now();
    if (frame.at) setClock(frame.at);
    if (frame.kind === "ping") return;
    if (frame.seq !== undefined) {
      if (frame.seq <= this.seq) return;
      this.seq = frame.seq;
    }
    this.onFrame(frame);
  }

  tell(state) {
    this.isLost = state === "waiting";
    if (state === "open") this.say("");
    else if (state === "waiting") this.say(`Reconnecting… Nothing has come from the site since ${clock.format(this.heard)}.`);
    else {
      this.isFollowing = false;
      this.say(state === "gone" ? "This run is no longer there." : "");
      this.onEnd();
    }
  }

  say(text) {
    if (this.notice.textContent === text) return; // each change is read out
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }
}
