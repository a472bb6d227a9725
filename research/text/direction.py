"""Which way a text runs, by its first letter that says so, as browsers decide for `dir="auto"`."""

import unicodedata

LOOKED_AT = 1_000  # characters


def is_right_to_left(text: str) -> bool:
    for character in text[:LOOKED_AT]:
        match unicodedata.bidirectional(character):
            case "L":
                return False
            case "R" | "AL":
                return True
    return False
