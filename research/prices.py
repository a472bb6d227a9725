"""What models cost: a person's plans first, then the list of prices that comes with LiteLLM."""

import functools
import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from research.crews import catalog
from research.models import Plan, Price
from research.models.spending import PRICED_TOKENS

FREE = Price(Decimal(0), Decimal(0))
FREE_PROVIDERS = (catalog.OFFLINE, "ollama")  # they compute here
MODES = ("chat", "completion", "responses")
SMALLEST = Decimal("0.000001")  # USD per million tokens, as a run keeps it
_PATHS = {"fireworks_ai": "accounts/fireworks/models/"}  # what LiteLLM puts before a short name


def price_of(model: str) -> Price | None:
    """A model's price; None where nobody knows it. Raises UnknownModel.

    A plan of the model comes before one of its provider, and both before what is known otherwise.
    """
    for plan in Plan.objects.covering(model):
        if plan.price:
            return plan.price
    provider, _, name = catalog.full_name(model).partition("/")
    if provider in FREE_PROVIDERS:
        return FREE
    path = _PATHS.get(provider, "")
    keys = (f"{provider}/{name}", f"{provider}/{path}{name}", f"{provider}:{name}")
    return next((_price_list()[key] for key in keys if key in _price_list()), None)


@functools.cache
def _price_list() -> dict[str, Price]:
    """LiteLLM's own list, read without importing it, which takes seconds.

    Keys are `provider/model` as the list has them, and `provider:model` for its bare names.
    """
    spec = importlib.util.find_spec("litellm")
    if spec is None or spec.origin is None:
        return {}
    file = Path(spec.origin).with_name("model_prices_and_context_window_backup.json")
    prices = {}
    for name, about in json.loads(file.read_text()).items():
        if price := _read(about):
            # Bedrock's are listed under the API that they are asked through, Cohere's likewise.
            owner = about["litellm_provider"].removesuffix("_converse").removesuffix("_chat")
            prices[name if name.startswith(f"{owner}/") else f"{owner}:{name}"] = price
    return prices


def _read(about: dict[str, Any]) -> Price | None:
    """An entry's price. Nothing for nothing is the list's way to say that it does not know."""
    prompt, completion = about.get("input_cost_per_token"), about.get("output_cost_per_token")
    if about.get("mode") not in MODES or prompt is None or completion is None:
        return None
    if not (prompt or completion):
        return None
    return Price(_per_million(prompt), _per_million(completion))


def _per_million(per_token: float | str) -> Decimal:
    return (Decimal(str(per_token)) * PRICED_TOKENS).quantize(SMALLEST)
