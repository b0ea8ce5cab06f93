"""Choosing sites by the words a planner uses: a kind, a name, a region, a country, or a combination of those."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator, WithJsonSchema

from sim.errors import PlaceError
from sim.model.countries import Country, country_code, nearest_code
from sim.registry import Model
from sim.units import Text, parse_text

KINDS = {"suppliers": "supplier", "ports": "port", "warehouses": "warehouse", "facilities": "facility"}


class Where(Model):
    """Sites that meet all of the conditions given."""

    kind: Text | None = None
    """supplier, port, warehouse or facility"""
    country: Country | None = None
    """ISO 3166 code"""
    region: Text | None = None
    setting: Text | None = None
    """such as urban or rural"""
    priority: int | None = None
    """priority group; 1 is served first"""


Selector = str | list[str] | Where


def _read(value: Any) -> Selector:
    if isinstance(value, list):
        return [parse_text(item) for item in value]
    if isinstance(value, dict):
        return Where.model_validate(value)
    return value if isinstance(value, Where) else parse_text(value)


SelectorField = Annotated[
    str | list[str] | Where,
    BeforeValidator(_read),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}, Where.model_json_schema()]}
    ),
]


def _one(word: str, sites: pd.DataFrame) -> np.ndarray:
    if word == "all":
        return np.ones(len(sites), dtype=bool)
    if word in KINDS:
        return (sites["kind"] == KINDS[word]).to_numpy()
    for column, written in (("name", word), ("region", word), ("country", country_code(word))):
        found = (sites[column] == written).to_numpy()
        if found.any():
            return np.asarray(found)
    valid = [*sites["name"], *(x for c in ("region", "country") for x in sites[c].unique() if x), *KINDS, "all"]
    expected = "a site, a region, a country, or suppliers, warehouses, facilities"
    error = PlaceError((), "unknown site", word, expected, valid)
    if error.nearest is None and (code := nearest_code(word)) in valid:
        error.nearest = code
    raise error


def select(selector: Selector, sites: pd.DataFrame) -> np.ndarray:
    """Positions (ascending) of the sites a selector names; raises PlaceError for an unknown name or none found."""
    if isinstance(selector, Where):
        chosen = np.ones(len(sites), dtype=bool)
        for field, value in selector.model_dump(exclude_none=True).items():
            column = sites[field]
            if not (column == value).any():
                raise PlaceError((field,), f"no site with this {field}", value, None, [str(v) for v in column.unique()])
            chosen = chosen & (column == value).to_numpy()
        if not chosen.any():
            raise PlaceError((), "no site meets all of these conditions")
        return np.flatnonzero(chosen)
    words = [selector] if isinstance(selector, str) else selector
    chosen = np.zeros(len(sites), dtype=bool)
    for word in words:
        chosen = chosen | _one(word, sites)
    return np.flatnonzero(chosen)
