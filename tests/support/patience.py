"""How long tests wait for what must happen: each limit times `TEST_PATIENCE`, 1 by itself.

A machine that others use as well needs more of it. It changes no limit of the site's own.
"""

import os

FACTOR = float(os.environ.get("TEST_PATIENCE", "1"))


def patient(seconds: float) -> float:
    """A time limit that holds on this machine."""
    return seconds * FACTOR
