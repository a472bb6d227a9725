// What the chosen model costs, as the server knows it, and what a whole run is going to take.

export const plural = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

const twoDigits = (number) => Number(number.toPrecision(2));

/** As research.text.money writes sums. */
function usd(amount) {
  if (amount >= 0.0995) return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${twoDigits(amount).toLocaleString("en", { maximumFractionDigits: 8 })}`;
}

/** `3 topics: about 4,500 tokens, about $0.02`, by what a topic uses; empty where that is unknown. */
export function wholeRun(number) {
  const { tokens, usd: each } = document.getElementById("per-topic")?.dataset ?? {};
  const parts = [];
  if (Number(tokens)) parts.push(`about ${twoDigits(number * tokens).toLocaleString("en")} tokens`);
  if (Number(each)) parts.push(`about ${usd(number * each)}`);
  else if (each) parts.push("at no cost");
  return number && parts.length ? `${plural(number, "topic")}: ${parts.join(", ")}` : "";
}

/** Asks anew whenever another model or blueprint is chosen in the form. */
export function followEstimate(form, onFresh) {
  const estimate = document.getElementById("estimate");
  let asked = 0;

  async function ask() {
    const own = ++asked;
    const blueprint = form.querySelector("[name=blueprint]:checked");
    const chosen = new URLSearchParams({
      model: form.elements.model.value,
      blueprint: blueprint?.dataset.kept ?? blueprint?.value ?? "",
      team: estimate.dataset.team,
    });
    const answer = await fetch(`${estimate.dataset.url}?${chosen}`).catch(() => null); // offline
    if (!answer?.ok || own !== asked) return;
    estimate.innerHTML = await answer.text();
    onFresh();
  }

  form.elements.model.addEventListener("change", ask);
  form.querySelectorAll("[name=blueprint]").forEach((choice) => choice.addEventListener("change", ask));
}
