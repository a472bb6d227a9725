"""Prometheus' text format, read as a function of a metric's name and labels."""

from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

Numbers = Callable[..., float]


def numbers(text: str) -> Numbers:
    """`number("research_tokens_total", kind="prompt")`: the sum over all with this label."""
    samples = [s for f in text_string_to_metric_families(text) for s in f.samples]
    assert len(samples) == len({(s.name, tuple(sorted(s.labels.items()))) for s in samples})

    def number(name: str, **labels: str) -> float:
        named = (s for s in samples if s.name == name)
        return sum(s.value for s in named if labels.items() <= s.labels.items())

    return number
