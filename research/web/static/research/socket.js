// A WebSocket that comes back by itself and goes on where it was.

const FINISHED = 1000; // the run has ended and all of it was sent
const UNKNOWN_RUN = 4404;
const SILENCE = 20_000; // ms; a server that lives sends at least a ping every few seconds
const LONGEST_WAIT = 15_000; // ms

/**
 * Opens `path?after=N` with N from `after()`, and again whenever it closes before the run's end.
 * `onFrame` gets each parsed frame, `onState` one of "open", "waiting" and "ended".
 */
export function follow(path, { after, onFrame, onState }) {
  const origin = location.origin.replace(/^http/, "ws");
  let failures = 0;

  function open() {
    const socket = new WebSocket(`${origin}${path}?after=${after()}`);
    let alarm;
    const listen = () => {
      clearTimeout(alarm);
      alarm = setTimeout(() => socket.close(), SILENCE);
    };
    socket.addEventListener("open", () => {
      listen();
      onState("open");
    });
    socket.addEventListener("message", ({ data }) => {
      failures = 0;
      listen();
      onFrame(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(alarm);
      if (code === FINISHED || code === UNKNOWN_RUN) return onState("ended");
      onState("waiting");
      setTimeout(open, wait(failures++));
    });
  }

  open();
}

/** Doubling waits, each somewhere in its upper half, so that many pages do not return at once. */
function wait(failures) {
  const longest = Math.min(LONGEST_WAIT, 500 * 2 ** failures);
  return longest * (0.5 + Math.random() / 2);
}
