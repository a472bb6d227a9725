"""What a column asks for, in the words by which sources may tell it."""

from dataclasses import dataclass
from functools import lru_cache

from research.crews.llms.terms import WORD, stem
from research.tables.columns import Column

# A row: names of one thing, then behind the bar what stands in a sentence before its value.
_CONCEPTS = """
licence, license, licence type, license type, licensing, spdx | licensed under, released under, distributed under, available under, published under, covered by, provided under
version, release, latest version, current version, latest release, current release, newest version, version number | latest version is, current version is, latest release is
home page, homepage, home, website, web site, web page, web address, site, url, project url, official site, official website | home page is, website is
summary, description, definition, first word, purpose, overview, one line, in short, about, tagline |
author, creator, developer, maintainer, authors and maintainers, written by, maintained by | written by, created by, developed by, authored by, maintained by
founded, established, foundation, founding year, founding date, year founded, date founded, year of foundation, established in, founded in | founded in, founded on, established in, established on, was started in, was founded
founder, founders, founded by | founded by, established by, started by
release date, released, publication date, published, published on, date of release, first release, first released | released on, released in, published on, published in, first released in
headquarters, head office, seat, headquartered in, based in, location | headquartered in, based in, located in
source code, source, sources, repository, repo, code, code repository, github |
documentation, docs, manual |
changelog, change log, changes, release notes, history |
issue tracker, issues, bug tracker, bug reports, tracker, bugs |
employees, staff, headcount, number of employees, workforce, employee | employs
programming language, written in, implemented in, implementation language | written in, implemented in
python version, requires python, python versions, supported python, python requirement, minimum python |
country, country of origin |
capital, capital city |
population, inhabitants, number of inhabitants |
area, surface, surface area |
price, cost, costs | costs
email, e-mail, contact, contact email, mail |
phone, telephone, phone number, telephone number |
ceo, chief executive, chief executive officer |
also known as, alias, aliases, other names |
"""  # noqa: E501 a row each
_FILLING = "the a an its their of on what which who is are was does do it this"
_FILLERS = frozenset(_FILLING.split())


@dataclass(frozen=True)
class Asked:
    """The column's own key, those of other names for it, and phrases before its value."""

    column: Column
    key: str
    names: frozenset[str]
    before: tuple[str, ...] = ()

    @property
    def is_definition(self) -> bool:
        """Whether it asks what the topic is."""
        return _DEFINITION in self.names

    @property
    def terms(self) -> frozenset[str]:
        return frozenset(self.key.split())

    def fit(self, label: str) -> int:
        """How well a label names what is asked: 3 by the same words, 2 by others, 0 not at all."""
        key = key_of(label)
        if not key:
            return 0
        if key == self.key:
            return 3
        if key in self.names:
            return 2
        is_longer = self.terms and self.terms < set(key.split()) and len(key.split()) <= 3
        return 1 if is_longer and not self.names else 0

    def phrases(self) -> frozenset[str]:
        return self.names or frozenset([self.key])


def key_of(words: str) -> str:
    """Words as they are compared: stems in their order, without what says nothing."""
    found = (word.lower() for word in WORD.findall(words.replace("_", " ")))
    return " ".join(stem(word) for word in found if word not in _FILLERS)


_DEFINITION = key_of("summary")


@lru_cache(maxsize=1)
def _concepts() -> list[tuple[frozenset[str], tuple[str, ...]]]:
    rows = [row.split("|") for row in _CONCEPTS.strip().splitlines()]
    return [
        (
            frozenset(filter(None, map(key_of, names.split(",")))),
            tuple(filter(None, map(str.strip, said.split(",")))),
        )
        for names, said in rows
    ]


def is_known(words: str) -> bool:
    """Whether they name something that a column may ask for: `the licence`, `latest version`."""
    return key_of(words) in _known()


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset().union(*(names for names, _ in _concepts()))


@lru_cache(maxsize=2_000)
def asked_by(column: Column) -> Asked:
    """By the column's name; where that says nothing known, by the one thing its question names."""
    key = key_of(column.name) or _DEFINITION  # `What is it?`
    for names, before in _concepts():
        if key in names:
            return Asked(column, key, names, before)
    question = f" {key_of(column.ask)} "
    named = [
        (names, before)
        for names, before in _concepts()
        if any(f" {name} " in question for name in names if len(name) > 3)
    ]
    if len(named) == 1:
        return Asked(column, key, *named[0])
    return Asked(column, key, frozenset())
