"""HTML as tags and the text between them, in time that grows with the page's length only.

Python's own parser looks for a missing end again from each tag that was left open, until the patch
releases of 2025; parsers that build a tree search it for each end tag that nothing opened. There
are pages that are written to make use of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# Elements whose content is text, whatever it looks like.
RAW = ("script", "style", "xmp", "iframe", "noembed", "noframes", "title", "textarea")
VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
    *("source", "track", "wbr"),
}

_TEXT = re.compile(r"(?:[^<]++|<(?![a-zA-Z/!?]))++")
_NAME = re.compile(r"[a-zA-Z][^\s/>]*")
# What each starts with is not in what ends it: nothing is looked at twice (hence `++` and `*+`).
_ATTRIBUTE = r"""=?+[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+"""
_ATTRIBUTES = re.compile(rf"(?:[\s/]++|{_ATTRIBUTE}|=)*+>")
_NAMED = re.compile(r"""(?P<name>[^\s=]+)(?:\s*=\s*(?P<value>.*))?""", re.S)
_RAW_ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in RAW}
_ENDLESS_NUMBER = re.compile(r"&#[0-9]{8,}+;?")  # no character's, and slow to make a number of


@dataclass(slots=True)
class Tag:
    """A start tag, or an end tag; an element that has no content is `empty`.

    `alt` is what an image says to those who do not see it.
    """

    name: str
    is_end: bool = False
    is_empty: bool = False
    is_hidden: bool = False
    alt: str = ""


def tokens(markup: str) -> Iterator[Tag | str]:
    """The tags of a page and the texts between them, without comments and declarations.

    A comment or a tag that is left open goes on to the end of the page, as in browsers.
    """
    at = 0
    while at < len(markup):
        if text := _TEXT.match(markup, at):
            end = text.end()
            yield text_of(text[0])
        elif name := _NAME.match(markup, at + 1):
            attributes = _ATTRIBUTES.match(markup, name.end())
            if attributes is None:
                return
            tag, end = _start_tag(name[0].lower(), attributes[0]), attributes.end()
            yield tag
            if tag.name in _RAW_ENDS and not tag.is_empty:
                closing = _RAW_ENDS[tag.name].search(markup, end)
                start, end = end, closing.start() if closing else len(markup)
                yield text_of(markup[start:end])
        elif markup.startswith("</", at):
            end = _after(markup, ">", at)
            if name := _NAME.match(markup, at + 2):
                yield Tag(name[0].lower(), is_end=True)
        elif markup.startswith("<!--", at):
            end = _after(markup, "-->", at + 2)  # `<!-->` is a comment, too
        elif markup.startswith("<![CDATA[", at):
            end = _after(markup, "]]>", at)
        else:
            end = _after(markup, ">", at)
        at = end


def _start_tag(name: str, attributes: str) -> Tag:
    tag = Tag(name, False, name in VOID or _is_empty(attributes))
    if name == "img":
        tag.alt = _values(attributes).get("alt", "")
    elif "hidden" in attributes.lower():
        values = _values(attributes)
        # A panel is hidden until its tab is chosen, and some text until a browser finds it.
        is_shown = values.get("hidden") == "until-found" or values.get("role") == "tabpanel"
        tag.is_hidden = "hidden" in values and not is_shown
    return tag


def _is_empty(attributes: str) -> bool:
    """Whether the tag is its own end; in `<a href=/>`, the slash is the address."""
    if not attributes.endswith("/>"):
        return False
    last = attributes[:-2].rsplit(None, 1)[-1:]
    return not last or "=" not in last[0] or last[0].endswith(('"', "'"))


def _values(attributes: str) -> dict[str, str]:
    """The values of attributes by their names, the first of each."""
    values: dict[str, str] = {}
    for attribute in re.findall(_ATTRIBUTE, attributes):
        if match := _NAMED.match(attribute):
            value = (match["value"] or "").strip("\"'")
            values.setdefault(match["name"].lower(), text_of(value))
    return values


def text_of(markup: str) -> str:
    """Text with its character references replaced."""
    return unescape(_ENDLESS_NUMBER.sub("\ufffd", markup)) if "&" in markup else markup


def _after(markup: str, sign: str, start: int) -> int:
    """The place behind the sign, or the end of the page."""
    found = markup.find(sign, start)
    return len(markup) if found < 0 else found + len(sign)
