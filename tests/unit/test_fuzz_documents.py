"""Thousands of made-up documents, pages and addresses: each read or refused within a second.

The examples are the same every time; what has failed once stands in `tests.support.hostile`.
"""

import contextlib
import resource
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from research.confined.exceptions import RefusedFile
from research.crews.tools.sources import quotable
from research.library.blocks import as_text, parse, passages
from research.library.reading import contents, page
from research.text.web_address import InvalidAddress, host_of, web_address
from research.web.templatetags.research import is_linkable, site
from tests.support.hostile import pages, showing, stream
from tests.support.patience import patient

pytestmark = pytest.mark.fuzz

MEGABYTES = 300  # that all of it may need at once
PIECES = {
    "html": """< > </ <b> </b> <a <p <p> <br> <br/> <td> <tr> <table> <li> <ul> <pre> <code> <main>
        <article> <body> <head> <title> </title> <script> </script> <style> <!-- --> <![CDATA[ ]]>
        <!x <?x &lt; &#9999999999; &#x0; &amp &nope; hidden = "' /> <h1> <h7> <svg> <header>""",
    "markdown": """* ** _ ` ``` ~~~ # ## - + 1. > | |- [ ] ( ) ![ ](b) <b> <a <!-- \\ & &lt; --- ===
        [^a]: [a]: title: : ' " http://a""",
    "rst": """.. :: :a: `a`_ `` ` * ** |a| |a|_ [1]_ a_ a- === --- +--+ ==  >>> ...  code-block
        .. note:: .. |a| replace:: :ref:`a <b>` _ __ \\ • (a) 1.""",
    "text": """. ! ? - # ``` ````""",
}
BLANKS = ["\n", "\n\n", " ", "    ", "\t", "\r", "\u2028", "\0", "\ufeff", "ä", "字", "a", "word"]

quick = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def made_of(kind: str) -> st.SearchStrategy[str]:
    """Texts of what the kind's reader looks for, some of it many times over."""
    piece = st.sampled_from([*PIECES[kind].split(), *BLANKS]) | st.text(max_size=3)
    run = st.tuples(st.lists(piece, min_size=1, max_size=4), st.sampled_from([1, 1, 1, 2, 300]))
    runs = st.lists(run.map(lambda drawn: "".join(drawn[0]) * drawn[1]), max_size=8)
    return st.one_of(runs.map("".join), runs.map("\n".join), runs.map("\n  ".join))


@contextlib.contextmanager
def within_a_second() -> Iterator[None]:
    """Of processor time; refusals are fine."""
    began = time.process_time()
    with contextlib.suppress(RefusedFile):
        yield
    assert time.process_time() - began < patient(1)


@pytest.fixture(autouse=True, scope="module")
def bounded_memory() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MEGABYTES * 1024


def read_all(kind: str, examples: int) -> None:
    """Reads documents of a kind."""

    @settings(quick, max_examples=examples)
    @given(made_of(kind))
    def check(text: str) -> None:
        with within_a_second():
            found = contents.read(kind, text.encode("utf-8", "surrogatepass"), "a file")
            assert all(len(piece.text) <= 1300 for piece in found.passages)

    check()


@pytest.mark.parametrize(
    ("kind", "examples"), [("html", 1500), ("markdown", 800), ("rst", 1200), ("text", 600)]
)
def test_documents(kind: str, examples: int) -> None:
    read_all(kind, examples)


@settings(quick, max_examples=800)
@given(st.binary(max_size=400), st.sampled_from(["text", "html", "markdown", "rst", "pdf"]))
def test_any_bytes(content: bytes, kind: str) -> None:
    with within_a_second():
        contents.read(kind, content, "a file")


PDF = pages(stream(showing(b"Bees dance. " * 20)), 2)


@settings(quick, max_examples=400)
@given(
    st.lists(
        st.tuples(st.integers(0, len(PDF)), st.integers(0, 40), st.binary(max_size=40)), max_size=4
    )
)
def test_damaged_pdfs(damage: list[tuple[int, int, bytes]]) -> None:
    content = PDF
    for start, length, new in damage:
        content = content[:start] + new + content[start + length :]
    with within_a_second():
        contents.read("pdf", content, "a file")


@settings(quick, max_examples=700)
@given(
    made_of("html"),
    st.sampled_from(["utf-8", "utf-16", "latin-1", "cp1252", "shift_jis"]),
    st.sampled_from(["text/html", "text/html; charset=punycode", "text/plain", "application/xml"]),
    st.sampled_from(["", "gzip", "deflate"]),
)
def test_web_pages(text: str, encoding: str, content_type: str, compressed: str) -> None:
    with within_a_second():
        page.read(text.encode(encoding, "replace"), content_type, compressed)


@settings(quick, max_examples=1000)
@given(st.text(alphabet="`#- \na.*", max_size=200) | made_of("text"))
def test_blocks(text: str) -> None:
    with within_a_second():
        blocks = list(parse(text))
        as_text(blocks)
        list(passages(blocks))


PARTS = """
    http:// https:// HTTP: // javascript: file: [ ] [evil [::1] : :99999 :-1 @ user:password@ \\ /
    ? # % %00 .. . a.b xn-- xn--a ä 字 \uff11\uff12 0x7f 127.0.0.1 2130706433 localhost \u202e
"""
ADDRESS = st.lists(st.sampled_from(PARTS.split()) | st.text(max_size=4), max_size=8).map("".join)


@settings(quick, max_examples=2000)
@given(ADDRESS)
def test_addresses(text: str) -> None:
    with within_a_second():
        assert isinstance(site(text), str) and isinstance(host_of(text), str)
        is_linkable(text)
        with contextlib.suppress(InvalidAddress):
            address = web_address(text)
            assert web_address(address) == address and address.isprintable()


@settings(quick, max_examples=1000)
@given(
    st.lists(
        st.sampled_from(
            ["Source", "source", "[1]", "\uff3b\uff12\uff3d", ":", " ", "\n", "\r", "\u2028", "a"]
        ),
        max_size=12,
    ).map("".join)
)
def test_no_text_imitates_a_source(text: str) -> None:
    lines = quotable(text).splitlines()
    assert not any(line.strip().lower().startswith("source [") for line in lines)
