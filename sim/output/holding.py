"""What a folder of results holds, by its manifest: in words, and whether it is the same thing once more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

HOLDS = "holds"
"""Key of the manifest and of the marker under which it stands in words."""
TOLD_ONLY = {
    HOLDS, "title", "file", "made", "python", "libraries", "program", "precise", "failures", "replications",
    "replications_at_least", "replications_at_most", "tables", "ends", "end_is_enough",
}  # fmt: skip
"""What a manifest says that makes it no other run, study or question."""


def in_words(name: str, strategy: str | None, settings: Mapping[str, Any], more: str = "") -> str:
    """What was run, for those who look into a folder: "my-scenario, strategy double, with end=2027-03-01"."""
    changed = ", ".join(f"{path}={value_text(value)}" for path, value in settings.items())
    parts = [name, f"strategy {strategy}" if strategy else "", f"with {changed}" if changed else "", more]
    return ", ".join(filter(None, parts))


def value_text(value: Any) -> str:
    """A value as it is told: as it was typed after --set; of a whole entry, such as a disruption, its kind alone."""
    if isinstance(value, Mapping) and isinstance(value.get("kind"), str):
        return f"{value['kind']} …"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether results of `new` may stand in the place of those of `old`: the same thing, on no fewer draws."""
    return _core(old) == _core(new) and _draws(old) <= _draws(new)


def _core(manifest: Mapping[str, Any]) -> Any:
    plain = json.loads(json.dumps(manifest, default=str))
    kept = {key: value for key, value in plain.items() if key not in TOLD_ONLY}
    if isinstance(kept.get("asked"), dict):  # a study
        kept["asked"] = {key: value for key, value in kept["asked"].items() if key not in TOLD_ONLY}
        kept["cases"] = [{key: value for key, value in case.items() if key != "key"} for case in kept.get("cases", ())]
    return kept


def _draws(manifest: Mapping[str, Any]) -> int:
    """The most draws that it is about: those of an unfinished study are what it may come to."""
    found = [manifest.get("replications_at_most"), manifest.get("replications"), 1]
    return next(number for number in found if isinstance(number, int))
