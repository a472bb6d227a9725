"""A run as Markdown: each result with what does not hold marked in it, and its sources."""

import re
from collections.abc import Iterator

from research.runs import findings, marks
from research.runs.models import Claim, Run, Source, Topic
from research.runs.verdicts import CORRECTED, SIGNS, is_told, verdict_in_a_word

_SIGNS = re.compile(r"[\\`*_{}\[\]<>|#~]")


def as_markdown(run: Run) -> Iterator[str]:
    """In pieces; reads the run's topics with their claims, sources and outputs."""
    topics = list(run.topics.all())
    yield f"# {_plain(run.name or topics[0].text)}\n\n"
    told = f"{run.created_at:%Y-%m-%d %H:%M} UTC", run.blueprint, run.model, run.status
    yield " · ".join(map(_plain, told)) + "\n"
    for topic in topics:
        yield "\n" + "\n\n".join(_topic(topic)) + "\n"


def _topic(topic: Topic) -> Iterator[str]:
    yield f"## {topic.position}. {_plain(topic.text)}"
    yield " ".join(_state(topic))
    if topic.error_kind:
        yield f"**{topic.error_kind.replace('_', ' ')}:** {_plain(topic.error_message)}"
    if topic.result:
        yield with_marks(topic.result, list(topic.claims.all()))
    if dropped := [claim for result in topic.task_results.all() for claim in result.dropped or []]:
        yield "**Dropped, since it did not hold:**"
        yield "\n".join(
            f"- {_plain(claim['text'])} ({_plain(claim['verdict'])}: {_plain(claim['reason'])})"
            for claim in dropped
        )
    if sources := list(topic.sources.all()):
        yield "**Sources**"
        yield "\n".join(map(_source, sources))


def _state(topic: Topic) -> Iterator[str]:
    yield f"*{topic.status.capitalize()}.*"
    if label := findings.label(topic):
        yield f"**{label.capitalize()}.** {_plain(findings.advice(topic))}"
    yield from map(_plain, marks.remarks(topic))
    if topic.reviewed_by or topic.review_note:
        note = f": {_plain(topic.review_note)}" if topic.review_note else "."
        yield f"{topic.review.capitalize()}{_by(topic.reviewed_by, topic.reviewed_at)}{note}"


def with_marks(text: str, claims: list[Claim]) -> str:
    """A result with a mark behind each of its claims that does not hold, or was corrected."""
    pieces, at = [], 0
    for claim in sorted(filter(is_told, claims), key=lambda claim: claim.end):
        end = max(at, min(claim.end, len(text)))
        pieces += [text[at:end], _mark(claim)]
        at = end
    return "".join([*pieces, text[at:]])


def _mark(claim: Claim) -> str:
    word = verdict_in_a_word(claim)
    by = _by(claim.decided_by, claim.decided_at) if claim.is_decided else ""
    told = claim.correction if word == CORRECTED else claim.reason
    return f" **\\[{SIGNS[word]} {word}{by}{': ' if told else ''}{_plain(told)}\\]**"


def _by(person: object, at: object) -> str:
    return (f" by {_plain(str(person))}" if person else "") + (f", {at:%Y-%m-%d}" if at else "")


def _source(source: Source) -> str:
    address = source.url if re.fullmatch(r"https?://[^\s<>]+", source.url) else ""
    seen = f"seen {source.seen_at:%Y-%m-%d %H:%M} UTC"
    where = f" <{address}>" if address else ""
    return f"- \\[{source.number}\\] {_plain(source.title)}{where}, {seen}"


def _plain(text: str) -> str:
    """A text in one line, whose signs mean nothing in Markdown."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))
