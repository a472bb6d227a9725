// Makes an element like another one, changing only what differs: focus, scrolling and what a
// person opened or chose stay as they are.

/** Changes `old` into `fresh`. Elements marked data-live belong to the script and are left alone. */
export function morph(old, fresh) {
  if ("live" in old.dataset && "live" in fresh.dataset) return;
  syncAttributes(old, fresh);
  const known = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild; // the next old node that no wanted one has matched
  const drop = () => {
    const next = place.nextSibling;
    place.remove();
    place = next;
  };
  for (const wanted of [...fresh.childNodes]) {
    const match = wanted.id ? known.get(wanted.id) : place;
    if (!match || match.parentNode !== old || !isAlike(match, wanted)) {
      old.insertBefore(wanted, place);
      continue;
    }
    while (place && place !== match) drop(); // moving the match instead would cost it the focus
    place = match.nextSibling;
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
    else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
  }
  while (place) drop();
}

function isAlike(one, other) {
  return one.nodeName === other.nodeName && (one.id ?? "") === (other.id ?? "")
    && one.className === other.className;
}

function syncAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    const isPersons = name === "open"; // a <details> that was opened
    if (!fresh.hasAttribute(name) && !isPersons) old.removeAttribute(name);
  }
}
