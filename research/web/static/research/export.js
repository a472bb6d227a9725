// Files that take a while are written beside the page, which shows how far they are and fetches them
// when they are ready. Without this script their links wait for them.

const PAUSE = 500; // ms between two looks
const PATIENCE = 20_000; // ms

const followed = new Set(); // where the files are that this page shows

const list = () => document.getElementById("exports");

async function ask(path, options = {}) {
  try {
    const answer = await fetch(path, { ...options, signal: AbortSignal.timeout(PATIENCE) });
    const told = await answer.json();
    return answer.ok ? told : { state: "failed", error: told.error.message };
  } catch (error) {
    if (error instanceof SyntaxError) return { state: "failed", error: "The site gave no answer to be read. Try again." };
    if (error instanceof TypeError || error.name === "TimeoutError") return null; // no line just now
    throw error;
  }
}

/** Starts to write a file. */
async function start(link) {
  const item = addItem(link.textContent.trim());
  const fields = new FormData();
  fields.set("csrfmiddlewaretoken", document.querySelector("#actions [name=csrfmiddlewaretoken]").value);
  fields.set("format", link.dataset.export);
  if (link.dataset.topic) fields.set("topic", link.dataset.topic);
  const told = await ask(list().dataset.start, { method: "POST", body: fields });
  if (followed.has(told?.place)) item.remove(); // the same file is being written already
  else if (told?.place) follow(item, told.place, told);
  else show(item, told ?? { state: "failed", error: "The site could not be reached. Try again." });
}

function addItem(label) {
  const item = document.createElement("li");
  item.dataset.label = label;
  item.append(document.createElement("span"), document.createElement("progress"));
  list().prepend(item);
  show(item, { state: "waiting" });
  return item;
}

/** Looks again and again until the file is there, and then fetches it. */
async function follow(item, place, told) {
  followed.add(place);
  while (told === null || ["waiting", "writing"].includes(told.state)) {
    if (told) show(item, told);
    await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
    told = await ask(place);
  }
  followed.delete(place);
  show(item, told);
  if (told.state === "ready") fetchFile(told.file);
}

function show(item, { state, label, done = 0, total = 0, error, warning, file }) {
  item.dataset.state = state;
  const name = label ?? item.dataset.label;
  const [text, bar] = item.children;
  const isWritten = done >= total;
  text.textContent = {
    waiting: `${name}: waits for its turn`,
    writing: isWritten ? `${name}: setting its pages` : `${name}: topic ${done} of ${total}`,
    ready: `${name} is ready.${warning ? ` ${warning}` : ""} `,
    failed: error,
  }[state];
  bar.hidden = state === "ready" || state === "failed";
  bar.setAttribute("aria-label", name);
  if (state === "writing" && !isWritten) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value"); // nobody knows how far it is
  if (file && state === "ready") text.append(linkTo(file, "Save it again"));
}

function linkTo(file, label) {
  const link = document.createElement("a");
  Object.assign(link, { href: file, download: "", textContent: label });
  return link;
}

function fetchFile(file) {
  const link = linkTo(file, "");
  document.body.append(link);
  link.click();
  link.remove();
}

/** Takes over the menus' links, and follows what is under way since before the page was loaded. */
export function exportFiles() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-export]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !list()) return;
    event.preventDefault();
    start(link);
  });
  for (const place of list()?.dataset.underWay.split(" ").filter(Boolean) ?? []) {
    follow(addItem("Export"), place, null);
  }
}
