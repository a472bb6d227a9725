"""The fonts of a PDF, and the characters that none of them has."""

import re
import unicodedata
from functools import cache
from pathlib import Path

import manimgx_fonts
import manimgx_fonts_cjk
import typst
from fontTools.ttLib import TTFont, TTLibError

FOLDERS = [str(Path(module.__file__ or "").parent) for module in (manimgx_fonts, manimgx_fonts_cjk)]
TEXT, CODE = "Noto Sans", "DejaVu Sans Mono"
_CHINESE = {"ja": "JP", "ko": "KR", "zh": "SC", "": "SC"}
"""Which shapes of the signs that Chinese, Japanese and Korean share, by language."""
_OWN_BLOCKS = re.compile("[\u0000-\u052f\u1d00-\u2bff]")
"""What Typst's own fonts have, which are in no file: Latin, Greek, Cyrillic, signs."""
_UNREADABLE = (".pfb", ".pfa")
_SIGNS = ("Noto Sans Symbols", "Noto Emoji", CODE, "New Computer Modern Math")


@cache
def found() -> typst.Fonts:
    """Those of the font packages first, then those of the system for what they lack."""
    return typst.Fonts(include_system_fonts=True, font_paths=list(FOLDERS))


def families(language: str = "", first: str = TEXT) -> list[str]:
    """All families in the order in which a character is looked for; `first` is for most of them."""
    known = found().families()
    scripts = [name for name in known if name.startswith("Noto Sans ") and "CJK" not in name]
    preferred = _CHINESE[language]
    chinese = sorted(
        (name for name in known if name.startswith("Noto Sans CJK ")),
        key=lambda name: not name.endswith(preferred),
    )
    ordered = [first, TEXT, *(chinese if language else []), *scripts, *chinese, *_SIGNS, *known]
    return list(dict.fromkeys(name for name in ordered if name in known))


def missing_from(text: str) -> list[str]:
    """The characters that no font here can show, in the order of their numbers."""
    wanted = {character for character in set(text) if _is_shown(character)}
    files = {font.path: font.index for font in found().fonts() if font.path}
    for path, index in files.items():  # the faces of one file have the same characters
        if wanted and not path.endswith(_UNREADABLE):
            wanted -= _characters_of(path, index)
    return sorted(wanted)


def _is_shown(character: str) -> bool:
    """Whether a character needs a sign of its own, and one that is not among Typst's own fonts."""
    is_known = _OWN_BLOCKS.match(character)
    return not is_known and unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Mn", "Cs")


@cache
def _characters_of(path: str, index: int) -> frozenset[str]:
    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (TTLibError, OSError):  # a font that this library cannot read
        return frozenset()
