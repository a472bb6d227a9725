// What stands behind a citation or a mark: the claim's entry in its report's list, in a card beside
// it. It opens when pointed at, reached by keyboard or tapped, and closes with Escape.

const TRIGGER = ".cite[data-claim], .claim-mark";
const PAUSE = 150; // ms that a pointer rests before the card opens, or is away before it closes
const EDGE = 12; // px between the card and what it belongs to, and the window's edge

let card; // made when it is first wanted
let owner = null; // the link that it is open for
let pending;

const later = (what) => {
  clearTimeout(pending);
  pending = setTimeout(what, PAUSE);
};

const triggerOf = (node) => node.closest?.(TRIGGER);
const isInside = (node) => card && (card.contains(node) || owner?.contains(node));

function make() {
  card = document.createElement("div");
  card.id = "claim-card";
  card.tabIndex = -1;
  card.hidden = true;
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", "What the sources say");
  document.getElementById("content").append(card);
}

/** Shows the entry that a link belongs to; whether there is one with something to show. */
function show(link) {
  clearTimeout(pending);
  if (owner === link && !card.hidden) return true;
  const entry = document.getElementById(link.dataset.claim ?? link.hash.slice(1));
  if (!entry?.classList.contains("claim-told")) return false;
  if (!card) make();
  hide();
  owner = link;
  card.replaceChildren(...entry.cloneNode(true).childNodes);
  lead(link);
  card.hidden = false;
  card.scrollTop = 0;
  place(link);
  link.removeAttribute("title"); // the card says it
  link.setAttribute("aria-expanded", "true");
  link.setAttribute("aria-describedby", card.id);
  return true;
}

/** A citation shows its own source first, and leads to all that was seen of it. */
function lead(link) {
  const number = /-source-([0-9]+)$/.exec(link.hash)?.[1];
  if (!number) return;
  const own = [...card.querySelectorAll(`.passage[data-source="${number}"]`)];
  card.querySelector(".passage")?.before(...own);
  const all = document.createElement("p");
  const to = document.createElement("a");
  to.href = link.hash;
  to.textContent = own.length ? `All that was seen of source ${number}` : `Source ${number}, of which no passage was used`;
  all.append(to);
  card.append(all);
}

function place(link) {
  const [box] = link.getClientRects();
  const { offsetWidth: width, offsetHeight: height } = card;
  const frame = (card.offsetParent ?? document.documentElement).getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(box.left, document.documentElement.clientWidth - width - EDGE));
  const isAbove = box.bottom + height + EDGE > innerHeight && box.top > height + EDGE;
  const top = isAbove ? box.top - height - EDGE / 2 : box.bottom + EDGE / 2;
  card.style.left = `${left - frame.left}px`;
  card.style.top = `${top - frame.top}px`;
}

function hide() {
  clearTimeout(pending);
  if (!card || card.hidden) return;
  card.hidden = true;
  owner.removeAttribute("aria-expanded");
  owner.removeAttribute("aria-describedby");
}

/** Tab goes from a link into its card, and from there on behind the link. */
function tab(event) {
  const links = [...card.querySelectorAll("a")];
  const active = document.activeElement;
  if (active === owner && !event.shiftKey && links.length) {
    event.preventDefault();
    links[0].focus();
  } else if (card.contains(active) && active === (event.shiftKey ? links[0] : links.at(-1))) {
    if (event.shiftKey) event.preventDefault();
    owner.focus({ preventScroll: true }); // without a shift the browser goes on from there
    if (!event.shiftKey) hide();
  }
}

/** Opens cards on a page whose reports may come and change at any time. */
export function openClaims() {
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse") return;
    const link = triggerOf(target);
    if (link) later(() => show(link));
    else if (isInside(target)) clearTimeout(pending);
    else if (!card?.contains(document.activeElement)) later(hide);
  });
  document.addEventListener("focusin", ({ target }) => {
    const link = triggerOf(target);
    if (link?.matches(":focus-visible")) show(link);
    else if (!isInside(target)) hide();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!isInside(target)) hide();
  });
  document.addEventListener("click", (event) => {
    const link = triggerOf(event.target);
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (link && isPlain && show(link)) event.preventDefault();
    else if (card?.contains(event.target.closest("a"))) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (!card || card.hidden) return;
    if (event.key === "Tab") tab(event);
    if (event.key !== "Escape") return;
    if (card.contains(document.activeElement)) owner.focus({ preventScroll: true });
    hide();
  });
}
