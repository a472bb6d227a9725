"""A backup that is made while a site works brings all of it back elsewhere."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.support.backups import back_up_at_work, told
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking


def test_what_was_backed_up_at_work_goes_on_elsewhere(
    make_site: Callable[..., Site], provider: ScriptedProvider, tmp_path: Path
) -> None:
    site, backup = make_site(), tmp_path / "backup.zip"
    ended, at_work = back_up_at_work(site, provider, backup)
    before = told(site, ended)
    refused = site.manage("restore", str(backup), "--replace")
    assert refused.returncode == 2 and "The database is in use" in refused.stderr
    assert told(site, ended) == before

    (tmp_path / "elsewhere").mkdir()
    elsewhere = Site(tmp_path / "elsewhere", **asking(provider.url))
    restored = elsewhere.manage("restore", str(backup))
    assert restored.returncode == 0, restored.stderr
    with closing(sqlite3.connect(elsewhere.database)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    provider.script(tools=True)
    try:
        elsewhere.start()
        assert told(elsewhere, ended) == before
        assert elsewhere.result(at_work)["status"] == "succeeded"
        assert elsewhere.stop() == 0
    finally:
        elsewhere.kill()
