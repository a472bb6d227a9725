"""A provider that sends one document whatever is asked for."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def test_a_server_that_ignores_stream_is_read_all_the_same(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(ignores_stream=True, tools=True)
    run = site.result(site.submit("python asyncio")["id"])
    assert run["topics"][0]["result"].startswith("### python asyncio")
    assert run["tokens"]["total"] > 0
    assert provider.stats()["requests"] == 2
