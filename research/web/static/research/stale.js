// What of a page is out of date, by position: gathered, and asked for in one request at a time.

import { read } from "./fetching.js";

const PAUSE = 300; // ms between two fetches
const RETRY = 3000; // ms after one that failed

export class Stale {
  /** `address(positions)` answers with HTML, which `onFresh` puts into the page. */
  constructor(address, onFresh) {
    this.address = address;
    this.onFresh = onFresh;
    this.positions = new Set();
    this.isFetching = false;
    this.isWanted = false;
  }

  /** Asks for what belongs to no position, too. */
  add(position) {
    if (position) this.positions.add(position);
    this.isWanted = true;
    if (!this.isFetching) this.fetch(PAUSE);
  }

  async fetch(pause) {
    this.isFetching = true;
    await new Promise((resolve) => setTimeout(resolve, pause));
    const positions = [...this.positions];
    this.positions.clear();
    this.isWanted = false;
    const html = await read(this.address(positions));
    if (html === null) {
      positions.forEach((position) => this.positions.add(position));
      this.isWanted = true;
    } else this.onFresh(html);
    this.isFetching = false;
    if (this.isWanted) this.fetch(html === null ? RETRY : PAUSE);
  }
}
