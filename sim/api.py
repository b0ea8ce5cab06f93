"""The Python interface: `sim.run(path)` gives a `Run` with typed results."""

from __future__ import annotations

import datetime as dt
import itertools
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim import __version__
from sim.discovery import OUTSIDE
from sim.engine.books.conservation import LOT_CHECK_DAYS
from sim.engine.books.journal import Detail
from sim.engine.compile.plan import compile_plan
from sim.engine.compile.unknowns import check_ends
from sim.engine.plan import Plan
from sim.engine.run import Outcome, draws_of, simulate
from sim.engine.sizes import daily_bytes, routine_events
from sim.errors import PlaceError, Problem, ScenarioError
from sim.metrics.cost import Rates
from sim.metrics.summary import Summary, summarise
from sim.model.selection import select
from sim.output.csv_text import ENCODING, csv_of_frame
from sim.output.holding import HOLDS, in_words
from sim.report.run.as_tables.run_tables import RunTables
from sim.report.words.names import shown_name
from sim.scenario.drawing import Unknown, taken, values_of
from sim.scenario.load import Loaded, load
from sim.scenario.reading.files import scenario_hash, set_by_hand, tables_hash

if TYPE_CHECKING:
    from sim.report.run.facts import Facts
    from sim.report.run.reasons.why import Explanation

DAILY_FITS = 2_000_000_000
"""Bytes that the daily table may take where it was not asked for."""
JOURNAL_FITS = 10_000_000
"""Entries that a full journal may have where it was not asked for; each takes 272 bytes while they are put in order."""
MOST_NAMED = 6
"""Figures named in a note."""
LIBRARIES = ("simpy", "numpy", "pandas", "pydantic", "pyarrow", "searoute")


@dataclass(frozen=True)
class Run(RunTables):
    """A finished run of one scenario and strategy, with its twins on the same draws.

    `twin` is the run without disruptions; `without_reserves` the disturbed run without its reserves, None where it
    holds none; `without_decisions` that without its decisions, None where none was taken. `luck` are the days (since
    the start) from which chance was drawn anew, each with its number, `chosen` those on which a decision was chosen,
    each with its name; see `sim.begin`.
    """

    loaded: Loaded
    outcome: Outcome
    twin: Outcome | None
    replication: int = 0
    without_reserves: Outcome | None = None
    luck: tuple[tuple[int, int], ...] = ()
    unknowns: Unknown = "written"
    chosen: tuple[tuple[int, str], ...] = ()
    without_decisions: Outcome | None = None

    @cached_property
    def metrics(self) -> Summary:
        """All metrics, each with the twins' values."""
        costs = self.loaded.spec.costs
        rates = Rates(costs.currency, costs.holding_rate, costs.shortage_cost)
        return summarise(self.outcome, self.twin, rates, self.without_reserves, self.without_decisions)

    def why(self, site: str, product: str, day: int | dt.date) -> Explanation:
        """Why a facility ran short of a product on a day (number since the start, or date): a chain of events.

        Raises PlaceError for a site, product or day that is not there, ValueError where the run kept no daily table
        or no full journal. `print(run.why("clinic-a", "saline-bag", 43).text())` shows it in words.
        """
        from sim.report.run.reasons.why import why

        number = int(self.outcome.plan.network.calendar.day(day)) if isinstance(day, dt.date) else day
        return why(self.outcome, site, product, number)

    @property
    def manifest(self) -> dict[str, Any]:
        """What was run: scenario and its hash, overlays applied, seed, versions. The same run gives the same one."""
        chosen = [{"day": day, "decision": name} for day, name in self.chosen]
        found = manifest_of(self.loaded, self.replication, self.luck, self.unknowns)
        return found | ({"chosen": chosen} if chosen else {})

    def report(self, path: str | Path = "report.html") -> Path:
        """Write the report as one HTML file that opens offline; returns its path."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._page(None), encoding="utf-8")
        return target

    def _page(self, folder: Path | None) -> str:
        """The report; tables too long for it go into `folder`."""
        from sim.report.run.html import render

        return render(self._facts, self.manifest, folder)

    def _workbook(self) -> bytes:
        from sim.output.workbook import workbook
        from sim.report.run.html import tables_of

        sheets = tables_of(self._facts, self.manifest)
        return workbook((s.name, s.raw_head or s.head, s.raw or s.rows) for s in sheets)

    @cached_property
    def _facts(self) -> Facts:
        """What the report reads."""
        from sim.report.run.facts import Facts

        bare, idle = self.without_reserves, self.without_decisions
        return Facts(self.loaded, self.outcome, self.twin, self.metrics, bare, idle)

    def summary(self, path: str | Path = "summary.html") -> Path:
        """Write a summary of two pages to print (A4) as one HTML file that opens offline; returns its path."""
        from sim.report.run.summary import summary

        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(summary(self._facts, self.manifest), encoding="utf-8")
        return target

    def save(
        self,
        folder: str | Path,
        report: bool = True,
        *,
        replace: bool = False,
        summary: bool = False,
        workbook: bool = False,
    ) -> Path:
        """Write the run folder: manifest, metrics, daily and event tables, report; all of it or nothing.

        `summary` adds two pages to print (summary.html), `workbook` all tables of the report (tables.xlsx). The same
        run may be saved over itself, another only with `replace`. Raises ScenarioError where the folder cannot be
        written or holds something else.
        """
        from sim.report.run.folder import write_atomically

        return write_atomically(
            Path(folder), lambda place: self._fill(place, report, summary, workbook), self.manifest, replace
        )

    def _fill(self, place: Path, report: bool, summary: bool, workbook: bool) -> None:
        from sim.report.run.as_tables.tables import daily_parts, metrics_json, metrics_table
        from sim.report.run.folder import write_json, write_parquet, write_parts

        figures = metrics_table(self.metrics)
        write_json(place / "scenario.json", self.loaded.document.data)
        write_json(place / "metrics.json", metrics_json(self.metrics))
        write_parquet(place / "metrics.parquet", figures)
        (place / "metrics.csv").write_text(csv_of_frame(figures), encoding=ENCODING, newline="\n")
        if self.outcome.record.table is not None or self.outcome.record.part is not None:
            write_parts(place / "daily.parquet", daily_parts(self.outcome))
        for name, table in self.kept():
            write_parquet(place / f"{name}.parquet", table)
        if report:
            (place / "report.html").write_text(self._page(place), encoding="utf-8")
        if summary:
            self.summary(place / "summary.html")
        if workbook:
            (place / "tables.xlsx").write_bytes(self._workbook())
        made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        write_json(place / "manifest.json", self.manifest | {"made": made})


def manifest_of(
    loaded: Loaded, replication: int = 0, luck: Sequence[tuple[int, int]] = (), unknowns: Unknown = "written"
) -> dict[str, Any]:
    """What a run of a scenario is: what makes it the same as another, and what is told of it beside."""
    document, spec = loaded.document, loaded.spec
    more: dict[str, Any] = {"luck": [{"day": day, "number": number} for day, number in luck]} if luck else {}
    if unknowns == "drawn":
        more["uncertain"] = values_of(loaded, replication)
    tables = tables_hash(document)
    written = document.strategies.get(str(document.strategy))
    title = document.strategy and shown_name(document.strategy, written)
    return {
        HOLDS: in_words(spec.scenario, document.strategy, set_by_hand(document)),
        "scenario": spec.scenario,
        "title": spec.title,
        "start": str(spec.start),
        "end": str(spec.until),
        "products": {name: product.unit for name, product in spec.products.items()},
        "currency": spec.costs.currency,
        "file": document.mark().shown,
        "strategy": document.strategy,
        **({"strategy_title": title} if title != document.strategy else {}),
        "seed": spec.seed,
        "replication": replication,
        **more,
        "scenario_hash": scenario_hash(document),
        **({} if tables is None else {"tables_hash": tables}),
        "overrides": [vars(o) for o in document.overrides],
        "tideover": __version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES} | OUTSIDE.versions(),
    }


def run(
    path: str | Path | Loaded,
    strategy: str | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    replication: int = 0,
    twin: bool = True,
    without_reserves: bool = True,
    without_decisions: bool = True,
    detail: Detail | None = None,
    daily: bool | str | Sequence[str] | None = None,
    progress: Callable[[float], None] | None = None,
    lot_check: int = LOT_CHECK_DAYS,
    unknowns: Unknown = "written",
    sharings: bool = False,
) -> Run:
    """Run a scenario file with one of its strategies, or one that is loaded already, as it is.

    `overrides` sets values by dotted path, after the strategy. `twin=False` makes only the run itself, nothing to
    compare it with; `without_reserves=False` leaves out the twin that shows what the reserves did,
    `without_decisions=False` that which shows what the decisions did, one more run where any was taken. `detail` is the
    journal's (full, key, none); left out: full if it may have at most `JOURNAL_FITS` entries, else key, with a note.
    `daily` keeps every product on every day at all sites (True), at none (False), or at some: sites, regions, countries
    or kinds by name; left out: at all if that takes at most `DAILY_FITS`, else at none, with a note. `progress` is
    called every finished day with the share of the work that is done. Units are counted every day, and every
    `lot_check` days each lot for itself. `unknowns` says how figures under `uncertain` are taken: as "written" (or
    their median), whatever the replication, or "drawn", as the same replication of `sim.run_many` draws them; figures
    that differ by site are always those of the replication. `sharings` keeps what every sharing-out of scarce goods saw
    and gave, for `Run.sharings`. Raises ScenarioError with everything that is wrong with the input.
    """
    settings = dict(overrides or {})
    if seed is not None:
        settings["seed"] = seed
    loaded = path if isinstance(path, Loaded) else load(Path(path), strategy, settings)
    if loaded.spec.to_recovery:
        from sim.study.run.recovery import to_recovery  # which takes a while to import

        loaded = to_recovery(loaded, replication, unknowns)
    loaded = taken(loaded, replication, unknowns)
    plan = compile_plan(loaded)
    calendar = plan.network.calendar
    stripped = twin and without_reserves and any(reserve.size.any() for reserve in plan.reserves)
    undecided = twin and without_decisions and any(not one.against_others for one in plan.decisions)
    total = (calendar.days + calendar.warm_up) * (1 + twin + stripped + undecided)
    done = itertools.count(1)
    tick = None if progress is None else (lambda _: progress(next(done) / total))
    options: dict[str, Any] = {"replication": replication, "progress": tick, "lot_check": lot_check}
    if twin:  # of one demand, drawn once
        options["demand"] = draws_of(plan, replication)
    options["table"] = table_for(loaded, plan, daily)
    outcome = simulate(plan, detail=detail_for(loaded, plan, detail), sharings=sharings, **options)
    undisturbed = simulate(plan, detail="none", disruptions=False, **options) if twin else None
    options["table"] = False
    bare = simulate(plan.without_reserves(), detail="none", **options) if stripped else None
    idle = simulate(plan.without_answers(), detail="none", **options) if undecided and outcome.answers else None
    if progress is not None and undecided and idle is None:
        progress(1.0)  # without a decision that was taken there is nothing to leave out
    return Run(loaded, outcome, undisturbed, replication, bare, unknowns=unknowns, without_decisions=idle)


def detail_for(loaded: Loaded, plan: Plan, wanted: Detail | None) -> Detail:
    """What `detail` asks for, or the fullest journal that fits."""
    if wanted is not None:
        return wanted
    entries = routine_events(plan)
    if entries <= JOURNAL_FITS:
        return "full"
    message = (
        f"a journal of every order, departure and arrival may have {entries / 1e6:.0f} million entries, so only key "
        "events are kept; ask for all (--journal full) if you need them, or make the period shorter"
    )
    loaded.notes.append(Problem(loaded.document.mark().shown, 0, message))
    return "key"


def table_for(loaded: Loaded, plan: Plan, wanted: bool | str | Sequence[str] | None) -> bool | np.ndarray:
    """What `daily` asks for: all cells, none, or the positions of some; raises ScenarioError for an unknown name."""
    network = plan.network
    if wanted is None:
        size = daily_bytes(plan)
        if size <= DAILY_FITS:
            return True
        message = (
            f"every product at every site on every day would take up to {size / 1e9:.0f} GB, so no daily table is "
            "kept; name the sites whose days you want (--daily), or ask for all"
        )
        loaded.notes.append(Problem(loaded.document.mark().shown, 0, message))
        return False
    if isinstance(wanted, bool) or wanted in ("all", "none"):
        return wanted in (True, "all")
    try:
        sites = select(wanted if isinstance(wanted, str) else list(wanted), network.sites)
    except PlaceError as error:
        raise ScenarioError([Problem("daily", 0, error.message, error.value, error.expected, error.nearest)]) from None
    return np.flatnonzero(np.isin(network.cell_site, sites))


def validate(path: str | Path, strategy: str | None = None, overrides: Mapping[str, Any] | None = None) -> Loaded:
    """Check a scenario and resolve every name in it without running it, the ends of its uncertain values included.

    Raises ScenarioError with all problems.
    """
    loaded = load(Path(path), strategy, overrides)
    compile_plan(loaded)
    check_ends(loaded)
    loaded.notes.extend(_without_range(loaded))
    return loaded


def _without_range(loaded: Loaded) -> list[Problem]:
    """A note on figures of weight that are assumed, and taken as certain all the same."""
    from sim.report.run.evidence import taken_as_certain

    paths = taken_as_certain(loaded)
    if not paths:
        return []
    told, more = ", ".join(paths[:MOST_NAMED]), len(paths) - MOST_NAMED
    what = "1 figure of weight is" if len(paths) == 1 else f"{len(paths)} figures of weight are"
    message = (
        f"{what} assumed and without a range, so bands take them as certain; say how far they are known under "
        f"'uncertain': {told}{f', and {more} more' if more > 0 else ''}"
    )
    return [Problem(loaded.document.mark().shown, 0, message)]
