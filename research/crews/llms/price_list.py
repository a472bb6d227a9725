"""What models cost, as far as the list of prices that comes with LiteLLM knows it."""

import functools
import importlib.util
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from research.crews.llms import catalog
from research.text.money import SMALLEST

PRICED_TOKENS = 1_000_000  # a price is for this many


@dataclass(frozen=True)
class Price:
    """USD per million tokens."""

    prompt: Decimal
    completion: Decimal

    def of(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """USD for that many tokens."""
        return (self.prompt * prompt_tokens + self.completion * completion_tokens) / PRICED_TOKENS


FREE = Price(Decimal(0), Decimal(0))
FREE_PROVIDERS = (catalog.OFFLINE, "ollama")  # they compute here
MODES = ("chat", "completion", "responses")
_PATHS = {"fireworks_ai": "accounts/fireworks/models/"}  # what LiteLLM puts before a short name


def listed_price(model: str) -> Price | None:
    """A model's price on the list; None where it is not known. Raises UnknownModel."""
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
