"""Empty modules in the place of libraries that CrewAI imports and this site never uses.

CrewAI imports embeddings and a vector database for memories and knowledge, a protocol between
agents, exporters of telemetry, and types of OpenAI's assistants. Crews here have none of it.
Without, and with no garbage collection meanwhile, an engine is ready in half the processor time.
"""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from pydantic_core import core_schema

ABSENT = (
    "crewai.a2a",
    "crewai.events.types.a2a_events",
    "crewai.knowledge.storage",
    "crewai.rag",
    "numpy",
    "openai.types.beta",
    "openai.types.responses",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
)


class _Anything(type):
    """The class of stand-ins: any name of theirs is another, and they have no instance."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _stand_in(name, cls.__module__)

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"{cls.__module__} is left out by research.crews.crewai.absent, and {cls.__name__} "
            "of it is used. Take the library off the list there."
        )


def _stand_in(name: str, module: str) -> Any:
    return _Anything(name, (_Base,), {"__module__": module})


class _Base(metaclass=_Anything):
    """What all stand-ins are: a class to inherit from, and a type that any value has."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.any_schema()


class _Module(ModuleType):
    """A module that holds a stand-in under any name."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        held = _stand_in(name, self.__name__)
        setattr(self, name, held)
        return held


class _Finder(MetaPathFinder, Loader):
    """Finds the absent libraries and their submodules."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        is_absent = any(name == absent or name.startswith(f"{absent}.") for absent in ABSENT)
        return ModuleSpec(name, self, is_package=True) if is_absent else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _kept.setdefault(spec.name, _Module(spec.name))

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing in it."""


_finder = _Finder()
_kept: dict[str, ModuleType] = {}  # the empty modules so far


@contextlib.contextmanager
def absent() -> Iterator[None]:
    """In here the libraries are absent; who imports them elsewhere gets them as they are."""
    if _finder in sys.meta_path:  # in another one already
        yield
        return
    for name, module in _kept.items():
        sys.modules.setdefault(name, module)
    sys.meta_path.insert(0, _finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_finder)
        for name, module in _kept.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
