"""A text that was cut, and what its author wrote when asked to go on."""

import re

SAME = 40  # characters that make a repetition, not a chance
LEAST, MOST = 10, 1000  # characters of the end that are looked for at the start of what follows
_BEGINS_BLOCK = re.compile(r"[-*+] |#{1,6} |\d+[.)] |\||```|> ")


def continued(text: str, more: str) -> str:
    """Both as one: what `more` repeats of the text stands there once."""
    if not more.strip():
        return text
    if more.lstrip().startswith(text.strip()[:SAME]):  # written again from the start
        return max(text, more, key=lambda each: len(each.strip()))
    for length in range(min(len(text), len(more), MOST), LEAST - 1, -1):
        if text.endswith(more[:length]):
            return text + more[length:]
    return text + _between(text, more) + more


def _between(text: str, more: str) -> str:
    """What the two need between them; a word that was cut in the middle needs nothing."""
    if text[-1:].isspace() or more[0].isspace():
        return ""
    if _BEGINS_BLOCK.match(more):
        return "\n"
    return " " if text[-1:] in ".!?:;,)]" and more[0].isalnum() else ""
