"""The sites of a scenario as one table in order of name, from the YAML and from tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

from sim.errors import PlaceError, Problem, ScenarioError
from sim.model.amounts import Column, OverSites, StockColumn
from sim.model.parties import NO_PARTIES, Parties
from sim.policies.use_levels import UseLevel
from sim.rng import Streams
from sim.scenario.parties import give_parties
from sim.scenario.reading.document import Document
from sim.scenario.reading.memo import Memo, Same
from sim.scenario.reading.table_files import read_table
from sim.scenario.reading.tables import MOST_SHOWN
from sim.scenario.reading.tables import Table as Csv
from sim.scenario.words.network_spec import Site, SitesFile
from sim.scenario.words.spec import Scenario, Sourcing
from sim.units import parse_duration

GROUPS = {"suppliers": "supplier", "ports": "port", "warehouses": "warehouse", "facilities": "facility"}
TEXT_COLUMNS = ("country", "region", "setting")
WRITTEN = "(written)"
MOST_SITES = 500_000
"""Rows of one table of sites."""
STOCKS_UP = "stocks_up"
DATES = ("opens", "closes")
OF_FACILITIES = (*DATES, STOCKS_UP)
"""Columns of facilities."""
KNOWN = ("name", *TEXT_COLUMNS, "lat", "lon", "priority", "population")
IN_TABLE = (*KNOWN[1:], *DATES, STOCKS_UP)
"""Keys of a site that are read into the table of sites."""


@dataclass(frozen=True)
class SiteTable:
    """All sites: `frame` with the columns of `KNOWN` and kind, `numbers` and `texts` the further columns in use.

    Every array is over sites in order of name; sites without a value have NaN or an empty text. `written` says where a
    site of a table stands, such as "clinics.csv, line 12"; it is empty for sites of the scenario file. `over` are the
    distributions over sites in use; `numbers` has a draw of each; those in
    `covers` are days of usual demand. `spans` are the first days on which facilities have
    patients, and have none any more, NaT where they always do, and the days before on which they begin to order; None
    where that is so everywhere.
    """

    frame: pd.DataFrame
    numbers: dict[str, np.ndarray]
    texts: dict[str, np.ndarray]
    written: np.ndarray
    spans: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
    over: tuple[OverSites, ...] = ()
    covers: frozenset[str] = frozenset()
    notes: tuple[Problem, ...] = ()
    """on what was left out of their files"""
    parties: Parties = NO_PARTIES

    def drawn(self, seed: int, replication: int) -> SiteTable:
        """The sites with their draws of a replication."""
        drawn = {one.name: one.values(self.shares(one, seed, replication)) for one in self.over}
        return replace(self, numbers={**self.numbers, **drawn})

    def shares(self, one: OverSites, seed: int, replication: int) -> np.ndarray:
        """Of each site the share of a distribution that lies below its value; every site has a stream of its own."""
        streams = Streams(seed, replication)
        return np.array([streams.named(f"over sites/{one.place}/{name}").random() for name in self.frame["name"]])

    def values_in(self, value: Any) -> list[tuple[str, Same]]:
        """Columns that a model or a list of them uses, each with what stands in it."""
        read = [column.name for column, _ in _columns_in_use(value)]
        return [(name, Same(self.numbers.get(name, self.texts.get(name)))) for name in dict.fromkeys(read)]


def _columns_in_use(value: Any, kind: str = "number") -> Iterator[tuple[Column, str]]:
    """(column, kind of value) for every `column NAME` and distribution over sites below a model."""
    if isinstance(value, Column):
        yield value, "stock" if isinstance(value, StockColumn) else kind
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            below = "share" if isinstance(value, Sourcing | UseLevel) else "text" if name == "from_" else "number"
            yield from _columns_in_use(getattr(value, name), below)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _columns_in_use(item, kind)
    elif isinstance(value, list):
        for item in value:
            yield from _columns_in_use(item, kind)


def _from_yaml(sites: dict[str, Any], kind: str) -> pd.DataFrame:
    rows = [{"name": name, "kind": kind} | {c: getattr(s, c) for c in KNOWN[1:]} for name, s in sites.items()]
    frame = pd.DataFrame(rows, columns=["name", "kind", *KNOWN[1:]])
    if kind == "facility" and any(site.opens or site.closes for site in sites.values()):
        for date in DATES:
            frame[date] = pd.to_datetime([getattr(site, date) for site in sites.values()])
        frame[STOCKS_UP] = [site.stocks_up for site in sites.values()]
    return frame


@dataclass(frozen=True)
class _File:
    """Sites of one file, its columns that are in days of usual demand, and notes on it."""

    frame: pd.DataFrame
    covers: set[str]
    notes: tuple[Problem, ...]


def _from_csv(file: Path, spec: SitesFile, kind: str, in_use: dict[str, str]) -> _File:
    csv = read_table(file, ["name"], most=MOST_SITES, sheet=spec.sheet)
    ignored, known = set(spec.ignore), (*KNOWN, *OF_FACILITIES) if kind == "facility" else KNOWN
    for column in csv.columns:
        if column not in known and column not in in_use and column not in ignored:
            message = "nothing in the scenario uses this column; name it under 'ignore' if it is not needed"
            found = csv.problem(0, column, message, column, None, [*known, *in_use])
            if found.nearest in in_use and found.nearest not in csv:
                expected = f"'{found.nearest}', a column that the scenario asks for"
                found = replace(found, expected=expected, nearest=None)
            csv.problems.append(found)
    default = {name: field.default for name, field in Site.model_fields.items()}
    data: dict[str, Any] = {"name": csv.texts("name"), "kind": kind}
    covers: set[str] = set()
    for column in TEXT_COLUMNS:
        read = csv.countries if column == "country" else csv.texts
        data[column] = read(column, default[column])
    data["lat"] = csv.numbers("lat", np.nan, -90, 90)
    data["lon"] = csv.numbers("lon", np.nan, -180, 180)
    data["priority"] = csv.whole("priority", default["priority"], 0)
    data["population"] = csv.numbers("population", default["population"], 0)
    if kind == "facility" and any(name in csv and name not in ignored for name in OF_FACILITIES):
        data |= _spans(csv, ignored)
    for column, kind_of_value in in_use.items():
        if column not in csv:
            continue
        if kind_of_value == "number":
            data[f"column {column}"] = csv.numbers(column, None, 0)
        elif kind_of_value == "stock":
            data[f"column {column}"], days = csv.stocks(column)
            covers |= {column} if days else set()
        else:
            data[f"column {column}"] = csv.shares(column) if kind_of_value == "share" else csv.texts(column)
    first: dict[str, int] = {}
    for row, name in enumerate(data["name"]):
        if name and first.setdefault(name, row) != row:
            message = f"this name stands on line {csv.lines[first[name]]} already"
            csv.problems.append(csv.problem(row, "name", message, name))
    csv.check()
    name = csv.path.name
    data[WRITTEN] = [f"{name}, line {line}" for line in csv.lines]
    return _File(pd.DataFrame(data, index=range(len(csv))), covers, csv.notes)


def _spans(csv: Csv, ignored: set[str]) -> dict[str, np.ndarray]:
    """The columns of `OF_FACILITIES`; a facility that closes before it opens, or stocks up without opening, is a
    problem."""
    never = np.datetime64("NaT", "D")
    none = np.full(len(csv), never)
    found = {date: none if date in ignored else csv.dates(date, never) for date in DATES}
    for row in np.flatnonzero(found["closes"] <= found["opens"])[:MOST_SHOWN].tolist():
        opens, closes = (str(found[date][row]) for date in DATES)
        csv.problems.append(csv.problem(row, "closes", "it closes before it opens", closes, f"a date after {opens}"))
    if STOCKS_UP in csv and STOCKS_UP not in ignored:
        before = np.array(csv.values(STOCKS_UP, _parse_stocks_up, 0.0, 0.0), dtype=float)
        for row in np.flatnonzero((before > 0) & np.isnat(found["opens"]))[:MOST_SHOWN].tolist():
            cell = csv.columns[STOCKS_UP][row]
            csv.problems.append(
                csv.problem(row, STOCKS_UP, "it is there from the beginning", cell, "a date under opens")
            )
        found[STOCKS_UP] = before
    return found


def _parse_stocks_up(text: str) -> float:
    days = parse_duration(text)
    if days % 1:
        raise ValueError("whole days, such as 14d")
    return days


def read_sites(spec: Scenario, document: Document, memo: Memo) -> SiteTable:
    """All sites of a scenario, from the memo where the same are in it; what differs by site is not drawn yet.

    Raises ScenarioError for bad cells, unused columns and names given twice.
    """
    used = list(_columns_in_use(spec))
    over = tuple(column for column, _ in used if isinstance(column, OverSites))
    in_use = _kinds([(column.name, kind) for column, kind in used if not isinstance(column, OverSites)])
    places = [_places(getattr(spec, group)) for group in GROUPS]
    sites = memo.once("sites", (places, in_use, spec.parties), lambda: _read_sites(spec, document, memo, in_use))
    return replace(sites, over=over)


def _kinds(used: list[tuple[str, str]]) -> dict[str, str]:
    """Columns with the kind of value in each; one that is for numbers somewhere is for numbers wherever stocks are."""
    found: dict[str, str] = {}
    for name, kind in used:
        found[name] = "number" if {found.get(name), kind} == {"number", "stock"} else kind
    return found


def _places(group: SitesFile | Mapping[str, Site]) -> Any:
    """All that a group's rows in the table of sites are made of."""
    if isinstance(group, SitesFile):
        return group
    return {name: [getattr(site, key, None) for key in IN_TABLE] for name, site in group.items()}


def _read_sites(spec: Scenario, document: Document, memo: Memo, in_use: dict[str, str]) -> SiteTable:
    problems: list[Problem] = []
    notes: list[Problem] = []
    frames, covers = [], list[set[str]]()
    for group, kind in GROUPS.items():
        value = getattr(spec, group)
        if not isinstance(value, SitesFile):
            frames.append(_from_yaml(value, kind))
            continue
        try:
            file = document.file_at((group, "table"))
            read = partial(_from_csv, file, value, kind, in_use)
            found = memo.once(("sites", group), (file, value, in_use), read)
            frames.append(found.frame)
            covers.append(found.covers)
            notes.extend(found.notes)
        except PlaceError as error:
            problems.append(document.place(error))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    frame = pd.concat([f for f in frames if len(f)], ignore_index=True)
    problems = [_twice(document, str(name)) for name in frame["name"][frame["name"].duplicated()].unique()]
    if problems:
        raise ScenarioError(problems)
    frame = frame.sort_values("name", kind="stable", ignore_index=True)
    frame[["lat", "lon", "population"]] = frame[["lat", "lon", "population"]].astype(float)
    written = frame.pop(WRITTEN).fillna("").to_numpy(dtype=object) if WRITTEN in frame else np.full(len(frame), "")
    frame, parties = give_parties(spec.parties, frame, document, problems)
    if problems:
        raise ScenarioError(problems)
    numbers, texts = {}, {}
    for column, kind in in_use.items():
        values = frame.pop(f"column {column}") if f"column {column}" in frame else None
        if values is None:
            continue
        if kind == "text":
            texts[column] = values.fillna("").to_numpy(dtype=object)
        else:
            numbers[column] = values.to_numpy(dtype=float)
    all_covers = frozenset(set().union(*covers))
    return SiteTable(
        frame, numbers, texts, written, _taken_out(frame), covers=all_covers, notes=tuple(notes), parties=parties
    )


def _taken_out(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """The spans of facilities (see `SiteTable`), whose columns the frame then has no more."""
    if not any(date in frame for date in DATES):
        return None
    opens, closes = (frame.pop(date).to_numpy(dtype="datetime64[D]") for date in DATES)
    before = frame.pop(STOCKS_UP).fillna(0.0).to_numpy() if STOCKS_UP in frame else np.zeros(len(opens))
    return opens, closes, before


def _twice(document: Document, name: str) -> Problem:
    where = [group for group in GROUPS if isinstance(document.at((group,)), dict) and name in document.data[group]]
    place = (where[-1], name) if where else ("facilities",)
    return document.problem(place, "two sites have this name", name, "a name of its own for every site")
