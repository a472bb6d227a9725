"""The answer in a model's last turn, without the wrapping that some models put around it."""

import re

from research.text.fences import without_fence

_LABEL = re.compile(
    r"\s*(?:\**Thought\**: *I now (?:know|can)[^\n]*\n+\s*)?(?:\**Final Answer\**: *\**)",
    re.IGNORECASE,
)
_LABEL_ANYWHERE = re.compile(r"^\s*\**Final Answer\**: *", re.MULTILINE | re.IGNORECASE)


def final_text(text: str, is_react: bool = False) -> str:
    """The answer itself. `is_react`: the prompt asked for a label before it, after any thoughts.

    Elsewhere a label is taken off only in front: further down it is a word like others.
    """
    label = _LABEL_ANYWHERE.search(text) if is_react else _LABEL.match(text)
    if label:
        text = text[label.end() :]
        if text.rstrip().endswith("```") and text.count("```") % 2:  # of a fence before the label
            text = text.rstrip()[:-3]
    return without_fence(text).strip()
