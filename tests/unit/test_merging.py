"""Results of several engines as one list."""

from datetime import date

from research.sources.engines import Result
from research.sources.merging import merged


def page(name: str, snippet: str = "", **more: object) -> Result:
    return Result(name, f"https://{name}.example/", snippet, **more)  # type: ignore[arg-type]


def test_what_several_found_comes_first() -> None:
    one = [page("a"), page("b"), page("c")]
    other = [page("d"), page("c"), page("e")]
    found = merged([("one", one), ("other", other)], 10)
    assert [each.title for each in found] == ["c", "a", "d", "b", "e"]
    assert found[0].engines == ("one", "other")


def test_an_address_stands_once_however_it_is_written() -> None:
    addresses = ["https://www.a.example/x/", "http://a.example/x", "https://a.example/x#part"]
    rankings = [
        (str(number), [Result("t", address, "s")]) for number, address in enumerate(addresses)
    ]
    [found] = merged([*rankings, ("twice", [page("b"), page("b")])][:3], 5)
    assert found.url == addresses[0] and found.engines == ("0", "1", "2")


def test_what_one_does_not_tell_is_taken_from_another() -> None:
    told = page("a", "a longer snippet", published=date(2025, 1, 31), author="Ada")
    [found] = merged([("one", [page("a", "short")]), ("other", [told])], 5)
    assert found.snippet == "a longer snippet"
    assert (found.published, found.author) == (date(2025, 1, 31), "Ada")


def test_no_more_than_wanted() -> None:
    assert len(merged([("one", [page(letter) for letter in "abcdef"])], 4)) == 4
    assert merged([], 4) == []
