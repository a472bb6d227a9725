"""The little grammar that tells a definition from other sentences, in English."""

import re
from dataclasses import dataclass

# Verbs by which is said what a thing is or does; in the singular or the plural.
_TELLING = (
    r"means?|refers? to|denotes?|represents?|provides?|implements?|describes?|defines?|selects?"
    r"|specif(?:y|ies)|allows?|lets?|enables?|yields?|consists? of|combines?|supports?|makes?"
    r"|gives?|returns?|serves?|emulates?|offers?|encapsulates?|creates?|evaluates?|raises?|manages?|maintains?"
    r"|exposes?|stores?|controls?|introduces?|preserves?|wraps?|maps?|builds?"
)
_OTHER = (
    r"is|are|was|were|has|have|can|may|must|will|should|does|do|calls?|contains?|holds?|takes?|uses"
    r"|executes?|adds?|includes?|loads?|runs?|searches|performs?|handles?|tests?|binds?|becomes?"
    r"|keeps?|begins?|causes?|appears?|stops?|exists?|applies|apply|gets?|needs?|requires?"
)
_VERB = re.compile(
    rf"(?:^|(?<!\bto)(?<!\bthat)(?<!\bwhich)(?<!\bwho)\s)(?P<verb>{_TELLING}|{_OTHER})(?=\s)"
)
_TELLS = re.compile(
    rf"(?:(?:{_TELLING})\b"
    r"|(?:can|may) be (?:used|thought|defined|created|customized|wrapped|broken)\b"
    r"|(?:is|are) (?:simply |essentially |just |also |really |typically |often |usually )?"
    r"(?:an?|the|one|any|used|known|like|called|created|defined|written|part|based|executed|wrapped"
    r"|evaluated|(?:[\w'\u2019-]+ ){0,2}[\w'\u2019-]*[a-rt-z]s)\b)"
)
_MODAL = re.compile(r"must|should|will|can|may")
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where|when|whether)\b")
_CALLED = re.compile(
    r"\b(?:called|known as|termed|referred to as|wrapped by)\s+"
    r"(?:one or more |an? |the |that [\w'\u2019]+ |(?=[\"\u201c`]))[\"\u201c`]?([\w -]{3,40})",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"(?P<term>[^.:]{2,60}): (?=(?:\S+ ){3}.*[.!?]$)")
_ITSELF = re.compile(r"(?:this|the) (?:module|package|library)\b", re.IGNORECASE)
_LEANING = re.compile(  # on the sentence before
    r"(?:this|that|these|those|it|its|they|he|she|such|however|also|then|note|both|for example"
    r"|in this|in addition|in particular|in contrast|otherwise|instead|if|but|and|or|when|each"
    r"|no|some|there|here|except|changed|unlike|you|we|our|as|like|same|deprecated|all other"
    r"|other|has|version \d)\b"
    r"|.*, on the other hand,",
    re.IGNORECASE,
)
_POINTING = re.compile(  # to something else to read
    r"(?:(?:please )?(?:see|refer|read|visit|for more|for (?:full|further))|equivalent to)\b",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(r"(?:for|in|on|with|by|at|from|to|of|until|after|before|while)\b", re.I)
# How a docstring says what a function does; `Return` is not the verb of a subject before it.
_IMPERATIVE = re.compile(
    r"(?:add|apply|build|call|check|compile|compute|convert|construct|copy|create|decorate|delete"
    r"|determine|disable|dump|enable|execute|find|format|generate|get|give|handle|import|initialize"
    r"|iterate|join|load|make|mark|move|open|opens|parse|print|produce|raised?|read|register|remove"
    r"|returns?|run|send|sets?|split|start|statically|test|traverse|try|update|used|wait|write"
    r"|yield)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clause:
    """What a sentence is said of, and how: `tells` what it is or does, or something else of it."""

    subject: str
    tells: bool
    is_modal: bool

    @property
    def is_of_module(self) -> bool:
        """`This module …`, which is the source itself."""
        return bool(_ITSELF.match(self.subject))

    @property
    def is_plain(self) -> bool:
        """Whether the subject is a noun with nothing told of it in between."""
        return not _RELATIVE.search(self.subject)


def clause(sentence: str) -> Clause | None:
    """A sentence's main clause; None for `Functional tools for iterators.`, which has no verb."""
    if _IMPERATIVE.match(sentence):
        return None
    verb = _VERB.search(sentence)
    if verb is None:
        return None
    predicate = sentence[verb.start("verb") :]
    tells = bool(_TELLS.match(predicate))
    return Clause(sentence[: verb.start()], tells, not tells and bool(_MODAL.match(predicate)))


def is_part(sentence: str) -> bool:
    """Whether it is no sentence by itself, or one that only sends its reader elsewhere."""
    is_fragment = _PREPOSITION.match(sentence) and not _VERB.search(sentence)
    return bool(is_fragment or _POINTING.match(sentence))


def is_order(sentence: str) -> bool:
    """Whether it says what to do, or what a function does."""
    return bool(_IMPERATIVE.match(sentence))


def leans(sentence: str) -> bool:
    """Whether it needs the sentence before it; `This module` does not, below its name."""
    return bool(_LEANING.match(sentence)) and not _ITSELF.match(sentence)


def entry(sentence: str) -> str:
    """What a glossary's entry explains: `Type hints: a standard syntax for …`."""
    found = _ENTRY.match(sentence)
    return found["term"] if found else ""


def called(sentence: str) -> list[str]:
    """What it gives a name to: `… is called a generator function`."""
    return _CALLED.findall(sentence)
