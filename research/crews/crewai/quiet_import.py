"""Switches off what CrewAI would do at import: telemetry, tracing, version check, `.env`, HOME."""

import contextlib
import os
from collections.abc import Iterator

from django.conf import settings

from research.crews.crewai.absent import absent


@contextlib.contextmanager
def quiet_import() -> Iterator[None]:
    """Every import of CrewAI stands in one: its switches, and a HOME of its own.

    CrewAI makes folders and a key file in HOME when it is imported.
    """
    home = settings.RESEARCH_CREWAI_HOME
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("AWS_MAX_ATTEMPTS", "1")  # Bedrock's client has no other switch
    os.environ |= {
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_DISABLE_VERSION_CHECK": "true",
        "CREWAI_STORAGE_DIR": str(home),
        "CREWAI_TOOLS_FORCE_SAFE_PATHS": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "true",
        "OTEL_SDK_DISABLED": "true",
        "PYTHON_DOTENV_DISABLED": "1",
    }
    own_home = os.environ.get("HOME")
    os.environ["HOME"] = str(home)
    try:
        with absent():
            yield
    finally:
        if own_home is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = own_home
