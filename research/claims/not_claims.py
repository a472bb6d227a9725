"""What of a result says nothing about its topic: headings, questions, and the search itself."""

import re

_QUESTION = re.compile(r"[?？؟\u037e][\s\"'”’»)\]*_]*\Z")
_ABOUT_THE_SEARCH = re.compile(
    r"""
    \b(?:no|none\ of\ the|neither\ of\ the|not\ one\ of\ the|any\ of\ the)\ (?:\w+\ ){0,2}
        (?:sources?|documents?|search\ results?|references?|passages?)\ (?:(?:was|were|is|are)\ )?
        (?:\w+\ )?(?:mention|sa(?:y|id)|state|contain|provide|cover|discuss|address|specif|describ
            |tell|report|confirm|support|answer|give|name|explain|found|available)
    | \b(?:sources?|library|(?:the|these)\ documents?|search(?:\ results?)?|passages?|web)\b
        [^.,]{0,30}?\b(?:
            (?:do|does|did)(?:\ not|n[’']t)\ (?:\w+\ )?(?:mention|say|state|contain\ (?:any|info)
                |provide\ (?:any|info|detail)|cover|discuss|address|specify|describe|tell|confirm)
            |hold(?:s)?\ (?:nothing|no)\ (?:on|about|info|document|source)
            |(?:contain|mention|provide|offer|give)(?:s)?\ no(?:thing)?\ (?:on|about|info|detail|such)
            |sa(?:y|ys|id)\ nothing|returned\ no|found\ no)
    | \b(?:I|we)\ (?:could|can|did|was|were|am|are|have)(?:\ ?not|n[’']t)\b[^.]{0,30}
        \b(?:find|found|locate|verif\w+|confirm|determine|answer|able|identif\w+)
    | \b(?:could|can)\ ?not\ be\ (?:found|verified|confirmed|determined|located|established)
    | \bno\ (?:relevant\ |further\ |reliable\ |specific\ )?(?:information|data|details?)\b
        [^.]{0,60}\b(?:found|available|provided|given|located)
    | \bnot\ (?:found|mentioned|covered|stated|addressed)\ (?:in|by)\ (?:the|any|my)\ (?:\w+\ )?
        (?:sources?|documents?|library|search)
    | \A\W*(?:this|the|my)\ (?:report|summary|overview|brief|answer)\b[^.]{0,20}
        \b(?:summari[sz]es|covers|describes|presents|outlines|is\ based|rests|draws|cites)
    | \bkeine\ (?:der\ )?(?:Quellen?|Informationen)\b
    | \bkonnte\ (?:ich\ )?nicht(?:s)?\b[^.]{0,40}finden
    | \baucune\ (?:des\ )?(?:sources?|information)\b | \bn['’]ai\ (?:pas|rien)\ (?:pu\ )?trouv
    | \bninguna\ (?:de\ las\ )?(?:fuentes?|información)\b | \bno\ (?:pude|encontré|se\ encontr)
    | (?:没有|未(?:能)?)(?:任何)?(?:来源|找到|资料|查到) | 来源(?:中)?(?:没有|未)
    | \bни\ один\ (?:из\ )?источник | \bне\ (?:удалось\ найти|найдено)
    | (?:لا\ يوجد|لم\ (?:أجد|نجد|يذكر)|لا\ يذكر)[^.]{0,30}(?:مصدر|المصادر|معلومات)
    | कोई\ (?:भी\ )?(?:स्रोत|जानकारी)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TURN = re.compile(r"\b(?:but|however|though|although|while|aber|mais|pero|но)\b|但", re.IGNORECASE)
_LEAD = re.compile(
    r"\W*(?:here (?:are|is)|(?:the )?(?:following|below)|(?:the )?(?:key|main|major|important)\b"
    r"|in (?:short|summary|brief)|overall|to sum up|summary|for example|folgende|voici|estos? son"
    r"|以下|主要)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_LISTED = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\[\^?\d{1,4}\]|\d{1,4}[.)]|【\d{1,4}】)\s*:?\s*(?P<rest>.*)", re.DOTALL
)


def is_claim(plain: str) -> bool:
    """Whether a statement says something about its topic that a source could carry."""
    bare = plain.strip()
    if not _WORD.search(bare) or _QUESTION.search(bare):
        return False
    return not (_ABOUT_THE_SEARCH.search(bare[:600]) and not _TURN.search(bare[:600]))


def is_heading(raw: str, is_bold: bool) -> bool:
    """Whether a paragraph is a heading in all but its marks: a bold line without a stop."""
    return is_bold and not raw.strip(" \t\r\n*_").endswith((".", "!", "。"))


def is_lead(plain: str, is_cited: bool) -> bool:
    """Whether a statement only opens a list: `The key points:`."""
    bare = plain.strip()
    if is_cited or not bare.endswith((":", "\uff1a")):
        return False
    return bool(_LEAD.match(bare)) or (len(bare.split()) <= 6 and not re.search(r"\d", bare))


def is_listed_source(raw: str, numbers: tuple[int, ...]) -> bool:
    """Whether a line is an entry of a list of sources: `[1] A title, https://…`, `[^1]: …`."""
    if re.match(r"\s*\[\^?[^\[\]\s]{1,40}\]:", raw):
        return True
    listed = _LISTED.match(raw)
    if not listed or not numbers:
        return False
    return bool(re.search(r"https?://|www\.", listed["rest"])) and len(listed["rest"].split()) < 30
