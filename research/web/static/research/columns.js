// Adds and removes columns of the form in place; without this, the server does so step by step.

const list = document.getElementById("column-list");
const row = document.getElementById("column-template-row");
const total = document.querySelector("[name=columns-TOTAL_FORMS]");
const most = Number(document.querySelector("[name=columns-MAX_NUM_FORMS]").value);
const add = document.getElementById("add-column");
const FIELDS = "input, select, label, button";

/** Gives every field the number of its place, as the server counts them. */
function renumber() {
  [...list.children].forEach((item, place) => {
    for (const field of item.querySelectorAll(FIELDS)) {
      for (const name of ["id", "name", "for"]) {
        const value = field.getAttribute(name);
        if (value) field.setAttribute(name, value.replace(/^columns-(?:\d+|__prefix__)-/, `columns-${place}-`));
      }
    }
  });
  total.value = list.children.length;
  add.disabled = list.children.length >= most;
}

/** Shows what the chosen type needs, and nothing of the others. */
function fit(item) {
  const type = item.querySelector("select").value;
  for (const part of item.querySelectorAll("[data-of]")) part.hidden = part.dataset.of !== type;
  item.querySelector(".column-remove").hidden = false;
}

add.addEventListener("click", (event) => {
  event.preventDefault();
  list.append(row.content.cloneNode(true));
  renumber();
  fit(list.lastElementChild);
  list.lastElementChild.querySelector("input").focus();
});

list.addEventListener("change", ({ target }) => {
  if (target.matches("select")) fit(target.closest("li"));
});

list.addEventListener("click", ({ target }) => {
  const item = target.closest(".column-remove")?.closest("li");
  if (!item) return;
  const next = item.nextElementSibling ?? item.previousElementSibling;
  item.remove();
  if (!list.children.length) list.append(row.content.cloneNode(true));
  renumber();
  [...list.children].forEach(fit);
  (next ?? list.firstElementChild).querySelector("input").focus();
});

renumber();
[...list.children].forEach(fit);
