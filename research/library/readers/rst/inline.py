"""Markup within a paragraph: roles, links, emphasis, references."""

import re

_SPANS = re.compile(r"(``.+?``|(?<![`\w])`[^`]+`(?![`_\w]))")
_MARKUP = [
    (re.compile(r" ?\[(?:\d+|#\w*|\*)\]_"), ""),  # to a footnote
    (re.compile(r"(\[[\w.-]+\])_(?!\w)"), r"\1"),  # to a citation, whose label is a word
    (re.compile(r"(?<!\w)\*\*([^\s*](?:[^*]{0,300}[^\s*])?)\*\*(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"), r"\1"),
    # A word is looked at from its beginning only, which is what the first bracket is for.
    (re.compile(r"(?<![\w`.-])([A-Za-z][A-Za-z0-9.-]*(?:_[A-Za-z0-9]+)*)_{1,2}(?![\w`(])"), r"\1"),
    (re.compile(r"\\(?: |(?=[^\w\s]))"), ""),
]
# A role's text and target, `text <target>`, are told apart by code: as a pattern they take a time
# that grows with the square of their length.
_CODE_ROLE = re.compile(
    r":(?:\w+:)?(?:class|func|meth|mod|attr|data|exc|obj|const|file|code|program|option|envvar):"
    r"`([^`]+)`"
)
_ROLE = re.compile(r"(?<![\w+:-]):[\w+:-]+:`([^`]+)`")
_LINK = re.compile(r"`([^`]+)`_{1,2}")


def without_markup(text: str) -> tuple[str, float]:
    """A paragraph without inline markup but backticks around code; and the share that is links."""
    linked = 0

    def code(match: re.Match[str]) -> str:
        words, target = _told_apart(match[1])
        return f"``{words.lstrip('~!') or target}``"

    def role(match: re.Match[str]) -> str:
        words, target = _told_apart(match[1])
        return words or target

    def link(match: re.Match[str]) -> str:
        nonlocal linked
        words, target = _told_apart(match[1])
        linked += len(words or target)
        return words or target

    text = " ".join(text.split())
    text = _CODE_ROLE.sub(code, text)
    text = _ROLE.sub(role, text)
    text = _LINK.sub(link, text)
    parts = []
    for part in _SPANS.split(text):
        if part.startswith("``") and part.endswith("``") and len(part) > 4:
            parts.append(f"`{part.strip('`').strip()}`")
        elif part.startswith("`") and part.endswith("`"):
            parts.append(part.strip("`"))
        else:
            for pattern, replacement in _MARKUP:
                part = pattern.sub(replacement, part)
            parts.append(part)
    words = re.sub(r"\s+", " ", "".join(parts)).strip()
    return words, min(1.0, linked / len(words)) if words else 0.0


def _told_apart(words: str) -> tuple[str, str]:
    """`text` and `target` of `text <target>`; the target may be empty."""
    if not words.endswith(">") or "<" not in words:
        return words, ""
    text, _, target = words[:-1].partition("<")
    return text.rstrip(), target
