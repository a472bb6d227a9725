// A WebSocket that comes back by itself and goes on where it was, until the run has finished.

const FINISHED = "run.finished";
const REOPENED = "topic.retried";
const CLOSED_BY_SERVER = 1000;
const UNKNOWN_RUN = 4404;
const SILENCE = 12_000; // ms; a server that lives sends at least a ping every 5 s
const LONGEST_WAIT = 15_000; // ms

/**
 * Opens `path?after=N` with N from `after()`, and again whenever it is lost before the run's end.
 * `onFrame` gets each parsed frame, `onState` one of "open", "waiting", "ended" and "gone".
 *
 * The end is `run.finished`, with no retry behind it, and then the server's close. A close by itself
 * says nothing: the server answers one of ours with 1000 as well. `hasFinished` says that the end is
 * among the events up to `after()` already: what comes may be reviews, or nothing.
 */
export function follow(path, { after, onFrame, onState, hasFinished = false }) {
  const origin = location.origin.replace(/^http/, "ws");
  let failures = 0;
  let retry = null;

  function open() {
    clearTimeout(retry);
    retry = null;
    const socket = new WebSocket(`${origin}${path}?after=${after()}`);
    const life = new AbortController(); // of the listeners: one that was given up is not heard
    const { signal } = life;
    let alarm;
    const leave = () => {
      clearTimeout(alarm);
      life.abort();
      socket.close();
      wait();
    };
    const listen = () => {
      clearTimeout(alarm);
      alarm = setTimeout(leave, SILENCE);
    };
    listen(); // a line may be silent from the start
    socket.addEventListener("message", ({ data }) => {
      listen();
      failures = 0;
      const frame = JSON.parse(data);
      if (frame.kind === FINISHED) hasFinished = true;
      else if (frame.kind === REOPENED) hasFinished = false;
      onState("open");
      onFrame(frame);
    }, { signal });
    socket.addEventListener("close", ({ code }) => {
      clearTimeout(alarm);
      life.abort();
      if (code === UNKNOWN_RUN) onState("gone");
      else if (code === CLOSED_BY_SERVER && hasFinished) onState("ended");
      else wait();
    }, { signal });
  }

  function wait() {
    onState("waiting");
    retry = setTimeout(open, pause(failures++));
  }

  addEventListener("online", () => { if (retry !== null) open(); });
  open();
}

/** Doubling waits, each somewhere in its upper half, so that many pages do not return at once. */
function pause(failures) {
  const longest = Math.min(LONGEST_WAIT, 500 * 2 ** failures);
  return longest * (0.5 + Math.random() / 2);
}
