// Topics that failed for the same reason stand in one line for all of them: their own are folded
// away until one is opened, or failures are what the list is to show.

export function foldShared() {
  const shared = new Set([...document.querySelectorAll(".cause")]
    .flatMap((cause) => cause.dataset.positions.split(",")));
  for (const line of document.querySelectorAll(".topic")) {
    line.toggleAttribute("data-shared", shared.has(line.dataset.position));
  }
}
