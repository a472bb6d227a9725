"""Lines as the parts of the reader pass them on, and what they look like."""

import re

from research.library.blocks import Block, Kind

CODE_START = re.compile(
    r"\.\.\.|\$ |[%#@]\S|# |import \w|from \S+ import\b|[\w.\[\]'\"]+ = "
    r"|(async |def|class|if|for|while|with|try|return)\b.*[:)]$"
)
SIGN = r"[*+•‣-]"
BULLET = re.compile(
    rf"^\s*(?:{SIGN}|\d{{1,3}}[.)]|#\.|\((?:[a-z0-9]|[ivxlc]{{2,5}})\)|[a-z]\))\s+(?=\S)"
)
FULL = 40  # characters of a line that was wrapped, rather than ended
SENTENCE = re.compile(r"[A-Z][a-z'\u2019]*+(?: [a-z][a-z'\u2019-]*+)++[.!?]")


def split(text: str) -> list[str]:
    return [line.rstrip() for line in text.expandtabs(4).splitlines()]


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def dedented(lines: list[str]) -> list[str]:
    margin = min((indent_of(line) for line in lines if line), default=0)
    return [line[margin:] for line in lines]


def as_code(lines: list[str]) -> Block:
    return Block(Kind.CODE, "\n".join(dedented(lines)).strip("\n"))


def begins_code(line: str) -> bool:
    return bool(CODE_START.match(line.strip())) or "::=" in line


def looks_like_code(lines: list[str]) -> bool:
    """Whether lines that stand further in are code or a table rather than sentences."""
    text = " ".join(line.strip() for line in lines)
    if ">>> " in text or begins_code(lines[0]) or re.search(r"\w {3,}\S", lines[0].strip()):
        return True
    if SENTENCE.fullmatch(text):
        return False
    words = re.findall(r"(?<!\S)[\"'(*]*+[A-Za-z][a-z'\u2019-]*+[\"').,:;*]*+(?!\S)", text)
    return len(words) < 4 or len(words) < 0.5 * len(text.split())


def goes_on(line: str, below: str) -> bool:
    """Whether a sentence that fills a line goes on in the one below it."""
    is_full = len(line.strip()) > FULL and not line.endswith(":")
    return is_full and bool(re.match(r"[a-z(]", below.strip()))


def is_code(chunk: list[str]) -> bool:
    """Whether lines are code, rather than sentences or a term with a sentence below it."""
    below = [line for line in chunk[1:] if indent_of(line) > indent_of(chunk[0])]
    defines = below and not begins_code(chunk[0]) and not looks_like_code(below)
    return looks_like_code(chunk) and not defines
