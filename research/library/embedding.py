"""How alike a question and a passage are in what their words mean, by static word vectors.

They come with the package wordllama (https://github.com/dleemiller/WordLlama), weights included,
and are never needed: where it is not installed, or RESEARCH_EMBEDDING is off, words alone decide. A
text's vector is the sum of its words' vectors, which are kept, so that a search only adds up.
"""

import functools
import math
import threading
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings

from research.library.stopwords import STOP_WORDS

MAX_WORDS = 20_000  # whose vectors are kept: 20 MB
MAX_WORD = 40  # letters that are looked at


def likeness(query: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float] | None:
    """The cosine of the query's words and of each text's; None where there are no vectors to ask.

    The vectors are of languages in Latin letters: others are left to their words.
    """
    if not settings.RESEARCH_EMBEDDING or not all(word.isascii() for word in query):
        return None
    vectors = _vectors()
    return vectors.likeness(query, texts) if vectors else None


@functools.cache
def _vectors() -> "_Vectors | None":
    if find_spec("wordllama") is None:
        return None
    import wordllama

    # The package holds its own files, but looks for one of them in a folder for downloads.
    folder = Path(wordllama.__file__).parent
    return _Vectors(wordllama.WordLlama.load(cache_dir=folder, disable_download=True))


class _Vectors:
    """Vectors of words, made when a text first holds them."""

    def __init__(self, model: Any) -> None:
        self._model = model
        model.tokenizer.no_padding()
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._vectors: Any = self._model.embedding[:0]

    def likeness(self, query: Sequence[str], texts: Sequence[Sequence[str]]) -> list[float]:
        telling = [_telling(words) for words in (query, *texts)]
        with self._lock:
            self._learn(telling)
            asked, *others = [
                self._vectors[[self._rows[word] for word in words]].sum(0) for words in telling
            ]
        return [_cosine(asked, other) for other in others]

    def _learn(self, texts: Iterable[Sequence[str]]) -> None:
        words = {word for text in texts for word in text}
        if len(self._rows) + len(words - self._rows.keys()) > len(self._vectors):
            self._forget(max(MAX_WORDS, len(words)))
        new = sorted(words - self._rows.keys())
        for encoded, word in zip(self._model.tokenize(new), new, strict=True):
            row = self._rows[word] = len(self._rows)
            self._vectors[row] = self._model.embedding[encoded.ids].sum(0)

    def _forget(self, room: int) -> None:
        import numpy as np  # with the first long question, like the package: engines start without

        self._rows.clear()
        self._vectors = np.empty((room, self._model.embedding.shape[1]), np.float32)


def _telling(words: Sequence[str]) -> list[str]:
    return [word[:MAX_WORD] for word in words if word not in STOP_WORDS]


def _cosine(one: Any, other: Any) -> float:
    lengths = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / lengths if lengths else 0.0
