"""The reference of kinds and the JSON Schema tell what the loader accepts: no key more, no key less."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from docs.make_reference import reference
from sim.families import WRITTEN
from sim.scenario.reading.schema import scenario_schema
from sim.scenario.settings import REPLACE
from tests.contract.network import KINDS, REGISTRIES, kind

every_kind = pytest.mark.parametrize(("family", "name"), KINDS)
WORDS = (
    "5d",
    "30d",
    "6h",
    "50%",
    "2024-01-05",
    "2024-01-14",
    1.5,
    2,
    True,
    "store",
    "saline",
    "population",
    {"saline": 2},
    {"coast": "2d"},
    "200km",
    "proportional",
)
"""Values of which one suits any plain key, alone or in a list."""
STAGES = (
    [{"after": "3d", "capacity": "60%"}],
    [{"after": "3d", "share": "60%"}],
    [{"after": "3d", "transmission": "60%"}],
    [{"share": "60%"}],
    [{"for": "store", "share": "60%"}],
    {"proposals": {"kenya": {"kenya": 1}}},
    {"for": "9d"},
)
"""Values of keys that take parts with keys of their own."""
BESIDE = {
    "averaged_over": {"cover_in": "present"},
    "diverts": {"passage": "suez"},
    "ramp": {"passage": "suez"},
    "correlation": {"factor": "storms"},
    "factor": {"correlation": "50%"},
    "cost": {"time": "1d"},
    "sheet": {"file": "cases.xlsx"},
}
"""What a key is of no use without, where the example lacks it."""


def documented(family: str, name: str) -> list[str]:
    """The keys in the table of a kind."""
    section = reference().partition(f"\n## {WRITTEN[family].title}\n")[2].partition("\n## ")[0]
    text = section.partition(f"\n### `{name}`\n")[2].partition("\n### ")[0]
    return re.findall(r"^\| `(\S+)` \|", text, re.MULTILINE)


def accepts(family: str, name: str, fields: dict[str, Any]) -> bool:
    """Whether the loader takes an entry with these fields."""
    try:
        kind(family, name).model_validate({REGISTRIES[family].key: name} | fields)
    except ValidationError:
        return False
    return True


def values(schema: dict[str, Any]) -> Iterator[Any]:
    """Values that might have sense for a key with this schema."""
    if schema.get("maxItems") == 0:  # it may stand there, and says nothing
        yield []
    options = schema.get("anyOf", [schema])
    for word in [word for option in options for word in option.get("enum", [])] or WORDS:
        yield from (word, [word])
    yield from STAGES


def some_way(family: str, name: str, key: str) -> bool:
    """Whether an entry with this key is accepted, with some value and without at most three of the example's keys."""
    cls = kind(family, name)
    schema = cls.model_json_schema()
    schema = schema["$defs"][cls.__name__] if "$ref" in schema else schema  # one that may stand within itself
    options = [cls.example[key]] if key in cls.example else values(schema["properties"][key])
    others = [word for word in cls.example if word != key]
    left_out = itertools.chain(*(itertools.combinations(others, n) for n in range(4)))
    return any(
        accepts(family, name, {word: cls.example[word] for word in others if word not in without} | more | {key: value})
        for without, value in itertools.product(left_out, options)
        for more in ({}, BESIDE.get(key, {}))
    )


@every_kind
def test_every_key_in_the_reference_is_accepted(family: str, name: str) -> None:
    keys = documented(family, name)
    assert set(kind(family, name).example) - {REGISTRIES[family].key} <= set(keys)
    assert [key for key in keys if not some_way(family, name, key)] == []


@every_kind
def test_what_a_class_declares_and_the_reference_leaves_out_is_refused(family: str, name: str) -> None:
    """Whether it comes from the class itself or from one that it is made from."""
    cls = kind(family, name)
    declared = {word for parent in cls.__mro__ for word in inspect.get_annotations(parent)}
    declared |= {word.removesuffix("_") for word in declared}
    left_out = sorted(declared - {*documented(family, name), REGISTRIES[family].key})
    for word in left_out:
        plain = word.removesuffix("_")  # how Python has to call a key such as `from`
        rest = {key: value for key, value in cls.example.items() if key != plain}
        tried = [cls.example[plain], *WORDS] if plain in cls.example else WORDS
        assert not any(accepts(family, name, rest | {word: value}) for value in tried), word


@every_kind
def test_the_schema_offers_the_keys_of_the_reference(family: str, name: str) -> None:
    offered = scenario_schema()["$defs"][kind(family, name).__name__]
    assert offered["additionalProperties"] is False
    assert set(offered["properties"]) - {REPLACE} == {*documented(family, name), REGISTRIES[family].key}


def test_what_happens_at_one_time_has_no_end() -> None:
    instant = [name for name, cls in REGISTRIES["disruptions"].items() if cls.instant]
    assert len(instant) >= 4
    for name in instant:
        assert not {"until", "for"} & {*documented("disruptions", name)}
