"""Time against the number of topics, as an SVG that reads on light and on dark pages.

    python -m benchmarks.plot latest.json scaling.svg

Runs where benchmarks/requirements.txt is installed.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.points import best

mpl.use("svg")
mpl.rcParams |= {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "scaling",  # the same figures give the same file
    "font.family": "sans-serif",
    "font.size": 11,
}

import matplotlib.pyplot as plt  # noqa: E402 the settings come first

INK = "#010203"  # stands for the page's own text colour, put in afterwards
COLOURS = {  # of middle lightness: on white and on black alike
    "engine": "#1f9e6e",
    "site": "#2b83e0",
    "plain": "#8a8f98",
    "langgraph": "#c77d14",
    "crewai-kickoff-async": "#d6569b",
    "crewai-akickoff": "#9b6bdf",
    "crewai-sequential": "#d9534f",
}
OURS = ("engine", "site")
BETTER_OF_TWO = ("plain", "langgraph")
STYLE = """<style>
  svg { --ink: #24292f; }
  @media (prefers-color-scheme: dark) { svg { --ink: #d6dde5; } }
</style>"""
LABEL_GAP = 1.4  # between labels, as a factor on the logarithmic axis


def draw(results: dict[str, Any], file: Path) -> None:
    """Draws the contenders that have a colour; what was not measured is dashed."""
    figure, axes = plt.subplots(figsize=(9, 5.2), layout="constrained")
    ends = []
    for name, colour in COLOURS.items():
        points = _points(results["scaling"], name)
        if not points:
            continue
        _draw_line(axes, points, colour, width=2.6 if name in OURS else 1.6)
        ends.append((points[-1], results["scaling"][name]["label"], colour))
    _label(axes, ends)
    _dress(axes, results)
    figure.savefig(file, transparent=True, metadata={"Date": None})
    svg = file.read_text().replace(INK, "var(--ink)")
    file.write_text(re.sub(r"(<svg [^>]*>)", lambda tag: f"{tag[1]}\n {STYLE}", svg, count=1))


def _points(scaling: dict[str, Any], name: str) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = scaling.get(name, {}).get("points", [])
    if name not in BETTER_OF_TWO:
        return points
    return [each | {"seconds": best(scaling, name, each["topics"])} for each in points]


def _draw_line(axes: Any, points: list[dict[str, Any]], colour: str, width: float) -> None:
    measured = [each for each in points if "extrapolated" not in each]
    rest = [measured[-1], *points[len(measured) :]]
    for some, style, marker in ((measured, "-", "o"), (rest, ":", "")):
        axes.plot(
            [each["topics"] for each in some],
            [each["seconds"] for each in some],
            linestyle=style,
            marker=marker,
            markersize=4,
            color=colour,
            linewidth=width,
        )


def _label(axes: Any, ends: list[tuple[dict[str, Any], str, str]]) -> None:
    """A name at the end of each line, moved up where two would touch."""
    lowest: dict[int, float] = {}
    for point, label, colour in sorted(ends, key=lambda end: end[0]["seconds"]):
        topics = point["topics"]
        height = max(point["seconds"], lowest.get(topics, 0.0))
        lowest[topics] = height * LABEL_GAP
        seconds = (
            f"{point['seconds']:,.0f}" if point["seconds"] >= 10 else f"{point['seconds']:.1f}"
        )
        about = "~" if "extrapolated" in point else ""
        axes.annotate(
            f"{label}  {about}{seconds} s",
            (topics, height),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
        )


def _dress(axes: Any, results: dict[str, Any]) -> None:
    made = results["made"]
    sizes = made["sizes"]
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.set_xlabel(
        "topics, at most 200 in flight\n(AsyncOpenAI and LangGraph: streamed or not, the faster)",
        color=INK,
    )
    axes.set_ylabel("seconds", color=INK)
    axes.set_title(
        f"One model call of {made['latency']:g} s per topic, {made['cores']} cores, {made['date']}",
        color=INK,
        loc="left",
        fontsize=11,
    )
    axes.tick_params(colors=INK)
    axes.grid(color=INK, alpha=0.15, linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(INK)
    axes.margins(x=0.02)
    # Room for the labels, which stand right of the lines.
    axes.set_xlim(right=sizes[-1] * 1.1)


if __name__ == "__main__":
    draw(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
