"""The certificates that this process trusts."""

import functools
import ssl


@functools.cache
def tls() -> ssl.SSLContext:
    """One for the process: building it takes 43 ms, which CrewAI spends twice for every LLM."""
    return ssl.create_default_context()
