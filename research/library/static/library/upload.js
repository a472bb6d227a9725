// Sends files and folders to the library, dropped or chosen, some at a time: a folder may hold more
// than one request takes. The server says what became of them, when the page is loaded again.

const SOME = 10; // files of one request
const BYTES = 20 * 1024 * 1024; // of one request, which may be one file more
const MOST = 5000; // files of an upload

const form = document.getElementById("upload");
const inputs = [...form.querySelectorAll("input[type=file]")];
const button = form.querySelector("button[type=submit]");
const progress = document.getElementById("upload-progress");
const told = document.getElementById("upload-told");
const list = document.getElementById("upload-files");
const kinds = form.dataset.kinds.split(",");
const maxBytes = Number(form.dataset.maxBytes);

let chosen = []; // { file, path }
let upload = ""; // which requests belong together
const rows = new Map(); // of the list, by path

const files = (number) => `${number.toLocaleString("en")} file${number === 1 ? "" : "s"}`;
// In a folder: a file that was chosen by itself is meant.
const isHidden = ({ path }) => path.includes("/") && path.split("/").some((part) => part.startsWith("."));
const isSent = ({ file, path }) => {
  const name = path.toLowerCase();
  return file.size <= maxBytes && kinds.some((kind) => name.endsWith(kind));
};

function choose(found) {
  chosen = found;
  upload = "";
  told.className = "muted";
  told.textContent = found.length ? `${files(found.length)} chosen.` : "";
}

function fail(message) {
  told.className = "error";
  told.textContent = message;
}

/** A line for each file. */
function fill() {
  rows.clear();
  for (const { path } of chosen) {
    const row = document.createElement("li");
    const [name, state] = [document.createElement("span"), document.createElement("span")];
    name.textContent = path;
    state.textContent = "waits";
    row.append(name, state);
    rows.set(path, row);
  }
  list.replaceChildren(...rows.values());
  list.hidden = false;
}

/** Says how far a file is. */
function mark(path, state, isRefused = false) {
  const row = rows.get(path);
  if (!row) return;
  row.lastChild.textContent = state;
  row.classList.toggle("is-refused", isRefused);
}

/** Says what became of files; those of an archive are counted on its line. */
function settle(outcomes) {
  const archives = new Map();
  for (const { path, told: state, is_refused: isRefused } of outcomes) {
    const archive = rows.has(path) ? "" : [...rows.keys()].find((each) => path.startsWith(`${each}/`));
    if (!archive) {
      mark(path, state, isRefused);
      continue;
    }
    const counts = archives.get(archive) ?? [0, 0];
    counts[isRefused ? 1 : 0] += 1;
    archives.set(archive, counts);
  }
  for (const [path, [read, refused]] of archives) {
    mark(path, `${files(read)} of it read${refused ? `, ${refused.toLocaleString("en")} not` : ""}`, !read);
  }
}

/** The files of an entry that was dropped; a folder gives its entries a hundred at a time. */
async function filesOf(entry) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: entry.fullPath.slice(1) }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!entries.length) return found;
    for (const each of entries) found.push(...(await filesOf(each)));
  }
}

/** The next files that make a request. */
function next() {
  let bytes = 0;
  let number = 0;
  while (number < Math.min(SOME, chosen.length) && bytes < BYTES) {
    if (isSent(chosen[number])) bytes += chosen[number].file.size;
    number += 1;
  }
  return chosen.slice(0, number);
}

async function send(some, hidden) {
  const body = new FormData();
  for (const name of ["csrfmiddlewaretoken", "replaces"]) {
    const value = new FormData(form).get(name);
    if (value) body.append(name, value);
  }
  const sent = some.filter(isSent);
  const left = some.filter((each) => !isSent(each));
  for (const { file } of sent) body.append("documents", file, file.name);
  body.append("paths", JSON.stringify(sent.map(({ path }) => path)));
  body.append("left", JSON.stringify(left.map(({ file, path }) => [path, file.size])));
  body.append("hidden", hidden);
  body.append("upload", upload);
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(`the site answered ${answer.status}`);
  settle((await answer.json()).files);
}

async function sendAll() {
  let hidden = 0;
  if (!upload) {
    upload = crypto.randomUUID();
    hidden = chosen.filter(isHidden).length;
    chosen = chosen.filter((each) => !isHidden(each));
    fill();
  }
  const total = chosen.length;
  progress.max = total;
  while (chosen.length || hidden) {
    progress.value = total - chosen.length;
    told.textContent = `${(total - chosen.length).toLocaleString("en")} of ${files(total)} read …`;
    const some = next();
    for (const { path } of some) mark(path, "reading …");
    rows.get(some[0]?.path)?.scrollIntoView({ block: "nearest" });
    await send(some, hidden);
    hidden = 0;
    chosen = chosen.slice(some.length);
  }
}

form.classList.add("is-scripted");

for (const input of inputs) {
  input.addEventListener("change", () => {
    for (const other of inputs) if (other !== input) other.value = "";
    choose([...input.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
  });
}

form.addEventListener("dragover", (event) => {
  if (!event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  form.classList.add("is-over");
});
form.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!form.contains(relatedTarget)) form.classList.remove("is-over");
});
form.addEventListener("drop", async (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  for (const input of inputs) input.value = "";
  try {
    choose((await Promise.all(entries.map(filesOf))).flat());
  } catch (error) {
    fail(`The files that were dropped cannot be read: ${error.message}`);
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!chosen.length) return fail("Choose or drop at least one file.");
  if (chosen.length > MOST) {
    return fail(`These are ${files(chosen.length)}, more than ${MOST.toLocaleString("en")}: add the folder on the server, with manage.py library add.`);
  }
  button.disabled = true;
  progress.hidden = false;
  told.className = "muted";
  try {
    await sendAll();
    history.replaceState(null, "", `${form.action}#uploaded`);
    location.reload();
  } catch (error) {
    for (const { path } of chosen) mark(path, "waits");
    fail(`${files(chosen.length)} not sent yet: ${error.message}. Add sends the rest.`);
    button.disabled = false;
    progress.hidden = true;
  }
});
