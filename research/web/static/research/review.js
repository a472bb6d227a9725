// The desk by keyboard: from claim to claim, decided in place, while the focus goes on.

const PATIENCE = 20_000; // ms
const KEYS = { a: "accepted", r: "rejected", u: "" };

const list = document.getElementById("claims");
const told = document.getElementById("told");

const claims = () => [...list.querySelectorAll(".claim")];
const current = () => document.activeElement.closest(".claim");

function say(text, isProblem = false) {
  told.textContent = text;
  told.hidden = !text;
  told.classList.toggle("is-problem", isProblem);
}

/** The claim that many places further on; past the last one the link to the next page. */
function step(by) {
  const all = claims();
  const at = all.indexOf(current()) + by;
  if (at >= all.length) document.getElementById("more")?.focus();
  else all[Math.max(at, 0)].focus();
}

function nextOpen(id) {
  const all = claims();
  const at = all.findIndex((claim) => claim.id === id);
  const open = [...all.slice(at + 1), ...all.slice(0, at)].find((claim) => "open" in claim.dataset);
  const more = document.getElementById("more");
  (open ?? more ?? all[at]).focus();
  return open || all.length === 1 ? "" : more ? " That was the last one on this page." : " That was the last one.";
}

function correct(claim) {
  const details = claim.querySelector("details");
  if (!details) return;
  details.open = true;
  const field = details.querySelector("textarea");
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/** Puts a claim in place as the server has written it anew. */
function put(claim, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  claim.replaceWith(made.content.querySelector(".claim"));
  return document.getElementById(claim.id);
}

async function decide(form, button) {
  const claim = form.closest(".claim");
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  say("");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { "X-Requested-With": "fetch" },
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404) return say("The claim is gone: its run was deleted.", true);
    const isShown = answer.ok || answer.status === 400 || answer.status === 409;
    if (!isShown) return say(`That was not done: the site answered ${answer.status}. Try again.`, true);
    settle(put(claim, await answer.text()), answer.ok);
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "TimeoutError") throw error;
    say("That was not done: the site could not be reached. Try again.", true);
  } finally {
    form.ariaBusy = null;
  }
}

/** A decision that was kept leads on to the next claim; one that was not stays where it is. */
function settle(claim, isKept) {
  if (!isKept || "open" in claim.dataset) {
    claim.focus();
    if (isKept) say("Open again.");
    return;
  }
  const did = claim.querySelector(".decided b").textContent;
  say(`${did}.${nextOpen(claim.id)}`);
}

function onKey(event) {
  const claim = event.target.closest(".claim");
  if (event.target.matches("textarea")) {
    if (event.key === "Escape") {
      event.target.closest("details").open = false;
      claim.focus();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) press(claim, "corrected");
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isOnClaim = event.target === claim || event.target === list;
  if (event.key === "j" || (event.key === "ArrowDown" && isOnClaim)) step(1);
  else if (event.key === "k" || (event.key === "ArrowUp" && isOnClaim)) step(-1);
  else if (event.key === "c" && claim) correct(claim);
  else if (event.key in KEYS && claim) press(claim, KEYS[event.key]);
  else return;
  event.preventDefault();
}

function press(claim, decision) {
  const button = claim.querySelector(`button[name="decision"][value="${decision}"]`);
  if (button) button.form.requestSubmit(button);
}

/** Letters act while the list has the focus, and so from the start, unless something else has it. */
function begin() {
  list.addEventListener("keydown", onKey);
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(event.target, event.submitter);
  });
  document.getElementById("keys")?.removeAttribute("hidden");
  const named = location.hash.startsWith("#claim-") && document.getElementById(location.hash.slice(1));
  if (document.activeElement === document.body) (named || claims()[0]).focus({ preventScroll: !named });
}

if (list) begin();
