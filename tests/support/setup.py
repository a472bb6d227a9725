"""The set-up page of a running site, as a browser's form sends it."""

import re

import httpx

from tests.support.patience import patient
from tests.support.site import Site


def set_up(site: Site, do: str, service: str, **typed: str) -> httpx.Response:
    """What the page says once it has stored, tried or deleted what a service is reached by."""
    page = site.get("/setup/").raise_for_status()
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    fields = {"csrfmiddlewaretoken": token[1], "do": do, "service": service, **typed}
    return site.client.post(
        "/setup/",
        data=fields,
        headers={"Origin": site.url},
        follow_redirects=True,
        timeout=patient(120),  # a trial imports CrewAI
    )
