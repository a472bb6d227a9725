// The page of a table comes alive: rows are written anew by the server as their cells fill.

import { setClock } from "../clock.js";
import { Connection } from "../connection.js";
import { Grid } from "./grid.js";
import { Panel } from "./panel.js";
import { Rows } from "./rows.js";
import { View } from "./view.js";

const page = document.getElementById("table");
const table = document.getElementById("grid");
const summary = () => document.getElementById("summary");
const isOpen = () => ["queued", "running", "cancelling"].includes(summary().dataset.status);

const view = new View(table);
const grid = new Grid(table, view);
const rows = new Rows(page, table, onFresh);
const panel = new Panel(onChange, () => grid.focus());
const connection = new Connection(page, (frame) => rows.apply(frame), () => {});

function start() {
  if (!connection.isFollowing) connection.start(!isOpen());
}

function onFresh() {
  setClock(summary().dataset.asOf);
  view.show();
  grid.renew();
}

/** A person has changed a cell, or has had something asked; `position` is its row's. */
function onChange(position) {
  start(); // the run goes on, and another person may have changed it too
  rows.refresh(position);
}

setClock(summary().dataset.asOf);
view.read();
grid.renew();
panel.openLinked();
if (isOpen()) start();
document.addEventListener("visibilitychange", () => { if (!document.hidden) start(); });
document.addEventListener("submit", (event) => {
  if (event.target.id === "plot-pick") event.preventDefault();
});
document.addEventListener("change", ({ target }) => {
  if (target.form?.id !== "plot-pick") return;
  view.remember();
  rows.refresh();
});
