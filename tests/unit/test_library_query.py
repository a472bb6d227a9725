"""What a query asks for."""

import pytest

from research.library.query import parse


def terms(query: str) -> list[str]:
    return [" ".join(term.words) for term in parse(query)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("How do Python's context managers work?", ["python", "context", "managers"]),
        ("asyncio.gather vs os.path.join", ["asyncio gather", "os path join"]),
        ("C++ or C#, in node.js.", ["cplusplus", "csharp", "node js"]),
        ("I/O and client/server", ["i o", "client", "server"]),
        ('“event loop” policy "C++"', ["event loop", "cplusplus", "policy"]),
        ("cafe\u0301 na\u00efve STRA\u00dfE", ["cafe", "naive", "straße"]),
        ("人工智能", ["人 工", "工 智", "智 能"]),
        ("東京の人口", ["東 京", "京 の", "の 人", "人 口"]),
        ("それはCPUです", ["cpu"]),
        ("how does it", []),
        ('" “” ""', []),
    ],
)
def test_terms(query: str, expected: list[str]) -> None:
    assert terms(query) == expected


def test_words_that_belong_together_may_count_apart_unless_they_are_all_that_is_asked() -> None:
    assert [term.separable for term in parse('"event loop" asyncio.gather bees')] == [
        True,
        True,
        False,
    ]
    assert [term.separable for term in parse('"event loop"')] == [False]
