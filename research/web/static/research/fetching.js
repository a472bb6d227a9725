// Asking the site for something over a line that may be bad: no request waits for ever.

const PATIENCE = 20_000; // ms

/** The site's answer, whatever its status; null where it could not be reached. */
export async function ask(path, options = {}) {
  try {
    return await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    // What fetch rejects with when there is no line, and when the time was up.
    if (error instanceof TypeError || error.name === "TimeoutError") return null;
    throw error;
  }
}

/** The text at a path of this site; null where it could not be had, which may be tried again. */
export async function read(path) {
  const answer = await ask(path);
  if (!answer?.ok) return null;
  try {
    return await answer.text();
  } catch (error) {
    if (error instanceof TypeError || error.name === "TimeoutError") return null; // it broke off
    throw error;
  }
}
