"""Bringing what a process knows of the keyring up to date."""

import json
from collections.abc import Mapping

from research.exceptions import SealBroken
from research.keyring import current
from research.keyring.current import NOTHING
from research.keyring.models import Connection
from research.text.sealed import unseal


def refresh() -> None:
    """Reads what is stored; one query.

    Called where work begins: before a form is shown or a submission checked, and where an engine
    claims topics. So what is typed on one machine counts on all from the next topic on.
    """
    current.keep({each.service: _kept(each) for each in Connection.objects.all()})


def _kept(connection: Connection) -> current.Kept:
    is_broken, values = False, NOTHING.values
    try:
        values = opened(connection)
    except SealBroken:
        is_broken = True
    return current.Kept(
        values, connection.model, tuple(connection.listed), connection.trouble, is_broken
    )


def opened(connection: Connection) -> Mapping[str, str]:
    """Its keys and addresses. Raises SealBroken."""
    if not connection.sealed:
        return {}
    values: Mapping[str, str] = json.loads(unseal(connection.sealed))
    return values
