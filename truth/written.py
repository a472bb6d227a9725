"""Sentences with dates, numbers and units, written in one way in the source and in another in the
claim; and the same with another day, amount or unit."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

_DATED = [
    "The ferry service to the island was opened on {}.",
    "Parliament adopted the fisheries act on {}.",
    "The second edition of the atlas appeared on {}.",
    "The laboratory reported the first case on {}.",
    "Its founder handed the firm over to her son on {}.",
]
_COUNTED = [
    "The archive holds {} photographs of the region.",
    "Some {} households were without power after the storm.",
    "The campaign collected {} signatures in a month.",
]
_SHARED = [
    "The reform cut waiting times by {}.",
    "Membership of the union grew by {} in the decade.",
    "About {} of the samples contained lead.",
]
_MEASURED = [
    ("The tunnel under the pass is {} long.", "length"),
    ("Each tablet contains {} of the substance.", "mass"),
    ("The backup needs {} of disk space.", "data"),
    ("The procedure takes {} on average.", "time"),
    ("The grant is worth {} a year.", "money"),
]
_UNITS = {
    "length": ["km", "m", "miles"],
    "mass": ["mg", "g", "kg"],
    "data": ["MB", "GB", "TB"],
    "time": ["seconds", "minutes", "hours"],
    "money": ["dollars", "euros", "pounds"],
}
_SPELT = {
    "km": "kilometres", "m": "metres", "miles": "miles", "mg": "milligrams", "g": "grams",
    "kg": "kilograms", "MB": "megabytes", "GB": "gigabytes", "TB": "terabytes",
    "seconds": "s", "minutes": "min", "hours": "h", "dollars": "USD", "euros": "€", "pounds": "£",
}  # fmt: skip
_BEGINNING = 5  # letters that tell the sentences apart
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def facts(rng: random.Random, count: int) -> Iterator[tuple[str, str, str, str]]:
    """Kind, the source's sentence, a fair claim, and a false one."""
    makers = {"date": _date, "amount": _amount, "share": _share, "unit": _unit}
    told: set[str] = set()
    for kind, make in makers.items():
        for _ in range(count):
            source, fair, false = make(rng)
            if (beginning := source[:_BEGINNING]) not in told:
                told.add(beginning)
                yield kind, source, fair, false


def _date(rng: random.Random) -> tuple[str, str, str]:
    day = date(1950, 1, 1) + timedelta(days=rng.randrange(26_000))
    other = rng.choice([
        day + timedelta(days=rng.randint(1, 9)),
        day.replace(year=day.year + rng.choice([-10, -1, 1, 2]), day=min(day.day, 28)),
        day.replace(month=day.month % 12 + 1, day=min(day.day, 28)),
    ])  # fmt: skip
    sentence, form = rng.choice(_DATED), rng.choice(_forms(day))
    return sentence.format(form), sentence.format(rng.choice(_forms(day))), sentence.format(
        rng.choice(_forms(other))
    )  # fmt: skip


def _forms(day: date) -> list[str]:
    month = _MONTHS[day.month - 1]
    return [
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{month[:3]} {day.day}, {day.year}",
        f"{day.day}{_ending(day.day)} of {month} {day.year}",
        day.isoformat(),
    ]


def _ending(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _amount(rng: random.Random) -> tuple[str, str, str]:
    amount = rng.randint(11, 99) * 100_000
    other = int("".join(reversed(str(amount // 100_000)))) * 100_000
    other = other if other != amount else amount + 300_000
    sentence = rng.choice(_COUNTED)
    said, again = rng.sample(_amounts(amount), 2)
    return sentence.format(said), sentence.format(again), sentence.format(
        rng.choice(_amounts(other))
    )  # fmt: skip


def _amounts(amount: int) -> list[str]:
    return [f"{amount:,}", f"{amount / 1e6:.1f} million", f"{amount / 1e6:.1f}M", f"{amount}"]


def _share(rng: random.Random) -> tuple[str, str, str]:
    share = rng.randint(3, 97)
    sentence = rng.choice(_SHARED)
    said, again = rng.sample(["{} %", "{}%", "{} percent", "{} per cent"], 2)
    other = share + rng.choice([-2, 2, 10, 1])
    return (
        sentence.format(said.format(share)),
        sentence.format(again.format(share)),
        sentence.format(again.format(other)),
    )


def _unit(rng: random.Random) -> tuple[str, str, str]:
    sentence, kind = rng.choice(_MEASURED)
    unit, other = rng.sample(_UNITS[kind], 2)
    amount = rng.randint(2, 90)
    return (
        sentence.format(f"{amount} {unit}"),
        sentence.format(f"{amount} {_SPELT[unit]}"),
        sentence.format(f"{amount} {other}"),
    )
