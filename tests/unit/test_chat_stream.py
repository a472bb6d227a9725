"""A streamed chat completion: its text arrives whole, however it is cut and dressed up."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.crews.bounds import MAX_EVENT, AnswerTooLarge
from research.crews.protocols.chat import ChatAnswer
from research.crews.protocols.documents import Documents, NotACompletion
from research.text.cleaning import printable


def event(end: str = "\n\n", prefix: str = "data: ", **delta: Any) -> bytes:
    data = {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    return f"{prefix}{json.dumps(data)}{end}".encode()


def read(stream: bytes, size: int) -> tuple[ChatAnswer, Documents]:
    answer, documents = ChatAnswer(), Documents()
    for start in range(0, len(stream), size):
        for document in documents.feed(stream[start : start + size]):
            answer.add(document)
    for document in documents.end():
        answer.add(document)
    return answer, documents


def is_whole(text: str) -> bool:
    """Whether no half of a character stands alone: joined halves are one, and other text."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


@given(
    texts=st.lists(st.text().filter(is_whole), max_size=12),
    size=st.integers(1, 40),
    end=st.sampled_from(["\n\n", "\r\n\r\n", "\r\r", "\n", "\r\n"]),
    prefix=st.sampled_from(["data: ", "data:", "event: message\ndata: ", ": ping\n\ndata:  "]),
)
def test_text_arrives_whole_however_it_is_cut(
    texts: list[str], size: int, end: str, prefix: str
) -> None:
    stream = b"".join(event(end, prefix, content=text) for text in texts)
    answer, documents = read(stream + b"data: [DONE]" + end.encode(), size)
    assert answer.text == printable("".join(texts))
    assert documents.is_done


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    "stream",
    [
        b"\xef\xbb\xbf" + event(content="ab"),
        event(content="ab").rstrip(),  # no empty line at the end
        event(content="a") + event(content="b", prefix=""),  # JSON lines
        event(content="a", prefix="") + event(content="b", prefix=""),
        b'data: {"choices": [{"delta":\ndata: {"content": "ab"}}]}\n\n',  # one event, two lines
        b'{\n "choices": [{"message": {"content": "ab"}}]\n}',  # it ignores `stream`
        b'data: {"choices": [{"message": {"content": "ab"}}]}\n\n',
        b'data: {"choices": [{"text": "ab"}]}\n\n',
        event(content="\ud83d") + event(content="\udc1d") + event(content="ab"),
    ],
)
def test_other_shapes_are_read_too(stream: bytes, size: int) -> None:
    answer, _ = read(stream, size)
    assert answer.text.removeprefix("\U0001f41d") == "ab"


def test_bytes_that_are_no_text_are_replaced() -> None:
    answer, _ = read(event(content="aXb").replace(b"X", b"\xff"), 5)
    assert answer.text == "a\ufffdb"


@pytest.mark.parametrize("body", [b"<!doctype html>", b" \n<html>", b"Bad gateway", b"ok\n\nok"])
def test_what_is_no_completion_is_told(body: bytes) -> None:
    with pytest.raises(NotACompletion):
        read(body, 4)


def test_half_a_document_is_an_error() -> None:
    with pytest.raises(ValueError, match="char"):
        read(b'data: {"choices": [{"del\n\n', 1000)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(AnswerTooLarge):
        read(b"data: " + b"x" * (MAX_EVENT + 2), 1 << 20)


def test_pieces_are_taken_once() -> None:
    answer = ChatAnswer()
    for text in "ab":
        answer.add({"choices": [{"delta": {"content": text}}]})
    assert (answer.take_text(), answer.take_text()) == ("ab", "")
    answer.add({"choices": [{"delta": {"content": "c"}}]})
    assert (answer.take_text(), answer.text) == ("c", "abc")
