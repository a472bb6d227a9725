"""A site's log as JSON."""

import json

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def test_a_site_logs_json(narrow_site: Site, provider: ScriptedProvider) -> None:
    provider.script(fault="401")
    site, before = narrow_site, len(narrow_site.log)
    run = site.result(site.submit("refused")["id"])
    told = [json.loads(line) for line in site.log[before:].splitlines() if line.startswith("{")]
    (failure,) = [line for line in told if line["logger"] == "research.engine.run_topic"]
    assert failure["level"] == "WARNING" and "refused the key" in failure["message"]
    assert (failure["run"], failure["topic"]) == (run["id"], "1")
    assert site.env["OPENAI_API_KEY"] not in site.log
