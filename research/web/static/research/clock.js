// The server's time, and durations as the templates write them (research/templatetags/research.py).

let ahead = -Infinity; // milliseconds that the server's clock is ahead of this one

/**
 * Sets the clock by a moment at which the server wrote something. That was before now, so of many
 * such moments the one that puts the clock furthest ahead is nearest to the truth; a page from the
 * browser's cache carries an old one.
 */
export function setClock(iso) {
  ahead = Math.max(ahead, Date.parse(iso) - Date.now());
}

/** The server's time in milliseconds, at a moment of this machine's clock. */
export const now = (moment = Date.now()) => moment + (Number.isFinite(ahead) ? ahead : 0);

export const secondsSince = (iso) => Math.max(0, (now() - Date.parse(iso)) / 1000);

const two = (number) => String(number).padStart(2, "0");

/** `3.4 s`, `41 s`, `2 min 05 s`, `1 h 05 min` */
export function duration(seconds) {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** Lets every element that says since when (data-since) count on. */
export function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = duration(secondsSince(element.dataset.since));
  }
}
