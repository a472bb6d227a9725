"""A comparison as a table for the terminal."""

from rich.console import Console
from rich.table import Table

from research.web.benchmark.measuring import Comparison


def as_table(done: Comparison) -> str:
    table = Table(
        title=f"{done.topics} topics, one model call each, {done.model}",
        show_header=False,
        min_width=48,
    )
    table.add_column()
    table.add_column(justify="right")
    table.add_row("parallel time", f"{done.parallel_seconds:.2f} s")
    table.add_row("sequential time", f"{done.sequential_seconds:.2f} s")
    if done.speed_up:
        table.add_row("speed-up", f"{done.speed_up:.1f} times")
    table.add_row("most crews at once", str(done.most_at_once))
    if done.failed:
        table.add_row("failed", f"{done.failed} of {done.sequential_measured + done.topics}")
    if done.sequential_measured < done.topics:
        table.caption = (
            f"sequential: worked out from {done.sequential_measured} topics; --full runs all"
        )
    console = Console()
    with console.capture() as captured:
        console.print(table)
    return captured.get()
