// A report on the clipboard: as Markdown, as the export has it, or as rich text for a mail or a page.

import { read } from "./fetching.js";

const SHOWN = 4000; // ms that it is said

/** What one pastes of a topic: headings, links and marks; nothing that works on this page alone. */
function richText(topic) {
  const title = document.createElement("h2");
  title.textContent = topic.querySelector("h3, h1").textContent;
  const whole = document.createElement("div");
  const parts = ['[id$="-result"]', ".sources"].map((part) => topic.querySelector(part)).filter(Boolean);
  whole.append(title, ...parts.map((part) => part.cloneNode(true)));
  for (const own of whole.querySelectorAll("details, .visually-hidden")) own.remove();
  for (const link of whole.querySelectorAll('a[href^="#"]')) link.replaceWith(...link.childNodes);
  for (const element of whole.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (!["href", "dir", "start", "value"].includes(name)) element.removeAttribute(name);
    }
  }
  for (const bare of whole.querySelectorAll("span:not([dir])")) bare.replaceWith(...bare.childNodes);
  return whole;
}

/** Puts parts, promises of text by their types, on the clipboard. */
async function put(parts) {
  try {
    const blobs = Object.entries(parts).map(([type, text]) => [type, text.then((t) => new Blob([t], { type }))]);
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {
    await putByHand(parts); // no such clipboard here, or the browser does not allow it
  }
}

/** The way of older browsers, and of a site without HTTPS. */
async function putByHand(parts) {
  const texts = Object.entries(parts);
  const values = await Promise.all(texts.map(([, text]) => text));
  const write = (event) => {
    event.preventDefault();
    texts.forEach(([type], index) => event.clipboardData.setData(type, values[index]));
  };
  document.addEventListener("copy", write, { once: true });
  const isDone = document.execCommand("copy");
  document.removeEventListener("copy", write);
  if (!isDone) throw new Error("the browser does not allow it");
}

async function markdown(source) {
  const text = await read(source);
  if (text === null) throw new Error("the site could not be reached");
  return text;
}

async function copy(button) {
  const told = button.parentElement.querySelector(".copied");
  const topic = document.getElementById("topic") ?? button.closest(".topic");
  try {
    if (button.dataset.copy === "markdown") {
      await put({ "text/plain": markdown(button.dataset.source) });
      told.textContent = "Copied as Markdown.";
    } else {
      const text = richText(topic);
      await put({
        "text/html": Promise.resolve(text.innerHTML),
        "text/plain": Promise.resolve(text.innerText),
      });
      told.textContent = "Copied as rich text.";
    }
  } catch (error) {
    told.textContent = `Not copied: ${error.message}.`;
  }
  setTimeout(() => { told.textContent = ""; }, SHOWN);
}

export function copyReports() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });
}
