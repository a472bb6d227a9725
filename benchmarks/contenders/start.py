"""How long the site takes to start a second time, and `manage.py check`."""

import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.contenders.site import ASKING
from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch
from tests.support.site import Site


class Starts:
    """One site, started again and again."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def measure(self) -> dict[str, Any]:
        """Seconds from `manage.py serve` to the form's page, from there to an offline topic's end,
        and of `manage.py check`.
        """
        with Stopwatch() as serving:
            self._site.start(ready="/")
        with Stopwatch() as working:
            run = self._site.submit("asyncio event loop", model="offline")
            self._site.result(run["id"])
        self._site.stop()
        with Stopwatch() as checking:
            self._site.manage("check").check_returncode()
        return {
            "first_page": serving.seconds,
            "first_topic": working.seconds,
            "check": checking.seconds,
        }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        serve(Starts(Site(Path(folder), **{name: os.environ[name] for name in ASKING})).measure)
