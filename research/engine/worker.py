"""The name under which a process claims topics."""

import platform


def worker_name(pid: int) -> str:
    return f"{platform.node()[:60]}:{pid}"
