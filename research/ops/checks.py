"""System checks: settings that would quietly make crews wait for each other."""

import resource
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

FILES_PER_CREW = 2  # a connection to the provider, and one for a tool
FILES_OF_THE_SITE = 200  # database, watchers, static files


@register()
def enough_files_for_the_crews(**kwargs: Any) -> list[CheckMessage]:
    """Each crew at work holds connections open; past the limit they fail instead of waiting."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.RESEARCH_MAX_CREWS * FILES_PER_CREW + FILES_OF_THE_SITE
    if limit == resource.RLIM_INFINITY or needed <= limit:
        return []
    return [
        Warning(
            f"RESEARCH_MAX_CREWS={settings.RESEARCH_MAX_CREWS} needs about {needed} open files, "
            f"and this process may open {limit}.",
            hint=f"Raise the limit (ulimit -n {needed}) or lower RESEARCH_MAX_CREWS.",
            id="research.W001",
        )
    ]


@register()
def room_for_a_whole_run(**kwargs: Any) -> list[CheckMessage]:
    """A run may be larger than the engine, but then its topics are not all at work at once."""
    if settings.RESEARCH_MAX_TOPICS <= settings.RESEARCH_MAX_CREWS:
        return []
    return [
        Warning(
            f"A run may have {settings.RESEARCH_MAX_TOPICS} topics (RESEARCH_MAX_TOPICS), and only "
            f"{settings.RESEARCH_MAX_CREWS} crews work at once (RESEARCH_MAX_CREWS).",
            hint="The rest waits in the queue. Raise RESEARCH_MAX_CREWS to have all at work.",
            id="research.W002",
        )
    ]
