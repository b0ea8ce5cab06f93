"""The JSON Schema of the language, for editors: completion, and typing errors underlined while writing."""

from __future__ import annotations

from typing import Any

from sim.scenario.spec import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE_KEYS: dict[str, Any] = {
    "extends": {"type": "string", "description": "another scenario file that this one builds on"},
    "network": {"type": "string", "description": "a file with sites, lanes and whatever else this one builds on"},
    "hazard_library": {"type": "string", "description": "a file with hazards and hazard_sets that this one may use"},
    "strategies": {
        "type": "object",
        "description": "named overlays: dotted path of a value -> what it is under this strategy",
        "additionalProperties": {"type": ["object", "null"]},
    },
}
"""Keys that say how files are put together; they are dealt with before the scenario is checked."""


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file, or of a part of one that `extends` or `network` names.

    Nothing is required at the top, since a file may leave to another what it builds on; a run checks the whole.
    """
    schema = Scenario.model_json_schema()
    schema["$schema"] = DIALECT
    schema["title"] = "Tideover scenario"
    schema.pop("required", None)
    schema["properties"] |= FILE_KEYS
    return schema
