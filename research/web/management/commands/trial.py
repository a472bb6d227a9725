"""`manage.py trial`: the process in which a key is tried. The set-up page starts it."""

import asyncio
import io
import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.confined.limits import confine
from research.crews.llms import catalog
from research.keyring import current
from research.keyring.current import Kept, Tried
from research.sources.engines import ENGINES, Query
from research.sources.exceptions import EngineFailed

WALL_SECONDS, SECONDS = 90.0, 60.0  # in all, and of processor time: CrewAI takes some to import
MEMORY, FILE_SIZE = 4 * 1024**3, 64 * 1024**2  # bytes
QUERY = Query("Python", most=1)


class Command(BaseCommand):
    help = "Tries a key. The site starts it; it is not started by hand."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.stdin.isatty():
            raise CommandError("Keys are tried on the set-up page: /setup/.")
        confine(SECONDS, WALL_SECONDS, MEMORY, FILE_SIZE, nice=0)  # somebody waits for it
        answer, sys.stdout = sys.stdout, io.StringIO()  # whatever an SDK prints is no answer
        asked = json.load(sys.stdin)
        name, model, values = asked["service"], asked["model"], asked["values"]
        current.keep({name: Kept(values, model)})
        if name in ENGINES:
            tried = asyncio.run(_try_engine(name))
        else:
            from research.crews.llms.trial import try_provider  # imports CrewAI

            tried = asyncio.run(try_provider(catalog.split(f"{name}/x")[0], model))
        answer.write(json.dumps(asdict(tried)))
        answer.flush()


async def _try_engine(name: str) -> Tried:
    try:
        await ENGINES[name].search(QUERY)
    except EngineFailed as error:
        return Tried(trouble=str(error))
    return Tried()
