"""Backing a site up while it works, and what of it has to be there again."""

import threading
from pathlib import Path

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import wait


def back_up_at_work(site: Site, provider: ScriptedProvider, backup: Path) -> tuple[str, str]:
    """Makes a backup while runs are submitted, and topics are at work; a run that had ended before,
    and one that had not.
    """
    provider.script(tools=True)
    file = {"file": ("bees.txt", b"Zorblax bees live in a hive of amber near the sea.")}
    assert site.client.post("/api/library", files=file).status_code == 201
    ended = site.submit("asyncio event loop", "python decorators")["id"]
    site.result(ended)
    provider.script({"match": "meanwhile", "latency": 300.0}, latency=300.0)
    at_work = site.submit("python generators")["id"]
    wait(lambda: provider.stats()["open"] > 0)
    is_made, submitted = threading.Event(), []

    def keep_writing() -> None:
        while not is_made.is_set():
            submitted.append(site.submit("meanwhile")["id"])

    writing = threading.Thread(target=keep_writing)
    writing.start()
    try:
        made = site.manage("backup", str(backup))
    finally:
        is_made.set()
        writing.join()
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() == str(backup) and submitted
    return ended, at_work


def told(site: Site, run: str) -> dict[str, str]:
    """What the API tells of a run, its events, and the library's documents."""
    paths = (f"/api/runs/{run}", f"/api/runs/{run}/events", "/api/library", "/api/library/search")
    answers = {path: site.get(path, params={"q": "zorblax"}) for path in paths}
    assert "hive of amber" in answers["/api/library/search"].text
    return {path: answer.text.replace(site.url, "") for path, answer in answers.items()}
