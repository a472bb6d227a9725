"""Whether a provider answers: one tiny call of one of its models, as crews make theirs."""

import asyncio
from collections.abc import Sequence

from research.crews.crewai import close, one_retry_layer
from research.crews.failures import explain
from research.crews.llms.catalog import Provider
from research.crews.llms.listing import listed
from research.crews.llms.providers import make_llm
from research.crews.model_calls import Request, make_once
from research.keyring.current import Tried

SECONDS = 20.0  # for the answer
ASKED = "Answer with the word OK."


async def try_provider(provider: Provider, model: str = "") -> Tried:
    """How the provider answers, by that model of it or by one of its own choice."""
    prefix = f"{provider.name}/"
    suggested = provider.suggestion.removeprefix(prefix)
    try:
        llm = make_llm(f"{prefix}{model.removeprefix(prefix) or suggested}")
        try:
            models = await listed(provider, llm)
        finally:
            await close(llm)
        if models == [] and not model:
            return Tried(trouble="The server has no model yet. Give it one, then try again.")
        chosen = model.removeprefix(prefix) or _chosen(models or [], suggested)
        await _ask(f"{prefix}{chosen}")
    except Exception as error:  # noqa: BLE001 whatever an SDK raises is why it does not answer
        return Tried(trouble=explain(error)[1])
    return Tried(chosen, tuple(models or ()))


def _chosen(models: Sequence[str], suggested: str) -> str:
    """The one that we would suggest, a dated version of it, or else the first."""
    alike = (name for name in models if name.startswith(suggested))
    return suggested if suggested in models or not models else next(alike, models[0])


async def _ask(model: str) -> None:
    llm = make_llm(model)
    try:
        with one_retry_layer():
            async with asyncio.timeout(SECONDS):
                await make_once(Request(None, "", 10), lambda: llm.acall(ASKED))
    finally:
        await close(llm)
