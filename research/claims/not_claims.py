"""What of a result says nothing about its topic: headings, questions, and the search itself."""

import re

_QUESTION = re.compile(r"[?？؟\u037e][\s\"'”’»)\]*_]*\Z")
_NO_SOURCE = re.compile(  # whatever is cited beside it
    r"""
    \b(?:no|none\ of\ the|neither\ of\ the|not\ one\ of\ the|any\ of\ the)\ (?:\w+\ ){0,2}
        (?:sources?|documents?|search\ results?|references?|passages?)\ (?:(?:was|were|is|are)\ )?
        (?:\w+\ )?(?:mention|sa(?:y|id)|state|contain|provide|cover|discuss|address|specif|describ
            |tell|report|confirm|support|answer|give|name|explain|found|available)
    | \b(?:sources?|(?:the|these)\ (?:search\ results?|documents?|passages?))\b[^.,]{0,30}?\b(?:
            (?:do|does|did)(?:\ not|n[’']t)\ (?:\w+\ )?(?:mention|say|state|contain\ (?:any|info)
                |provide\ (?:any|info|detail)|cover|discuss|address|specify|describe|tell|confirm)
            |(?:contain|mention|provide|offer|give)(?:s)?\ no(?:thing)?\ (?:on|about|info|detail|such)
            |sa(?:y|ys|id)\ nothing)
    | \b(?:I|we)\ (?:could|can|did|was|were|am|are|have)(?:\ ?not|n[’']t)\b[^.]{0,30}
        \b(?:find|found|locate|verif\w+|confirm|determine|answer|able|identif\w+)
    | \bnot\ (?:found|mentioned|covered|stated|addressed)\ (?:in|by)\ (?:the|any|my)\ (?:\w+\ )?
        (?:sources?|documents?|library|search)
    | \bkeine\ (?:der\ )?Quellen?\b
    | \bkonnte\ (?:ich\ )?nicht(?:s)?\b[^.]{0,40}finden
    | \baucune\ (?:des\ )?sources?\b | \bn['’]ai\ (?:pas|rien)\ (?:pu\ )?trouv
    | \bninguna\ (?:de\ las\ )?fuentes?\b | \bno\ (?:pude|encontré|se\ encontr)
    | (?:没有|未(?:能)?)(?:任何)?(?:来源|找到|资料|查到) | 来源(?:中)?(?:没有|未)
    | \bни\ один\ (?:из\ )?источник | \bне\ (?:удалось\ найти|найдено)
    | (?:لا\ يوجد|لم\ (?:أجد|نجد|يذكر)|لا\ يذكر)[^.]{0,30}(?:مصدر|المصادر|معلومات)
    | कोई\ (?:भी\ )?(?:स्रोत|जानकारी)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ABOUT_THE_SEARCH = re.compile(  # where nothing is cited: a source may say so of something else
    r"""
    \b(?:library|search|web)\b[^.,]{0,30}?\b(?:
            (?:do|does|did)(?:\ not|n[’']t)\ (?:\w+\ )?(?:mention|say|contain\ (?:any|info)
                |provide\ (?:any|info|detail)|cover|discuss)
            |hold(?:s)?\ (?:nothing|no)\ (?:on|about|info|document|source)
            |returned\ no|found\ no)
    | \A[^.]{0,80}\b(?:could|can)\ ?not\ be\ (?:found|verified|confirmed|determined|located
        |established)
    | \bno\ (?:relevant\ |further\ |reliable\ |specific\ )?(?:information|data|details?)\b
        [^.]{0,60}\b(?:found|available|provided|given|located)
    | \A\W*(?:this|the|my)\ (?:report|summary|overview|brief|answer)\b[^.]{0,20}
        \b(?:summari[sz]es|covers|describes|presents|outlines|is\ based|rests|draws|cites)
    | \bkeine\ Informationen\b | \baucune\ information\b | \bninguna\ información\b
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
_ADDRESS_AT_END = re.compile(r"(?:https?://|www\.)\S+\W*(?:\([^()]{0,60}\))?\W*\Z")
_SAYS = re.compile(  # a verb, which titles seldom have
    r"\b(?:is|are|was|were|has|have|had|will|can|did|does|said|says|rose|fell|grew)\b"
)
_DEFINITION = re.compile(r"\s*\[\^?[^\[\]\s]{1,40}\]:")
_LISTED = re.compile(
    r"\s*(?:[-*+]\s+)?(?:\[\^?\d{1,4}\]|【\d{1,4}】)\s*:?\s*(?P<rest>.*)", re.DOTALL
)


def is_claim(plain: str) -> bool:
    """Whether a statement says something: it has words, and asks nothing."""
    bare = plain.strip()
    return bool(_WORD.search(bare)) and not _QUESTION.search(bare)


def is_about_the_search(plain: str, is_cited: bool) -> bool:
    """Whether a statement tells what was searched and found, and nothing of its topic."""
    bare = plain.strip()[:600]
    if _TURN.search(bare):
        return False
    return bool(_NO_SOURCE.search(bare) or (not is_cited and _ABOUT_THE_SEARCH.search(bare)))


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
    """Whether a line outside of a list is an entry of one: `[1]: A title`, `[^1]: https://…`,
    `[1] A title, https://…`."""
    if definition := _DEFINITION.match(raw):
        return not _is_sentence(raw[definition.end() :])
    listed = _LISTED.match(raw)
    if not listed or not numbers:
        return False
    rest = listed["rest"]
    return bool(_ADDRESS_AT_END.search(rest)) and len(rest.split()) < 30 and not _SAYS.search(rest)


def _is_sentence(text: str) -> bool:
    bare = text.strip()
    is_told = bare.endswith((".", "!")) and len(bare.split()) > 5 and bool(_SAYS.search(bare))
    return is_told and not re.search(r"https?://|www\.", bare)


def is_entry(raw: str, is_item: bool) -> bool:
    """Whether a block under the title of a list of sources is one of its entries."""
    bare = raw.strip()
    if is_item or _LISTED.match(raw) or re.search(r"https?://|www\.", bare):
        return True
    return len(bare.split()) < 8 or not bare.rstrip("*_").endswith((".", "!", "。"))


def leading_numbers(raw: str) -> tuple[int, ...]:
    """The number that an entry of a list of sources begins with."""
    found = re.match(r"\s*(?:[-*+]\s+)?\W{0,3}(\d{1,4})\b", raw)
    return (int(found[1]),) if found else ()
