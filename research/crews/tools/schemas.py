"""Arguments of strangers' tools, as providers take them.

CrewAI has all tools described strictly: every property required, no object open, no reference. So
what may be left out may be null, and what cannot be said that way is asked for as a text of JSON.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

MAX_DEPTH = 12  # of references and objects in each other
MAX_TOLD = 1500  # characters of a schema that is told in words
WHOLE = "arguments"
"""The one property of a tool whose arguments cannot be told apart."""

_PLAIN = {"string", "number", "integer", "boolean", "null"}
_KEPT = ("type", "description", "enum", "const", "title")
_EMPTY: Json = {"type": "object", "properties": {}, "required": []}


class _Inexpressible(Exception):
    """A schema that cannot be said strictly."""


@dataclass(frozen=True)
class Arguments:
    """What a model is asked for, and how that becomes what the server takes."""

    schema: Json
    """As the model sees it."""
    original: Mapping[str, Any]

    @classmethod
    def of(cls, original: Mapping[str, Any]) -> "Arguments":
        properties = original.get("properties")
        if not isinstance(properties, dict) or "$ref" in original:
            is_open = any(
                key not in ("type", "title", "description", "$schema") for key in original
            )
            shown = _as_text(original) if is_open and original.get("properties") != {} else None
            whole = _EMPTY | {"properties": {WHOLE: shown}, "required": [WHOLE]}
            return cls(whole if shown else _EMPTY, original)
        required = original.get("required") or []
        shown = {}
        for name, schema in properties.items():
            try:
                shown[name] = _strict(schema, original, 0)
            except _Inexpressible:
                shown[name] = _as_text(schema)
            if name not in required:
                shown[name] = _or_null(shown[name])
        return cls(_EMPTY | {"properties": shown, "required": list(shown)}, original)

    def given(self, arguments: Mapping[str, Any]) -> Json:
        """What a model gave, as the server takes it: without nulls that stand for nothing."""
        properties = self.original.get("properties")
        if WHOLE in self.schema["properties"] and not (properties and WHOLE in properties):
            whole = _parsed(arguments.get(WHOLE, arguments))
            return whole if isinstance(whole, dict) else {}
        required = self.original.get("required") or []
        given = {}
        for name, value in arguments.items():
            schema = (properties or {}).get(name, True)
            shown = self.schema["properties"].get(name, {})
            if value is None and name not in required and not _takes_null(schema):
                continue
            given[name] = (
                _parsed(value) if shown.get("format") == "json" else _pruned(value, schema)
            )
        return given


def _strict(schema: Any, root: Mapping[str, Any], depth: int) -> Json:
    """A schema without references, whose objects are closed and complete."""
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        raise _Inexpressible
    if "$ref" in schema:
        return _strict(_behind(schema["$ref"], root), root, depth + 1)
    kept = {key: copy.deepcopy(schema[key]) for key in _KEPT if key in schema}
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return kept | {"anyOf": [_strict(each, root, depth + 1) for each in schema[key]]}
    if "allOf" in schema:
        if len(schema["allOf"]) != 1:
            raise _Inexpressible
        return _strict(schema["allOf"][0], root, depth + 1) | kept
    kinds = schema.get("type")
    if kinds is None:
        if "enum" in schema or "const" in schema:
            return kept
        raise _Inexpressible
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind == "array":
            kept["items"] = _strict(schema.get("items"), root, depth + 1)
        elif kind == "object":
            kept |= _closed(schema, root, depth)
        elif kind not in _PLAIN:
            raise _Inexpressible
    return kept


def _closed(schema: Json, root: Mapping[str, Any], depth: int) -> Json:
    properties = schema.get("properties")
    if not properties or schema.get("additionalProperties") or "patternProperties" in schema:
        raise _Inexpressible
    required = schema.get("required") or []
    shown = {name: _strict(each, root, depth + 1) for name, each in properties.items()}
    return {
        "properties": {
            name: each if name in required else _or_null(each) for name, each in shown.items()
        },
        "required": list(shown),
    }


def _behind(reference: Any, root: Mapping[str, Any]) -> Any:
    """What a reference into the same schema means; nothing else is ever fetched."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise _Inexpressible
    found: Any = root
    for part in reference[2:].split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, dict) or name not in found:
            raise _Inexpressible
        found = found[name]
    return found


def _as_text(schema: Any) -> Json:
    """Asks for JSON of a schema, in words."""
    told = schema.get("description", "") if isinstance(schema, dict) else ""
    written = json.dumps(schema, ensure_ascii=False)[:MAX_TOLD]
    words = f"{told} JSON, written as a text, by this JSON schema: {written}".strip()
    return {"type": "string", "description": words, "format": "json"}


def _or_null(schema: Json) -> Json:
    if _takes_null(schema):
        return schema
    outer = {key: schema[key] for key in ("description", "format") if key in schema}
    inner = {key: value for key, value in schema.items() if key != "description"}
    return {"anyOf": [inner, {"type": "null"}], **outer}


def _takes_null(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return bool(schema)
    kinds = schema.get("type", ())
    if kinds == "null" or (isinstance(kinds, list) and "null" in kinds):
        return True
    return any(_takes_null(each) for key in ("anyOf", "oneOf") for each in schema.get(key, ()))


def _pruned(value: Any, schema: Any) -> Any:
    """A value without the nulls that stand for what was left out."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        return [_pruned(each, schema.get("items")) for each in value]
    if isinstance(value, dict) and isinstance(properties := schema.get("properties"), dict):
        required = schema.get("required") or []
        return {
            name: _pruned(each, properties.get(name))
            for name, each in value.items()
            if each is not None or name in required or _takes_null(properties.get(name, True))
        }
    return value


def _parsed(value: Any) -> Any:
    """What a text of JSON says; a model may have given the thing itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
