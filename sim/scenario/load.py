"""From files to a checked scenario: YAML, overlays, models and tables, with every problem told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pydantic

from sim.disruptions.base import FromFile
from sim.errors import PlaceError, Problem, ScenarioError
from sim.model.need.demand.empirical import Empirical
from sim.observations import Observation
from sim.observations.points import Points
from sim.output.names import typed
from sim.scenario.exercise_spec import exercise_problems
from sim.scenario.injected import Injected
from sim.scenario.overlay import Parsed, gather, is_study, parse
from sim.scenario.reading.document import Document, Node, Place, position
from sim.scenario.reading.memo import Memo
from sim.scenario.reading.observed import SHORTENED, check_series, held_out_from, needed_columns, read_observed
from sim.scenario.reading.series import read_columns, read_series, read_values
from sim.scenario.reading.table_files import read_table
from sim.scenario.reading.validation import problems_from
from sim.scenario.sections import end_problems, lifted
from sim.scenario.sites import SiteTable, read_sites
from sim.scenario.words.hindsight import too_early
from sim.scenario.words.spec import Scenario

Series = dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]
Tables = dict[int, dict[str, np.ndarray]]
Seen = dict[int, Empirical]
Observed = dict[int, Points]


@dataclass
class Problems:
    """Gathers problems of one document, so that all can be told at once."""

    document: Document
    found: list[Problem] = field(default_factory=list)

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """Note a PlaceError or ScenarioError raised inside, its place taken from `path`, and go on after the block."""
        try:
            yield
        except PlaceError as error:
            self.note(error, path)
        except ScenarioError as error:
            self.found.extend(error.problems)

    def note(self, error: PlaceError, path: tuple[str | int, ...] = ()) -> None:
        """Note a fault, its place taken from `path`."""
        self.found.append(self.document.place(error, path))

    def check(self) -> None:
        """Raise ScenarioError if anything was found so far."""
        if self.found:
            raise ScenarioError(self.found)


@dataclass(frozen=True)
class Loaded:
    """A scenario whose files are read and whose values are well-formed; names are resolved when it is compiled.

    `series` holds recorded demand by position in `demand`: day numbers, site positions, units; `tables` the columns of
    files that disruptions name, by position in `disruptions`; `seen` the distributions of demand that are read from a
    file, by position in `demand`; `observed` the points of series, by position in `observed`. `notes`
    gathers what can be run but is hardly meant; compiling adds to it. `parsed` are its files as read; `memo` is shared
    with what is made of them with other values. What differs by site is drawn as in `replication`.
    """

    spec: Scenario
    document: Document
    sites: SiteTable
    series: Series
    tables: Tables
    seen: Seen
    parsed: Parsed = field(repr=False)
    memo: Memo = field(repr=False)
    notes: list[Problem] = field(default_factory=list)
    replication: int = 0
    observed: Observed = field(default_factory=dict, repr=False)

    @property
    def path(self) -> Path:
        """The scenario file."""
        return self.document.files[0]


def load(
    path: Path,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    ranges: Node | None = None,
    *,
    training: bool = False,
) -> Loaded:
    """Read a scenario, with one strategy and further overrides applied, and with further uncertain values; in
    `training` without observed points that are held out, of which no value is looked at.

    Raises ScenarioError with every problem that can be told without building the network.
    """
    parsed = replace(parse(path), training=training)
    if parsed.top is not None and is_study(parsed.top):
        mark = parsed.top.mark
        message = "this is a study, not a scenario"
        raise ScenarioError(
            [Problem(mark.shown, 0, message, None, f"a scenario; studies: tideover study {typed(mark.shown)}")]
        )
    return _load(parsed if ranges is None else parsed.with_ranges(ranges), strategy, overrides, Memo())


def load_again(loaded: Loaded, overrides: Mapping[str, Any]) -> Loaded:
    """A scenario with other overrides, under the same strategy; the files that were read are not read again.

    Only a table that is to be understood otherwise than before is. Raises ScenarioError as `load` does.
    """
    return _load(loaded.parsed, loaded.document.strategy, overrides, loaded.memo)


def load_injected(loaded: Loaded, overrides: Mapping[str, Any], injected: Sequence[Injected]) -> Loaded:
    """A scenario with the same overrides and with further entries behind those of its lists; its notes are kept.

    What differs by site is as in replication 0. Raises ScenarioError with every fault of these.
    """
    found = _load(loaded.parsed, loaded.document.strategy, overrides, loaded.memo, injected)
    found.notes[:] = loaded.notes
    return found


def with_spec(loaded: Loaded, spec: Scenario, sites: SiteTable) -> Loaded:
    """The scenario with other values; of the files only those that are to be understood otherwise are read again.

    Raises ScenarioError where they do not fit.
    """
    found = replace(loaded, spec=spec, sites=sites, notes=[])
    if not (loaded.series or loaded.tables or loaded.seen):
        return found
    problems = Problems(loaded.document)
    series, tables, seen, _ = _read_files(spec, sites, problems, loaded.memo)
    problems.check()
    return replace(found, series=series, tables=tables, seen=seen)


def ended(loaded: Loaded, until: dt.date) -> Loaded:
    """The scenario as it ends on a date, whatever it says of its end; its notes are kept.

    Raises ScenarioError where files that it names have nothing before that.
    """
    if not loaded.spec.to_recovery and loaded.spec.until == until:
        return loaded
    found = with_spec(loaded, loaded.spec.model_copy(update={"end": until, "run_on": None}), loaded.sites)
    found.notes[:] = loaded.notes
    return found


def _load(
    parsed: Parsed,
    strategy: str | None,
    overrides: Mapping[str, Any] | None,
    memo: Memo,
    injected: Sequence[Injected] = (),
) -> Loaded:
    document, found = gather(parsed, strategy, overrides, injected)
    if document is None:
        raise ScenarioError(found)
    try:
        spec = Scenario.model_validate(lifted(document.data, document.data))
    except pydantic.ValidationError as error:
        raise ScenarioError([*found, *problems_from(error, Scenario, document)]) from None
    gone = _gone(spec, document)
    if gone:
        kept = {path: entry for path, entry in spec.evidence.items() if path not in gone}
        spec = spec.model_copy(update={"evidence": kept})
    problems = Problems(document, found)
    problems.found.extend(_evidence_problems(spec, document))
    problems.found.extend(_response_problems(spec, document))
    if not any(override.path in (*SHORTENED, "warm_up") for override in document.overrides):
        assert parsed.top is not None
        problems.found.extend(too_early(parsed.top, spec.start - dt.timedelta(days=spec.warm_up)))

    problems.found.extend(exercise_problems(spec, document))
    ends = ({str(place[0]): document.data[str(place[0])] for place in document.uncertain.values()}, spec.uncertain)
    problems.found.extend(memo.once("ends", ends, lambda: list(end_problems(spec, document))))
    sites: SiteTable | None = None
    with problems.at():
        sites = read_sites(spec, document, memo)
    if sites is not None:
        series, tables, seen, notes = _read_files(spec, sites, problems, memo)
    observed: Observed = {}
    if spec.observed:
        observed, told = _read_observed(spec, problems, memo, parsed.training)
        document.notes.extend(told)
    problems.check()
    assert sites is not None
    notes = list(dict.fromkeys([*document.notes, *sites.notes, *notes]))
    sites = sites.drawn(spec.seed, 0) if sites.over else sites
    return Loaded(spec, document, sites, series, tables, seen, parsed, memo, notes, 0, observed)


def _read_observed(spec: Scenario, problems: Problems, memo: Memo, training: bool) -> tuple[Observed, list[Problem]]:
    """`observed` of a scenario, in `training` without what is held out, and notes on its files."""
    found: Observed = {}
    notes: list[Problem] = []
    document = problems.document
    shortened = any(override.path in SHORTENED for override in document.overrides)
    for k, series in enumerate(spec.observed):
        with problems.at("observed", k):
            check_series(series, spec)
            file = document.file_at(("observed", k, "file"))

            before = held_out_from(series, spec) if training else None

            def make(
                series: Observation = series, file: Path = file, before: dt.date | None = before
            ) -> tuple[Points, list[Problem]]:
                table = read_table(file, needed_columns(series), sheet=series.sheet)
                points, told = read_observed(table, series, spec, shortened, before)
                return points, [*table.notes, *told]

            span = (spec.start, spec.until, shortened, before)
            found[k], told = memo.once(("observed", k), (file, series, span), make)
            notes += told
    return found, notes


def _read_files(
    spec: Scenario, sites: SiteTable, problems: Problems, memo: Memo
) -> tuple[Series, Tables, Seen, list[Problem]]:
    """`series`, `tables` and `seen` of a scenario, and notes on their files."""
    series: Series = {}
    tables: Tables = {}
    seen: Seen = {}
    notes: list[Problem] = []
    frame, document = sites.frame, problems.document
    known = [frame[column].tolist() for column in ("name", "kind", "region", "country")]

    def read(name: tuple[str, int], place: Place, sheet: str | None, needs: list[str], values: Any, make: Any) -> Any:
        """What is made of the table that a place names; its notes are kept."""
        file = document.file_at(place)

        def anew() -> tuple[Any, tuple[Problem, ...]]:
            table = read_table(file, needs, sheet=sheet)
            return make(table), table.notes

        made, told = memo.once(name, (file, sheet, values), anew)
        notes.extend(told)
        return made

    for k, disruption in enumerate(spec.disruptions):
        if isinstance(disruption, FromFile) and disruption.file is not None:
            with problems.at("disruptions", k):
                columns = disruption.columns
                make = partial(read_columns, columns=columns, sites=frame)
                place: Place = ("disruptions", k, "file")
                tables[k] = read(("columns", k), place, disruption.sheet, list(columns), (columns, known), make)
    span = (spec.start, spec.until, spec.warm_up, list(spec.products))
    for k, entry in enumerate(spec.demand):
        if entry.series is not None:
            with problems.at("demand", k):
                product, out = entry.product, entry.series.stockouts
                needs = ["date", "site", "product", "units", *([] if out is None else [out])]
                make_series = partial(read_series, product=product, sites=frame, spec=spec, stockouts=out)
                place = ("demand", k, "series", "file")
                values = (product, out, span, known)
                series[k] = read(("series", k), place, entry.series.sheet, needs, values, make_series)
        if isinstance(kind := entry.distribution, Empirical) and kind.file is not None:
            with problems.at("demand", k):
                place = ("demand", k, "distribution", "file")
                seen[k] = read(
                    ("values", k), place, kind.sheet, [kind.column], kind.column, partial(read_values, kind=kind)
                )
    return series, tables, seen, notes


def _gone(spec: Scenario, document: Document) -> set[str]:
    """Evidence for figures that a strategy, an override or a child file took away, with what they stood in."""
    over = [override.path for override in document.overrides]
    return {
        path
        for path in spec.evidence
        if figure_at(document, path) is None and any(f"{path}.".startswith(f"{there}.") for there in over)
    }


def _evidence_problems(spec: Scenario, document: Document) -> Iterator[Problem]:
    for path, evidence in spec.evidence.items():
        if evidence.source not in spec.sources and evidence.status != "assumed":
            place = ("evidence", path, "source")
            yield document.problem(place, "unknown source", evidence.source, "a key of sources", spec.sources)
        if figure_at(document, path) is None:
            parts = path.split(".")
            parents = [k for k in range(len(parts), -1, -1) if figure_at(document, ".".join(parts[:k])) is not None]
            parent = figure_at(document, ".".join(parts[: parents[0]])) if parents and parents[0] else document.data
            valid = [".".join([*parts[: parents[0] if parents else 0], str(key)]) for key in (parent or ())]
            yield document.problem(("evidence", path), "evidence for a figure that is not there", path, None, valid)


def _response_problems(spec: Scenario, document: Document) -> Iterator[Problem]:
    """Entries of responses that are not there; a strategy, or an override, may have taken them away."""
    over = [override.path for override in document.overrides]
    for name, response in spec.responses.items():
        for key in ("typed_in", "responds_to"):
            for k, path in enumerate(getattr(response, key)):
                gone = any(f"{path}.".startswith(f"{there}.") for there in over)
                if figure_at(document, path) is None and path not in document.data and not gone:
                    section = path.partition(".")[0]
                    there = document.data.get(section)
                    names = range(len(there)) if isinstance(there, list) else there or ()
                    valid = [document.label((section, one)) for one in names] or list(document.data)
                    place, expected = ("responses", name, key, k), "a dotted path, such as decisions.NAME"
                    yield document.problem(place, "nothing stands at this path", path, expected, valid)


def figure_at(document: Document, path: str) -> Any:
    """The value at a dotted path of the document: keys, list positions, or the `name` of a list's entry."""
    value: Any = document.data
    parts = path.split(".") if path else []
    while parts:
        if isinstance(value, dict):
            taken = next((k for k in range(len(parts), 0, -1) if ".".join(parts[:k]) in value), 0)
            if not taken:
                return None
            value, parts = value[".".join(parts[:taken])], parts[taken:]
        elif isinstance(value, list):
            names = {v["name"]: v for v in reversed(value) if isinstance(v, dict) and isinstance(v.get("name"), str)}
            taken = next((k for k in range(len(parts), 0, -1) if ".".join(parts[:k]) in names), 0)
            number = None if taken else position(parts[0])
            if not taken and (number is None or number >= len(value)):
                return None
            value, parts = (
                (value[number], parts[1:]) if number is not None else (names[".".join(parts[:taken])], parts[taken:])
            )
        else:
            return None
    return value
