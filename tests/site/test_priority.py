"""Topics of a higher priority start first on a site; runs of the same one take turns."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.starts import IN_ORDER, order_of_starts


def test_those_of_a_higher_priority_start_first(
    narrow_site: Site, provider: ScriptedProvider
) -> None:
    assert order_of_starts(narrow_site, provider) == IN_ORDER
