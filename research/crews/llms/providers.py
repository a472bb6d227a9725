"""LLM objects: a fresh one for every agent, whatever the provider."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from research.crews.crewai import LLM, BaseLLM, llm_class
from research.crews.llms import catalog
from research.exceptions import UnusableModel
from research.keyring.exceptions import KeySealed
from research.ops.runtime import settle_memory

_ready: set[str] = set()
_getting_ready = threading.Lock()


def is_ready(model: str) -> bool:
    """Whether an LLM object of this model can be made without delay."""
    return model in _ready


def get_ready(model: str) -> None:
    """Imports what a model's provider needs; some take seconds, so call it in a thread.

    Raises UnusableModel.
    """
    with _getting_ready:
        if model not in _ready:
            if model != catalog.OFFLINE:
                with _unusable(model):
                    make_llm(model)
            settle_memory()
            _ready.add(model)


def make_llm(model: str) -> BaseLLM:
    """A new LLM object for a CrewAI model name, streaming, with connections of its own.

    Raises UnusableModel and KeySealed.
    """
    provider, name = catalog.split(model)
    typed = provider.llm_options()
    options: dict[str, Any] = {
        "stream": True,
        "timeout": settings.RESEARCH_CALL_TIMEOUT,
        "max_retries": 0,  # research.crews.model_calls asks again, and nobody else
    }
    with _unusable(model):
        native = llm_class(provider.name)
        if native is None:
            full_name = f"{provider.name}/{name}"
            return LLM(model=full_name, is_litellm=True, num_retries=0, **options, **typed)
        known = {option: options[option] for option in options if option in native.model_fields}
        return native(model=name, provider=provider.name, **known, **typed)


@contextlib.contextmanager
def _unusable(model: str) -> Iterator[None]:
    """What a provider's SDK raises while an LLM object is made, as one sentence about the model."""
    try:
        yield
    except (UnusableModel, KeySealed):
        raise
    except ValidationError as error:
        told = [each["msg"].removeprefix("Value error, ") for each in error.errors()]
        raise UnusableModel(name=model, reason=" ".join(told)) from error
    except Exception as error:  # SDKs have no base of their own for it
        first_line = str(error).strip().partition("\n")[0] or type(error).__name__
        raise UnusableModel(name=model, reason=first_line) from error
