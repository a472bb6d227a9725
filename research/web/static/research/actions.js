// Cancel and retry without leaving the page: what is open, the place and the focus stay.

const PATIENCE = 20_000; // ms

/** `onDone` gets the positions that were meant (none: all) when the server has done it. */
export function act(onDone) {
  const form = document.getElementById("actions");
  const told = document.getElementById("told");

  const say = (text) => {
    told.textContent = text;
    told.hidden = !text;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    say("");
    try {
      const answer = await fetch(button.formAction, {
        method: "POST",
        body: new FormData(form, button),
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.ok) onDone(button);
      else say(answer.status === 400 ? await answer.text() : `That was not done: the site answered ${answer.status}. Try again.`);
    } catch (error) {
      if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
      say("That was not done: the site could not be reached. Try again.");
    } finally {
      button.ariaBusy = null;
    }
  });
}
