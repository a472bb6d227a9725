"""Reasoning that a model writes into its answer, told apart from the answer.

Some servers leave it there, in marks such as `<think>…</think>`: mostly in front, without the
opening mark where the prompt ended in it, without the closing one where the answer was cut. A text
that speaks about such marks, in a sentence or in code, is not reasoning.
"""

import re
from bisect import bisect_right
from collections.abc import Callable

_NAMES = r"(?:seed:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|scratchpad)"
_MARK = re.compile(
    rf"(?P<lead>^[ \t]*)?(?:(?P<open><\|?{_NAMES}\|?>|\[{_NAMES}\]|◁{_NAMES}▷)"
    rf"|(?P<close></\|?{_NAMES}\|?>|<\|/{_NAMES}\|>|\[/{_NAMES}\]|◁/{_NAMES}▷))",
    re.IGNORECASE | re.MULTILINE,
)
_HINT = re.compile(r"[<\[◁]\|?/?\|?(?:seed:)?(?:thi|tho|reas|refl|scra)", re.IGNORECASE)
_CODE = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL
)
_CHANNELS = ("<|channel|>", "<|start|>assistant<|channel|>")
_CHANNEL = re.compile(  # of gpt-oss, where the server does not take them apart
    r"<\|channel\|>(?P<name>\w+)(?P<to> to=)?(?:(?!<\|message\|>).)*<\|message\|>(?P<text>.*?)"
    r"(?:<\|end\|>|<\|return\|>|<\|call\|>|\Z)",
    re.DOTALL,
)

NEAR = 80  # characters

Mark = re.Match[str]


def split_reasoning(text: str) -> tuple[str, str]:
    """The reasoning in a model's answer, and the answer without it."""
    if text.lstrip().startswith(_CHANNELS):
        return _split_channels(text)
    marks = list(_MARK.finditer(text)) if _HINT.search(text) else []
    if not marks:
        return "", text
    is_code = _finder_of_code(text)
    blocks = _blocks(text, marks, is_code) or _unopened(text, marks, is_code)
    if not blocks:
        return "", text
    thoughts, rest, position = [], [], 0
    for start, first, last, end in blocks:
        thoughts.append(text[first:last].strip())
        rest.append(text[position:start])
        position = end
    rest.append(text[position:])
    return "\n\n".join(filter(None, thoughts)), "".join(rest).strip()


Block = tuple[int, int, int, int]
"""Where a block of reasoning begins, where its text begins and ends, and where the block ends."""


def _blocks(text: str, marks: list[Mark], is_code: Callable[[int], bool]) -> list[Block]:
    """Blocks with an opening mark that begins a line, or follows another block.

    One without a closing mark is all of the text if it is the first; else the mark is a word.
    """
    closings = _next_closings(marks, is_code)
    blocks: list[Block] = []
    position = 0
    beginning = len(text) - len(text.lstrip())
    for mark, closing in zip(marks, closings, strict=True):
        if not mark["open"] or mark.start() < position or is_code(mark.start("open")):
            continue
        is_first = not blocks and mark.start() <= beginning
        is_near = bool(blocks) and mark.start() - position < NEAR
        follows = is_near and not text[position : mark.start()].strip()
        if not (is_first or follows or mark["lead"] is not None):
            continue
        if closing:
            blocks.append((mark.start(), mark.end(), closing.start(), closing.end()))
            position = closing.end()
        elif is_first:
            return [(mark.start(), mark.end(), len(text), len(text))]
    return blocks


def _next_closings(marks: list[Mark], is_code: Callable[[int], bool]) -> list[Mark | None]:
    """For each mark the closing one after it: outside of code, or else, any."""
    found: list[Mark | None] = []
    outside: Mark | None = None
    anywhere: Mark | None = None
    for mark in reversed(marks):
        found.append(outside or anywhere)
        if mark["close"]:
            anywhere = mark
            outside = outside if is_code(mark.start("close")) else mark
    return found[::-1]


def _unopened(text: str, marks: list[Mark], is_code: Callable[[int], bool]) -> list[Block]:
    """A closing mark that nothing opened ends what stands before it, unless it is a word."""
    first = next((mark for mark in marks if not is_code(mark.end() - 1)), None)
    if first is None or not first["close"]:
        return []
    before, after = text[: first.start()], text[first.end() : first.end() + NEAR]
    is_word = before.endswith((" ", "(", '"', "“")) and re.match(r" *[a-z.,;:)\"”?!]", after)
    return [] if is_word else [(0, 0, first.start(), first.end())]


def _finder_of_code(text: str) -> Callable[[int], bool]:
    """Says of a place in the text whether it is within code."""
    spans = [code.span() for code in _CODE.finditer(text)]
    starts = [start for start, _ in spans]

    def is_code(place: int) -> bool:
        before = bisect_right(starts, place) - 1
        return before >= 0 and place < spans[before][1]

    return is_code


def _split_channels(text: str) -> tuple[str, str]:
    """The final channel is the answer, and so is a call of a tool, which is left in its marks."""
    thoughts: list[str] = []
    answer: list[str] = []
    for channel in _CHANNEL.finditer(text):
        if channel["to"]:
            answer.append(channel[0])
        else:
            (answer if channel["name"] == "final" else thoughts).append(channel["text"].strip())
    return "\n\n".join(filter(None, thoughts)), "\n\n".join(filter(None, answer))
