"""The keys of rows as forms send them back."""


def row_key(text: str) -> int:
    """The key that a field names; 0, which is nobody's, for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
