"""Whatever a result holds, its check ends soon, and every claim stands where it says."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.claims.check import check
from research.claims.claim import Source

pytestmark = pytest.mark.fuzz

MOST_SECONDS = 5.0  # of processor time: other processes do not count
PIECES = [
    "Acme was founded by Ada Smith in Leeds on 5 March 2014. ", "[1]", "[1, 2]", "[^1]", "【1】",
    "(Source 1)", "[a](https://acme.example/)", "https://", "www.", "`", "**", "_", "|", "|-|-|\n",
    "\n", "\n\n", "- ", "1. ", "# ", "> ", "```markdown\n", "“", "”", "1,2", "1.", "12 %", "$5",
    "百分之", "五千", "。", "公司", "م", "١٢٪", "\u202e", "\x00", "\ud800", "½", "⁴", "<b>", "&",
    "not ", "rose ", "twice ", "From 1 to 2 ", "e.g. ", "Dr. ", "a@b.c", "10.1000/1", "a.b.",
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.tuples(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), st.integers(1, 3000)).map(
        lambda each: "".join(each[0]) * each[1]
    ),
)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(texts, texts)
def test_any_text_and_any_source(text: str, source: str) -> None:
    sources = [Source(1, "Acme", "https://acme.example/", source), Source(2, "", "", "")]
    began = time.process_time()
    claims = check(text, sources)
    assert time.process_time() - began < MOST_SECONDS
    for claim in claims:
        assert 0 <= claim.start <= claim.end <= len(text)
        assert text[claim.start : claim.end].startswith(claim.text)
        for evidence in claim.evidence:
            assert source[evidence.start : evidence.end] == evidence.quote
