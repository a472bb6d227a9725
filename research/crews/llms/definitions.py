"""How well a sentence says what a topic is: a definition before what only mentions it."""

import re
from collections.abc import Set
from enum import IntEnum
from functools import lru_cache

from research.crews.llms import grammar
from research.crews.llms.extracts import Sentence
from research.crews.llms.subjects import Subject
from research.crews.llms.terms import terms_of, terms_of_name

MANY = 5  # terms of a noun that says the topic and more
_MODULE = re.compile(r"[a-z_][\w.]*")


class Worth(IntEnum):
    """How a sentence speaks of a subject."""

    NOT = 0
    MENTIONS = 1
    ABOUT = 2  # of more than the subject, or in a source about it
    OPENS = 3  # the first words of a source whose title names the subject
    SUBJECT = 4  # says something of it
    ENTRY = 5  # explains it as a glossary does
    DEFINES = 6  # says what it is or does


class Near(IntEnum):
    """How near a sentence's source, or its section, is to a subject."""

    FAR = 0
    NAMES = 1  # its title names the subject, among others
    IS = 2  # it is about nothing else
    OWN = 3  # its name is the subject's


def rate(sentence: Sentence, subject: Subject) -> tuple[Worth, Near]:
    """How the sentence speaks of the subject, and how near its source is."""
    place = _place(sentence.title, sentence.heading, sentence.opens, subject)
    held = subject.known(_terms(sentence.text))
    if not subject.all_in(held | place.around) or grammar.is_part(sentence.text):
        return Worth.NOT, place.near
    if not (subject.any_in(held) or place.near >= Near.IS or place.begins_its_own):
        return Worth.NOT, place.near
    return _worth(sentence.text, subject, place, held), place.near


@lru_cache(maxsize=5_000)
def _terms(sentence: str) -> frozenset[str]:
    """All that it holds, names also taken apart."""
    return frozenset([*terms_of(sentence), *terms_of_name(sentence)])


class _Place:
    """Where a sentence stands, seen from a subject."""

    def __init__(self, title: str, heading: str, opens: bool, subject: Subject) -> None:
        name_of_source, _, summary = title.partition(":")
        is_named = name_of_source.lower() in subject.names  # `cProfile`, however it is taken apart
        name = [*subject.terms] if is_named else terms_of_name(name_of_source)
        self.heading = terms_of_name(heading)
        self.heads = subject.is_told_by(self.heading, subject.known(name))
        self.is_function = heading.endswith("()")
        self.is_function_asked_for = heading.lower().removesuffix("()") in subject.names
        self.opens = opens
        self.begins_source = opens and not heading
        self.begins_its_own = self.begins_source and subject.any_in(subject.known(name))
        titled = subject.known([*name, *terms_of(summary)])
        is_code = " " not in heading  # `is_generator()` is not about generators
        self.around = titled | subject.known(self.heading)
        self.near = self._near(subject, titled if is_code else self.around, name, summary)
        self.is_module = self.near == Near.OWN and bool(_MODULE.fullmatch(name_of_source))
        self.asked = subject.beyond(set(name))

    def _near(self, subject: Subject, told: Set[str], name: list[str], summary: str) -> Near:
        begins = _noun(summary)[: len(subject.terms)]
        if subject.is_told_by(name):
            return Near.OWN
        if self.heads or subject.is_told_by(begins, subject.known(name)):
            return Near.IS
        is_named = bool(name) and set(name) <= subject.terms
        return Near.NAMES if is_named or subject.all_in(told) else Near.FAR


_place = lru_cache(maxsize=2_000)(_Place)  # the same for all sentences of a section


def _worth(text: str, subject: Subject, place: _Place, held: set[str]) -> Worth:
    if (term := grammar.entry(text)) and subject.is_told_by(_noun(term)):
        return Worth.ENTRY
    if any(subject.is_told_by(_noun(name), place.around) for name in grammar.called(text)):
        return Worth.DEFINES
    if grammar.leans(text):
        is_on_it = subject.any_in(held) if place.near else _is_sure(subject, held)
        return Worth.MENTIONS if is_on_it else Worth.NOT
    clause = grammar.clause(text)
    by_place = _by_place(text, clause, subject, place, held)
    return max(_by_clause(clause, subject, place), by_place) if clause else by_place


def _by_clause(clause: grammar.Clause, subject: Subject, place: _Place) -> Worth:
    if clause.is_of_module:
        return Worth.ENTRY if place.near and clause.tells else Worth.NOT
    noun, parts = _noun(clause.subject), terms_of_name(clause.subject)
    if place.is_module and clause.tells and parts and set(parts) <= set(place.heading):
        return Worth.SUBJECT  # of a part of the module that is asked about
    terms = subject.known([*noun, *parts])
    if not subject.any_in(terms):
        return Worth.NOT
    if not clause.is_plain or clause.is_modal:
        return Worth.ABOUT
    if subject.is_core(noun, place.around) and subject.known(noun) & place.asked:
        return Worth.DEFINES if clause.tells else Worth.SUBJECT
    says_more = clause.tells and len(terms) <= MANY and subject.all_in(terms)
    return Worth.OPENS if says_more else Worth.ABOUT


def _by_place(
    text: str, clause: grammar.Clause | None, subject: Subject, place: _Place, held: set[str]
) -> Worth:
    says_all = subject.all_in(held)
    tells = clause is None or clause.tells
    if place.opens and place.near and tells:
        return _as_opening(text, place, says_all=says_all, says_any=subject.any_in(held))
    if says_all and place.near >= Near.IS:
        return Worth.OPENS if clause and clause.tells else Worth.ABOUT
    if not says_all:
        return Worth.NOT
    return Worth.ABOUT if place.near else Worth(int(_is_sure(subject, held)))


def _is_sure(subject: Subject, held: set[str]) -> bool:
    """Whether terms name a subject beyond doubt: a single word may mean another thing."""
    return len(subject.terms) > 1 and subject.all_in(held)


def _as_opening(text: str, place: _Place, says_all: bool, says_any: bool) -> Worth:
    """What the first words under a heading are worth."""
    if place.is_function_asked_for:
        return Worth.ENTRY
    if place.near >= Near.IS and place.begins_source:
        return Worth.SUBJECT
    if place.is_function or grammar.is_order(text):  # what is done, not what a thing is
        return Worth.ABOUT
    if place.heads:
        return Worth.SUBJECT
    is_on_it = says_any or place.begins_its_own if place.near == Near.NAMES else says_all
    return Worth.OPENS if is_on_it or place.is_module else Worth.NOT


def _noun(words: str) -> list[str]:
    """The terms of a noun and what stands around it, without what is in brackets."""
    return terms_of(re.sub(r"\([^)]*\)|<[^>]*>", " ", words))
