"""Where the sentences of a running text begin and end, in any script; in linear time.

A full stop ends a sentence only where what stands around it says so: not behind `Dr.` or `e.g.`,
not in `3.11.2`, `asyncio.run` or an address. Empty lines and list marks end one in any case.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Span(NamedTuple):
    """The characters of a text from `start` to `end`."""

    start: int
    end: int


# Never the last word of a sentence: something has to follow.
_LEADING_WORDS = """
    dr mr mrs ms prof st fr rev hon gen col capt lt sgt gov sen rep pres messrs mme mlle sr sra srta
    hr frau dott dipl ing e.g i.e eg ie cf vs v viz approx ca c fig figs no nos nr vol vols p pp ch
    sec eq eqs ref refs ed eds al resp incl excl esp z.b bzw d.h u.a vgl evtl ggf bspw sog s.o s.u
    o.g abs art bd ff p.ex ej p.ej núm pág págs pag aprox rus англ др г-н г-жа см стр рис т.е т.к
    напр проф акад им ул jan feb mar apr jun jul aug sep sept oct nov dec
"""
_LEADING = frozenset(_LEADING_WORDS.split())
# May be the last word of a sentence: it is where the next one begins like a sentence.
_PERHAPS_LAST_WORDS = """
    etc inc ltd co corp llc plc gmbh bros dept univ assn u.s u.k e.u u.n u.s.a d.c a.m p.m b.c a.d
    ph.d m.d b.a m.a b.sc m.sc jr usw usf u.s.w mio mrd tsd std min max sec hrs mins mt ft ave blvd
    тыс млн млрд руб гг вв эт пр т.д т.п и.о
"""
_PERHAPS_LAST = frozenset(_PERHAPS_LAST_WORDS.split())
_OPENERS_WORDS = """
    the this that these those a an it its in on at by for from with as if when while although though
    however but and so then thus there they we he she you i our their his her after before since
    because most many some all both each every other another such to of no not what which who
    how why where der die das ein eine es sie er wir in im am auf mit für le la les un une il elle
    el los las una ella en он она оно они это в на и но
"""
_OPENERS = frozenset(_OPENERS_WORDS.split())
_GERMAN_MONTH = re.compile(
    r"(?:Jan|Feb|März|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-zä]*\b\.?|Jahrhundert|Jh\b|Weltkrieg"
)
_ARTICLE_WORDS = "am der die das dem den des im vom zum beim ab bis seit"
_ARTICLES = frozenset(_ARTICLE_WORDS.split())

_CITED = (  # a citation behind the stop belongs to the sentence before it
    r"(?:[ \t]?(?:\[\^?\d[\d,;\s^\u2013-]{0,80}\]|【[^】\n]{1,200}】"
    r"|[\[(](?:[Ss]ources?|[Rr]efs?\.?)[ ]\d[^\])\n]{0,80}[\])]))"
)
_CLOSERS = r"[\"'\u2019\u201d\u201c\u00bb\u203a)\]}\u300d\u300f\u3011\uff09\u300b*_~]"
_FULL = "[\u3002\uff01\uff1f\uff61\u061f\u06d4\u0964\u0965\u1362\u1367\u104b\u17d4\u0589]"
_STOP = re.compile(
    rf"""
    (?P<full> {_FULL}++ [.!?\u2026]*+ {_CLOSERS}{{0,8}} {_CITED}{{0,40}} )
    | (?P<point> (?<![.!?\u2026\u203d]) [.!?\u2026\u203d]++ (?:{_CLOSERS}|{_CITED}){{0,40}}+ )
               (?= \s | \Z | [\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af] )
    | (?P<blank> (?<![ \t\r]) [ \t\r]*+\n(?:[ \t\r]*+\n)++ | [\u2028\u2029]
               | (?<![ \t\r]) [ \t\r]*+\n (?= [ \t]*+
               (?:[-*+\u2022\u2023\u25aa\u25cf] | \d{{1,3}}[.)] | \#{{1,6}} ) [ \t] ) )
    | (?P<spaced> (?<= [\u0e00-\u0e7f\u0e80-\u0eff] ) [ ]+ (?= [\u0e00-\u0e7f\u0e80-\u0eff] ) )
    """,
    re.VERBOSE,
)
_LONGEST_WORD = 24  # characters before a stop that are looked at
_SHORT_PHRASE = 30  # characters of Thai up to a space that ends no sentence
_SKIPPED = " \t\r\n`\"'\u201c\u201e\u2018\u00ab\u2039([{*_\u00bf\u00a1\u300c\u300e"


def split(text: str) -> Iterator[Span]:
    """The sentences in their order, without the white space around them; none of them is empty."""
    start = 0
    for match in _STOP.finditer(text):
        if match.lastgroup == "blank" or _ends(text, start, match):
            yield from _stripped(text, start, match.end())
            start = match.end()
    yield from _stripped(text, start, len(text))


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span(start, end)


def _ends(text: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a stop ends the sentence that begins at `start`."""
    if stop.lastgroup == "full":
        return True
    if stop.lastgroup == "spaced":
        return stop.start() - start >= _SHORT_PHRASE
    following = _following(text, stop.end())
    if not following:
        return True
    signs = stop["point"]
    is_lower = following[0].islower()
    if "." not in signs[:1] or signs.startswith(".."):
        return not (is_lower and (signs[0] in ".\u2026" or len(signs) > 1))
    return _point_ends(text, start, stop, following)


def _point_ends(text: str, start: int, stop: re.Match[str], following: str) -> bool:
    before = text[max(start, stop.start() - _LONGEST_WORD) : stop.start()]
    words = before.split()
    word = words[-1].lstrip("([{\"'\u201c\u2018*_") if words and not before[-1:].isspace() else ""
    folded, is_lower = word.casefold(), following[0].islower()
    if folded in _LEADING:
        return False
    if len(word) == 1 and word.islower():  # `z. B.`, `u. a.`
        return not is_lower and _opens(following)
    if word.isdecimal():
        return _number_ends(text, start, stop, words, following)
    if folded in _PERHAPS_LAST or (len(word) == 1 and word.isupper()):
        may_end = folded in ("etc", "usw", "usf", "т.д", "т.п") or _opens(following)
        return may_end and not is_lower
    if is_lower:  # a sentence may begin with `asyncio`, and an unknown abbreviation is short
        return len(word) > 3 or not word[-1:].isalnum()
    return True


def _number_ends(
    text: str, start: int, stop: re.Match[str], words: list[str], following: str
) -> bool:
    """`in 1999.` ends a sentence; the mark of a list and a German ordinal do not."""
    if not text[start : stop.start()].strip("0123456789 \t\r\n") or following[0].islower():
        return False
    if len(words[-1]) > 2:
        return True
    article = words[-2].casefold() if len(words) > 1 else ""
    return not (_GERMAN_MONTH.match(following) or article in _ARTICLES)


def _following(text: str, end: int) -> str:
    """The next words of a text, without what opens them."""
    at = end
    while at < len(text) and at - end < 40 and text[at] in _SKIPPED:
        at += 1
    return text[at : at + _LONGEST_WORD] if at < len(text) else ""


def _opens(following: str) -> bool:
    word = re.split(r"[\s,.;:\u2019']", following, maxsplit=1)[0]
    return word.casefold() in _OPENERS
