"""The JSON Schema of the language, for editors: completion, and slips underlined while writing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from sim.scenario.settings import REMOVE, REPLACE
from sim.scenario.words.spec import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REPLACED: dict[str, Any] = {
    REPLACE: {"const": True, "description": "this mapping replaces the one of the file built upon"}
}
FILE_KEYS: dict[str, Any] = {
    "extends": {"type": "string", "description": "another scenario file that this one builds on"},
    "network": {"type": "string", "description": "a file with sites, lanes and whatever else this one builds on"},
    "hazard_library": {"type": "string", "description": "a file with hazards and hazard_sets that this one may use"},
    "strategies": {
        "type": "object",
        "description": "named overlays: dotted path of a value -> what it is under this strategy",
        "properties": REPLACED,
        "additionalProperties": {
            "type": ["object", "null"],
            "properties": REPLACED
            | {
                "title": {"type": "string", "description": "by which pages call it; left out: its name here"},
                "what": {"type": "string", "description": "what it is, in a sentence; stands behind the title"},
                "also": {"type": ["string", "array"], "items": {"type": "string"}},
            },
        },
    },
}
"""Keys that say how files are put together; they are dealt with before the scenario is checked."""

Schema = dict[str, Any]


class _Generator(GenerateJsonSchema):
    """Leaves out, without a warning, defaults that JSON has no form for, such as distributions."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}


def scenario_schema() -> Schema:
    """JSON Schema (2020-12) of a scenario file, or of a part of one that `extends` or `network` names.

    A file may leave to another what it builds on: nothing is required of the mappings that are merged with those of
    another file, and they may say `_remove_` and `_replace_`. What stands in a list is never merged, so it must be
    whole. A run checks the result.
    """
    schema = Scenario.model_json_schema(schema_generator=_Generator)
    definitions: Schema = schema["$defs"]
    for part in (schema, *definitions.values()):
        for field in part.get("properties", {}).values():
            _drop_defaults_of_another_type(field)
    merged = _merged(schema, definitions)
    schema["properties"] |= FILE_KEYS
    for part in (schema, *(definitions[name] for name in merged)):
        part.pop("required", None)
        part["properties"] = {key: _or_removed(value) for key, value in part["properties"].items()}
        part["properties"] |= REPLACED
    return {"$schema": DIALECT} | schema | {"title": "Tideover scenario"}


def schema_text() -> str:
    """The schema as it is written to files."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _drop_defaults_of_another_type(field: Schema) -> None:
    """A default such as 0.25 is not how `25%` is written; an editor would offer it."""
    if field.get("type") == "string" and not isinstance(field.get("default", ""), str):
        del field["default"]


def _or_removed(value: Schema) -> Schema:
    """The schema of a value, or the word that takes it away."""
    words: Schema = {key: value[key] for key in ("description", "title", "default") if key in value}
    rest = _mappings_merged({key: item for key, item in value.items() if key not in words})
    return {"anyOf": [rest, {"const": REMOVE}], **words}


def _mappings_merged(value: Schema) -> Schema:
    """The schema of a value; where it is a mapping with free keys, these may be taken away or replaced as well."""
    if "anyOf" in value:
        return value | {"anyOf": [_mappings_merged(member) for member in value["anyOf"]]}
    if isinstance(value.get("additionalProperties"), dict):
        return value | {"additionalProperties": _or_removed(value["additionalProperties"]), "properties": REPLACED}
    return value


def _merged(schema: Schema, definitions: Schema) -> list[str]:
    """Names of the definitions that are reached without passing a list."""
    found: dict[str, None] = {}
    waiting = list(schema["properties"].values())
    while waiting:
        for name in _referred(waiting.pop()):
            if name not in found:
                found[name] = None
                waiting += definitions[name]["properties"].values()
    return list(found)


def _referred(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rsplit("/", 1)[-1]
        for key, child in value.items():
            if key not in ("items", "prefixItems", "discriminator"):
                yield from _referred(child)
    elif isinstance(value, list):
        for child in value:
            yield from _referred(child)
