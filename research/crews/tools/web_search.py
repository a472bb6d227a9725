"""Whether crews can search the web, told from the environment: CrewAI is not imported here."""

import os

KEY = "SERPER_API_KEY"


def is_set_up() -> bool:
    return bool(os.environ.get(KEY))
