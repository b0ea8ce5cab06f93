"""Choosing sites by the words a planner uses: a kind, a name, a region, a country, or a combination of those."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BeforeValidator

from sim.errors import PlaceError, placed
from sim.model.countries import Country, country_code, nearest_code, parse_country
from sim.registry import Model
from sim.units import Text, parse_text, parse_whole

KINDS = {"suppliers": "supplier", "ports": "port", "warehouses": "warehouse", "facilities": "facility"}


def _kind(value: Any) -> str:
    """A kind of site, in the singular or the plural."""
    word = parse_text(value)
    return KINDS.get(word, word)


def _any_of(value: Any, read: Callable[[Any], Any]) -> Any:
    """One value, or a list of which any will do."""
    if isinstance(value, list):
        if not value:
            raise PlaceError((), "this list is empty", None, "one value at least")
        return [read(item) for item in value]
    return read(value)


Kinds = Annotated[
    str | list[str], BeforeValidator(lambda value: _any_of(value, _kind), json_schema_input_type=Text | list[Text])
]
Countries = Annotated[
    str | list[str],
    BeforeValidator(lambda value: _any_of(value, parse_country), json_schema_input_type=Country | list[Country]),
]
Texts = Annotated[
    str | list[str], BeforeValidator(lambda value: _any_of(value, parse_text), json_schema_input_type=Text | list[Text])
]
Wholes = Annotated[
    int | list[int], BeforeValidator(lambda value: _any_of(value, parse_whole), json_schema_input_type=int | list[int])
]


class Where(Model):
    """Sites that meet all of the conditions given; where one is a list, any entry of it will do."""

    kind: Kinds | None = None
    """supplier, port, warehouse or facility"""
    country: Countries | None = None
    """ISO 3166 code"""
    region: Texts | None = None
    setting: Texts | None = None
    """such as urban or rural; any of several as a list: [urban, suburban]"""
    priority: Wholes | None = None
    """priority group; 1 is served first"""
    party: Texts | None = None
    """whose they are; of a pool, all that its members own"""
    income: Texts | None = None
    """income group of the party whose they are: low, lower_middle, upper_middle or high"""

    def __str__(self) -> str:
        """As it is written in a scenario's file."""
        given = ((key, value) for key, value in self if value is not None)
        texts = (
            f"{key}: [{', '.join(map(str, value))}]" if isinstance(value, list) else f"{key}: {value}"
            for key, value in given
        )
        return f"{{{', '.join(texts)}}}"

    __repr__ = __str__


Selector = str | list[str | Where] | Where


def _read(value: Any) -> Selector:
    if isinstance(value, list):
        if not value:
            raise PlaceError((), "this list names no site", None, "a site, a region, a country or a kind at least")
        return [_read_one(item) for item in value]
    return _read_one(value)


def _read_one(value: Any) -> str | Where:
    if isinstance(value, dict):
        return Where.model_validate(value)
    return value if isinstance(value, Where) else parse_text(value)


SelectorField = Annotated[
    str | list[str | Where] | Where, BeforeValidator(_read, json_schema_input_type=Text | Where | list[Text | Where])
]
"""One of the words for sites, several of them (each adds its own), or conditions that all hold."""


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
    several = isinstance(selector, list)
    chosen = np.zeros(len(sites), dtype=bool)
    for position, entry in enumerate(selector if isinstance(selector, list) else [selector]):
        if isinstance(entry, Where):
            with placed(*([position] if several else [])):
                chosen = chosen | _meeting(entry, sites)
        else:
            chosen = chosen | _one(entry, sites)
    return np.flatnonzero(chosen)


def _with(sites: pd.DataFrame, field: str, value: Any) -> tuple[np.ndarray, list[str]]:
    """Which sites have a value, and all values that there are."""
    if field == "party":  # a site is its owner's and every pool's that this is in
        names = sites["parties"]
        return np.array([value in mine for mine in names], dtype=bool), sorted(
            {name for mine in names for name in mine}
        )
    return (sites[field] == value).to_numpy(), [str(other) for other in sites[field].unique()]


def _meeting(where: Where, sites: pd.DataFrame) -> np.ndarray:
    """Whether each site meets all conditions."""
    chosen = np.ones(len(sites), dtype=bool)
    for field, value in where.model_dump(exclude_none=True).items():
        some = np.zeros(len(sites), dtype=bool)
        for position, one in enumerate(value if isinstance(value, list) else [value]):
            mine, valid = _with(sites, field, one)
            if not mine.any():
                place = (field, position) if isinstance(value, list) else (field,)
                raise PlaceError(place, f"no site with this {field}", one, None, valid)
            some |= mine
        chosen = chosen & some
    if not chosen.any():
        raise PlaceError((), "no site meets all of these conditions")
    return chosen
