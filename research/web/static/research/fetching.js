// Asking the site for something over a line that may be bad: no request waits for ever.

const PATIENCE = 20_000; // ms

/** The text at a path of this site; null where it could not be had, which may be tried again. */
export async function read(path) {
  try {
    const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE) });
    return answer.ok ? await answer.text() : null;
  } catch (error) {
    // What fetch rejects with when there is no line, and when the time was up.
    if (error instanceof TypeError || error.name === "TimeoutError") return null;
    throw error;
  }
}
