"""Topics of a higher priority start first in the fleet; runs of the same one take turns."""

from typing import Any

from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.starts import IN_ORDER, order_of_starts


def test_those_of_a_higher_priority_start_first(
    make_fleet: Any, provider: ScriptedProvider
) -> None:
    fleet: Fleet = make_fleet(RESEARCH_MAX_CREWS="1")
    assert order_of_starts(fleet.sites[0], provider) == IN_ORDER
