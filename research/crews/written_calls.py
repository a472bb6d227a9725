"""Calls of tools that a model writes as text, where the protocol has a field for them.

Servers leave them in the text when they do not know the model's own marks for a call, and small
models imitate what they have seen. Only what begins an answer is run, and only a tool that was
offered; a report may speak about such calls as it likes.
"""

import ast
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from json_repair import repair_json

MAX_LENGTH = 20_000  # characters; what is longer is an answer
MAX_CALLS = 32
LAST_MARKS = 4  # of a text, at which a call may begin that ends it

Offered = Mapping[str, str]
"""The tools that may be called, each with the name of its first argument."""


@dataclass(frozen=True)
class WrittenCall:
    """A call of a tool; `end` is where it ends in the text."""

    tool: str
    arguments: dict[str, Any]
    end: int


_MARK = re.compile(  # nothing but a call is written with these
    r"<\|?(?:tool_?calls?|function_?calls?|tool_use|invoke|tools?)\b[^>\n]*>|<function=\w"
    r"|<\|python_tag\|>|\[TOOL_?CALLS?\]|\[TOOL_REQUEST\]"
    r"|<[|\uff5c][^<>\n]{0,20}tool[^<>\n]{0,40}[|\uff5c]>"  # DeepSeek, Kimi
    r"|<\|channel\|>commentary to=|```tool_(?:code|call|use)\b",
    re.IGNORECASE,
)
_HINTS = ("tool", "function", "invoke", "python_tag", "action", '"name"')
_THOUGHT = r"(?:(?!\n\**(?:Action|Final Answer)\**:).)*\n+"
_ACTION = (
    r"\**Action\**: *(?P<tool>[^\n]+?)[ \t]*\n+\**Action[ _]Input\**: *(?P<arguments>.*?)\s*"
    r"(?=\n\**(?:Observation|Thought|Action|Final Answer)\**:|\Z)"
)
_REACT = re.compile(rf"(?:\**Thought\**:{_THOUGHT})?{_ACTION}", re.DOTALL | re.IGNORECASE)
_REACT_GOING_ON = re.compile(rf"{_THOUGHT}{_ACTION}", re.DOTALL | re.IGNORECASE)
_LINE_MARK = re.compile(rf"^[ \t]*(?=(?:{_MARK.pattern})|\**Action\**: )", re.M | re.I)
_FENCED = re.compile(r"```(?:json)?[ \t]*\n(?P<inside>.*?)\n?```", re.DOTALL)
_NAMES = ("name", "tool", "tool_name", "function", "function_name", "action", "recipient_name")
_ARGUMENTS = ("arguments", "parameters", "params", "args", "input", "tool_input", "action_input")
_LISTS = ("tool_calls", "calls", "tools", "tool_uses")
_ATTRIBUTE = re.compile(
    r"<(?:parameter|param|arg)(?:=|\s+name=)[\"']?(?P<name>\w+)[\"']?\s*>(?P<value>.*?)"
    r"</(?:parameter|param|arg)>"
    r"|<arg_key>(?P<key>.*?)</arg_key>\s*<arg_value>(?P<held>.*?)</arg_value>",
    re.DOTALL,
)
_DECODER = json.JSONDecoder(strict=False)


def written_calls(
    text: str, offered: Offered, after_thought: bool = False
) -> list[WrittenCall] | None:
    """The calls that a text begins with; None where it is not a call.

    The list is empty where the call has to be made again: it cannot be read, it is of a tool that
    was not offered, or it stands at the end of something else. `after_thought`: the prompt ended
    in "Thought:", and the text goes on with it.
    """
    if not _may_be_call(text, offered):
        return None
    start = len(text) - len(text.lstrip())
    react = _REACT.match(text, start)
    if react or (after_thought and (react := _REACT_GOING_ON.match(text, start))):
        calls = list(_from_react(react, offered))
        return calls if calls or _is_name(react["tool"]) else None
    if _MARK.match(text, start):
        return list(_from_marks(text, offered))[:MAX_CALLS]
    if calls := list(_from_json(text, start, offered) or _from_python(text, offered))[:MAX_CALLS]:
        return calls
    return [] if _ends_in_call(text, offered) or _looks_like_json_call(text) else None


def is_written_call(text: str) -> bool:
    """Whether a text is a call of some tool, and hence not an answer."""
    if not _may_be_call(text):
        return False
    react = _REACT.fullmatch(text.strip())
    return bool(
        (react and _is_name(react["tool"]))
        or _MARK.match(text.lstrip())
        or _looks_like_json_call(text)
    )


def _may_be_call(text: str, offered: Collection[str] = ()) -> bool:
    """A quick look, which hardly any answer passes."""
    if len(text) > MAX_LENGTH:
        return False
    lowered = text.lower()
    return any(hint in lowered for hint in (*_HINTS, *(tool.lower() for tool in offered)))


def _from_react(found: "re.Match[str]", offered: Offered) -> Iterator[WrittenCall]:
    """`Action: tool` and `Action Input: {…}`, up to what the model makes up as their outcome."""
    tool = _offered_name(found["tool"].strip("*`\"' "), offered)
    if tool:
        arguments = _arguments(found["arguments"].strip("`\n "), offered[tool])
        if arguments is not None:
            yield WrittenCall(tool, arguments, found.end())


def _from_marks(text: str, offered: Offered) -> Iterator[WrittenCall]:
    """Calls between marks: each as JSON, as a name before JSON, in elements, or as Python."""
    position = 0
    found = False
    for start, end, data in _objects(text):
        before, position = text[position:start], end
        for call in _in_data(data, end, offered) or _named_before(before, data, end, offered):
            found = True
            yield call
    if not found:
        yield from _from_elements(text, offered) or _from_python(text, offered)


def _named_before(text: str, data: Any, end: int, offered: Offered) -> list[WrittenCall]:
    """A call whose tool is named last in the text before its arguments."""
    names = [word for word in re.findall(r"[A-Za-z_][\w-]*", text) if word in offered]
    return [WrittenCall(names[-1], data, end)] if names and isinstance(data, dict) else []


def _from_elements(text: str, offered: Offered) -> list[WrittenCall]:
    """`<invoke name="tool"><parameter name="a">…</parameter></invoke>` and its kin."""
    places = [m for m in re.finditer(r"[A-Za-z_][\w-]*", text) if m[0] in offered]
    calls = []
    for place, following in zip_longest(places, places[1:]):
        end = following.start() if following else len(text)
        arguments = {
            (found["name"] or found["key"]).strip(): (found["value"] or found["held"] or "").strip()
            for found in _ATTRIBUTE.finditer(text, place.end(), end)
        }
        if arguments:
            calls.append(WrittenCall(place[0], arguments, end))
    return calls


def _from_json(text: str, start: int, offered: Offered) -> list[WrittenCall]:
    """Calls as JSON, bare or in a fence, one or several."""
    fenced = _FENCED.match(text, start)
    inside = fenced["inside"].lstrip() if fenced else text[start:]
    if not inside.startswith(("{", "[")):
        return []
    end = fenced.end() if fenced else len(text)
    try:
        data = [_DECODER.raw_decode(inside)[0]]
    except ValueError:
        if not any(tool in inside for tool in offered):
            return []
        data = [repair_json(inside, return_objects=True)]
    except RecursionError:
        return []
    more = [each for _, _, each in _objects(inside)] if isinstance(data[0], dict) else []
    return [call for each in more or data for call in _in_data(each, end, offered)]


def _from_python(text: str, offered: Offered) -> list[WrittenCall]:
    """`tool(a="b")`, alone or in a list, perhaps in a fence."""
    source = re.sub(r"\A\s*(?:<[^>]*>|```\w*)?\s*|\s*(?:</?[^>]*>|```)?\s*\Z", "", text)
    if not source.lstrip("[ ").startswith(tuple(f"{tool}(" for tool in offered)):
        return []
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    calls = []
    for node in (node for line in body for node in ast.walk(line) if isinstance(node, ast.Call)):
        tool = node.func.id if isinstance(node.func, ast.Name) else ""
        if tool in offered:
            pairs = [(offered[tool], arg) for arg in node.args[:1]]
            pairs += [(keyword.arg or "", keyword.value) for keyword in node.keywords]
            arguments = {key: each.value for key, each in pairs if isinstance(each, ast.Constant)}
            calls.append(WrittenCall(tool, arguments, len(text)))
    return calls


def _in_data(data: Any, end: int, offered: Offered) -> list[WrittenCall]:
    """The calls that JSON holds; none if it is something else."""
    if isinstance(data, list):
        return [call for each in data for call in _in_data(each, end, offered)]
    if not isinstance(data, dict):
        return []
    for name in _LISTS:
        if isinstance(data.get(name), list):
            return _in_data(data[name], end, offered)
    for name in _NAMES:
        named = data.get(name)
        if isinstance(named, dict):
            return _in_data(named, end, offered)
        tool = _offered_name(named, offered)
        if tool:
            held: Any = next((data[each] for each in _ARGUMENTS if each in data), {})
            arguments = _arguments(held, offered[tool])
            return [WrittenCall(tool, arguments, end)] if arguments is not None else []
    return []


def _is_name(words: str) -> bool:
    """Whether an action names a tool, and is not a sentence."""
    return re.fullmatch(r"[\w.-]*\w", words.strip("*`\"' ")) is not None


def _offered_name(name: Any, offered: Offered) -> str | None:
    if not isinstance(name, str):
        return None
    name = name.rpartition(".")[2].strip()
    return name if name in offered else None


def _arguments(held: Any, first: str) -> dict[str, Any] | None:
    """Arguments as an object; a text that is none is the tool's first argument."""
    if isinstance(held, str):
        try:
            held = json.loads(held, strict=False)
        except (ValueError, RecursionError):
            if held.startswith("{"):
                held = repair_json(held, return_objects=True)
    if isinstance(held, dict):
        return held
    return {first: held} if first and isinstance(held, (str, int)) and held != "" else None


def _objects(text: str) -> Iterator[tuple[int, int, Any]]:
    """Each JSON object or list in a text, with where it begins and ends."""
    position = 0
    while found := re.compile(r"\{|\[(?=\s*\{)").search(text, position):
        try:
            data, position = _DECODER.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            position = found.end()
        else:
            yield found.start(), position, data


def _ends_in_call(text: str, offered: Offered) -> bool:
    """Whether an answer that begins otherwise ends in a call, with nothing after it."""
    for mark in list(_LINE_MARK.finditer(text))[-LAST_MARKS:]:
        if text.count("```", 0, mark.start()) % 2:
            continue  # in code
        tail = text[mark.end() :]
        react = _REACT.fullmatch(tail.rstrip())
        calls = _from_react(react, offered) if react else _from_marks(tail, offered)
        last = max((call.end for call in calls), default=0)
        if last and not re.sub(r"<[^>]*>|\[[^\]]*\]|```|\s", "", tail[last:]):
            return True
    fenced = list(_FENCED.finditer(text))
    if fenced and not text[fenced[-1].end() :].strip():
        return bool(_from_json(text, fenced[-1].start(), offered))
    return False


def _looks_like_json_call(text: str) -> bool:
    """Whether a text is JSON with a name and arguments, and nothing else."""
    fenced = _FENCED.fullmatch(text.strip())
    inside = (fenced["inside"] if fenced else text).strip()
    if not inside.startswith("{"):
        return False
    try:
        data = json.loads(inside, strict=False)
    except (ValueError, RecursionError):
        return False
    data = data.get("function", data)
    return (
        isinstance(data, dict)
        and isinstance(data.get("name"), str)
        and any(isinstance(data.get(name), dict) for name in _ARGUMENTS)
        and data.keys() <= {"name", "id", "type", *_ARGUMENTS}
    )
