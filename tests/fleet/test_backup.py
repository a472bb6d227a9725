"""A backup of PostgreSQL that is made while a fleet works brings all of it back elsewhere."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support.backups import back_up_at_work, told
from tests.support.fleet import Fleet
from tests.support.missing import unavailable
from tests.support.provider import ScriptedProvider


def test_a_fleet_that_was_backed_up_at_work_goes_on_elsewhere(
    make_fleet: Callable[..., Fleet],
    empty_database: str,
    provider: ScriptedProvider,
    tmp_path: Path,
) -> None:
    if shutil.which("pg_dump") is None:
        unavailable("pg_dump", "apt-get install postgresql-client")
    site, backup = make_fleet().sites[0], tmp_path / "backup.zip"
    ended, at_work = back_up_at_work(site, provider, backup)
    before = told(site, ended)
    refused = site.manage("restore", str(backup), "--replace")
    assert refused.returncode == 2 and "The database is in use" in refused.stderr

    new = {"DATABASE_URL": empty_database}
    provider.script(tools=True)
    site.env |= new
    for options in ([], ["--replace"]):  # into an empty database, then over what is there
        restored = site.manage("restore", str(backup), *options)
        assert restored.returncode == 0, restored.stderr
    assert site.manage("restore", str(backup)).returncode == 2
    elsewhere = make_fleet(**new)
    assert told(elsewhere.sites[0], ended) == before
    assert elsewhere.sites[0].result(at_work)["status"] == "succeeded"
