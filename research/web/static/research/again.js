// The page that runs a run again: how many topics are chosen, and what they are going to take.

import { followEstimate, plural, wholeRun } from "./estimate.js";

const form = document.getElementById("again");
const button = form.querySelector("button[type=submit]");
const boxes = () => [...form.querySelectorAll("[name=topics]")];

function show() {
  const chosen = boxes().filter((box) => box.checked).length;
  document.getElementById("chosen").textContent = `${chosen} of ${plural(boxes().length, "topic")}`;
  document.getElementById("whole").textContent = wholeRun(chosen);
}

document.getElementById("choose").addEventListener("click", (event) => {
  const link = event.target.closest("a[data-positions]");
  if (!link) return;
  event.preventDefault();
  const wanted = new Set(link.dataset.positions.split(","));
  boxes().forEach((box) => { box.checked = wanted.has(box.value); });
  show();
});

form.addEventListener("change", show);
followEstimate(form, show);
show();

// A second click starts no second run; coming back to the page makes the button work again.
form.addEventListener("submit", () => { button.disabled = true; });
addEventListener("pageshow", () => { button.disabled = false; });
