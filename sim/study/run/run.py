"""A study from file to answers: rounds of replications until it is precise enough, then the tables."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import dataclass
from dataclasses import replace as with_other
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim import __version__
from sim.output.holding import HOLDS
from sim.output.names import default_folder
from sim.output.place import place_for
from sim.study.design.design import Design, harm_of, read_study
from sim.study.design.fingerprint import program
from sim.study.design.measures import parse_measure
from sim.study.design.spec import Replications
from sim.study.infer import compare, frontier, losers, spread, standing, worth
from sim.study.infer.alarm_scores import alarm_scores
from sim.study.infer.ending import endings, recovered
from sim.study.infer.ranking import Selection
from sim.study.run.draws import levels
from sim.study.run.executors import Crew
from sim.study.run.recovery import PILOT, next_end
from sim.study.run.replicate import Failure, Progress, replicate
from sim.study.run.store import Store, table_files
from sim.study.run.task import ROWS
from sim.units import parse_share

ANSWERS = (
    "ending",
    "alarms",
    "standing",
    "losses",
    "summary",
    "comparisons",
    "best",
    "regret",
    "fan",
    "frontier",
    "variance",
    "unknowns",
    "worth",
)
"""Tables that a study leaves, properties of its result."""
PAGES = ("study.html", "brief.html", "brief.docx", "tables.xlsx")
"""What may be made of them."""
GROWTH = 1.5
"""Most that a round multiplies the replications by, and what it does where it cannot tell how many are needed."""


@dataclass(frozen=True)
class StudyResult:
    """A finished study. Tables are pandas; their columns are told in `sim.study.infer.compare`."""

    design: Design
    folder: Path
    replications: pd.DataFrame
    """one row per scenario, strategy, replication, measure and group"""
    daily: pd.DataFrame
    """one row per scenario, strategy, replication, day and product; empty unless the study keeps it"""
    number: int
    """replications of each case"""
    failures: tuple[Failure, ...]
    precise: bool
    """whether the precision asked for was reached; true where none was"""
    again: pd.DataFrame
    """rows of the reference under the same unknowns, by other luck; empty where nothing is uncertain"""
    kept: pd.DataFrame
    """as `replications`, with what is kept of every run beside what the study measures"""

    @cached_property
    def ending(self) -> pd.DataFrame:
        """How the draws of each scenario and strategy ended; see `sim.study.infer.ending`."""
        return endings(self.kept)

    @cached_property
    def alarms(self) -> pd.DataFrame:
        """How well each alarm warned; see `sim.study.infer.alarm_scores`."""
        return alarm_scores(self.kept, self.design.spec.confidence)

    @cached_property
    def unsettled(self) -> tuple[str, ...]:
        """Scenarios of which nothing can be called best: draws are still short at the end, and no reason is given why
        that is enough."""
        if self.design.spec.end_is_enough is not None:
            return ()
        return _unsettled(self.ending)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Each strategy by itself."""
        spec = self.design.spec
        return compare.summarise(self.replications, self.design.strategies, spec.confidence, spec.tail)

    @cached_property
    def comparisons(self) -> pd.DataFrame:
        """Paired differences, with intervals and verdicts."""
        design = self.design
        return compare.compare(self.replications, design.strategies, design.pairs, design.spec.confidence)

    @cached_property
    def standing(self) -> pd.DataFrame:
        """How each strategy stands to the one with the best mean; of scenarios that are not settled as far as told."""
        design, best = self.design, self.design.spec.best
        room = 0.0 if best is None else best.indifference
        return standing.standings(self.kept, design.main, design.strategies, room, design.spec.confidence)

    @cached_property
    def losses(self) -> pd.DataFrame:
        """Who would be better off under another strategy; see `sim.study.infer.losers`."""
        design = self.design
        return losers.losses(self.kept, harm_of(design.spec), design.strategies, design.spec.confidence)

    @cached_property
    def best(self) -> pd.DataFrame:
        """Probability of being best and regret, NaN where nothing is settled; `selected` marks what Kim and Nelson's
        procedure picked, where nothing else is too near to be told apart."""
        table = compare.rank(self.replications, self.design.strategies)
        picked = {
            (scenario, self.design.spec.best.measure, self.design.strategies[selection.best])
            for scenario, selection in self.selection.items()
            if self.design.spec.best is not None
            and selection.best is not None
            and self._alone(scenario, self.design.strategies[selection.best])
        }
        if not table.empty:
            keys = zip(table["scenario"], table["measure"], table["strategy"], strict=True)
            table["selected"] = [key in picked for key in keys]
        if self.unsettled and not table.empty:
            table = table.assign(probability_best=np.nan, regret=np.nan, selected=False)
        return table

    def _alone(self, scenario: str, strategy: str) -> bool:
        """Whether everything else in a scenario is told to be worse than a strategy."""
        mine = self.standing[self.standing["scenario"] == scenario]
        return set(mine.loc[mine["together"], "strategy"]) == {strategy}

    @cached_property
    def regret(self) -> pd.DataFrame:
        """Largest regret over the scenarios, and the strategy with the smallest."""
        return compare.minimax_regret(self.best.iloc[: 0 if self.unsettled else None])

    @cached_property
    def selection(self) -> dict[str, Selection]:
        """Scenario -> what the procedure of the study's `best` came to; empty where it has none."""
        return _selection(self.design, self.replications)

    @cached_property
    def frontier(self) -> pd.DataFrame:
        """Cost against units short and stockout days: what is dominated, and ICERs along the frontier; empty where
        nothing is settled."""
        return frontier.frontier(self.replications.iloc[: 0 if self.unsettled else None], self.design.strategies)

    @cached_property
    def variance(self) -> pd.DataFrame:
        """How much of each measure's spread under the reference comes from not knowing, the rest being luck."""
        return spread.variance(self.replications, self.again)

    @cached_property
    def unknowns(self) -> pd.DataFrame:
        """Which unknown the main measure follows under the reference."""
        base, design = self.design.spec.reference, self.design
        known = {case.labels[0]: levels(design.loaded[case.labels[0], base], self.number) for case in design.again}
        rows = self.replications[self.replications["scenario"].isin(list(known))]
        return spread.unknowns(rows, self.again, known, [design.main.name])

    @cached_property
    def worth(self) -> pd.DataFrame:
        """What of the study's ladder the other strategies are worth; empty where it has none, or nothing is settled."""
        spec, design = self.design.spec, self.design
        rows = self.replications.iloc[: 0 if self.unsettled or spec.worth is None else None]
        measure, ladder = ("", {}) if spec.worth is None else (spec.worth.measure, spec.worth.ladder)
        return worth.worth(rows, measure, ladder, design.strategies, spec.confidence)

    @property
    def fan(self) -> pd.DataFrame:
        """Quantiles of each day's unmet demand over replications."""
        return compare.fan(self.daily)


def run_study(
    path: str | Path | Design,
    out: str | Path | None = None,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    replications: int | None = None,
    replace: bool = False,
) -> StudyResult:
    """Run a study, or go on with one that was interrupted, and leave its tables in `out` (default reports/STUDY).

    `workers` are processes (default: one a processor; 1: this process), `scheduler` the address of a Dask cluster to
    use instead; neither changes a byte of the results. `progress` is called with the share of the present round that
    is done. `replications` is a number instead of what the study says. A folder that holds another study, or this one
    as it was before its file was changed, is kept: as `out` it is refused, below `reports` the new one gets a number;
    with `replace` its place is taken, and finished replications that are still asked for are not made again.

    Raises ScenarioError with everything that is wrong with the input. Replications that fail are told in the result,
    and tried again when the study is run again.
    """
    design = path if isinstance(path, Design) else read_study(path)
    if replications is not None:
        times = Replications(at_least=replications, at_most=replications)
        design = with_other(design, spec=design.spec.model_copy(update={"replications": times}))
    manifest = _manifest(design)
    folder = Path(out) if out is not None else default_folder(design.spec.study)
    if out is None and not replace:
        folder = place_for(folder, "study", manifest)
    store = Store(folder, "study", manifest, replace)
    names = [*table_files(*ANSWERS), *PAGES]
    cases = (*design.cases, *design.again)
    with Crew(workers, scheduler) as crew, store.opened(_json(manifest), names, cases):
        wanted = design.spec.replications
        number = min(PILOT, wanted.at_least) if design.recovering else wanted.at_least
        while True:
            failures = replicate((*design.cases, *design.again), number, store, crew, progress)
            rows = table(design, store, number)
            if ends := _later_ends(design, rows):
                design = design.ending(ends)
                continue
            if number < wanted.at_least:
                number = wanted.at_least
                continue
            further = _further(design, rows, number)
            if further is None or number >= wanted.at_most:
                break
            number = min(further, wanted.at_most)
        cases = (*design.cases, *design.again)
        store.finish(cases, number)
        days = table(design, store, number, "daily") if design.spec.daily else table(design, store, 0, "daily")
        again = pa.concat_tables([ROWS.empty_table(), *(store.read(case, number) for case in design.again)])
        asked = rows[_asked(design, rows)].reset_index(drop=True)
        result = StudyResult(
            design, store.folder, asked, days, number, tuple(failures), further is None, again.to_pandas(), rows
        )
        _write_answers(result, store, manifest)
    return result


def table(design: Design, store: Store, number: int, kind: str = "replications") -> pd.DataFrame:
    """All rows of a study below a number of replications, in the order of its cases."""
    found: pd.DataFrame = pa.concat_tables([store.read(case, number, kind) for case in design.cases]).to_pandas()
    return found


def _asked(design: Design, rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are of what the study measures, the others being kept beside them."""
    names = {(measure.name, measure.breakdown) for measure in design.measures}
    pairs = zip(rows["measure"], rows["breakdown"], strict=True)
    return pd.Series([pair in names for pair in pairs], index=rows.index, dtype=bool)


def _later_ends(design: Design, rows: pd.DataFrame) -> dict[str, dt.date]:
    """Scenario -> the end to go on to, of those that end with recovery and have not come to it.

    Depends on the rows alone, as `_further` does.
    """
    found = {}
    for name in design.recovering:
        start, until = design.loaded[name, design.strategies[0]].spec.start, design.until(name)
        later = next_end(start, until)
        if later is not None and not recovered(rows[rows["scenario"] == name]):
            found[name] = later
    return found


def _unsettled(found: pd.DataFrame) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.loc[~found["settled"].astype(bool), "scenario"]))


def _further(design: Design, rows: pd.DataFrame, number: int) -> int | None:
    """How many replications to go on to, or None where the study is as precise as was asked.

    Depends on the rows alone, so that an interrupted study goes the same way.
    """
    wanted, spec = number, design.spec
    for text, amount in spec.replications.until.items():
        measure = parse_measure(text)
        for found, mean in compare.half_widths(rows, measure, design.strategies, design.pairs, spec.confidence):
            target = parse_share(amount) * abs(mean) if isinstance(amount, str) else float(amount)
            if found.n < 2 or not found.half_width <= target:
                ratio = (found.half_width / target) ** 2 if found.n > 1 and target > 0 else math.inf
                wanted = max(wanted, math.ceil(number * min(GROWTH, max(1.0, ratio))), number + 1)
    if any(selection.best is None for selection in _selection(design, rows).values()):
        wanted = max(wanted, math.ceil(number * GROWTH))
    return wanted if wanted > number else None


def _selection(design: Design, rows: pd.DataFrame) -> dict[str, Selection]:
    best = design.spec.best
    if best is None:
        return {}
    first = design.spec.replications.at_least
    return compare.select_best(
        rows, parse_measure(best.measure), design.strategies, best.indifference, best.confidence, first
    )


def _manifest(design: Design) -> dict[str, Any]:
    return {
        HOLDS: f"study {design.spec.study}: {design.spec.title}",
        "study": design.spec.study,
        "title": design.spec.title,
        "file": design.document.mark().shown,
        "asked": design.document.data,
        "replications_at_least": design.spec.replications.at_least,
        "replications_at_most": design.spec.replications.at_most,
        "seeds": design.seeds,
        "cases": [
            {"scenario": case.labels[0], "strategy": case.labels[1], "plan": case.digest, "key": case.key}
            for case in design.cases
        ],
        "tideover": __version__,
        "program": program(),
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _write_answers(result: StudyResult, store: Store, manifest: dict[str, Any]) -> None:
    for name in ANSWERS:
        store.answer(name, getattr(result, name))
    end = {
        "replications": result.number,
        "precise": result.precise,
        "failures": [vars(failure) for failure in result.failures],
    }
    ends = {name: str(result.design.until(name)) for name in result.design.recovering}
    store.mark(_json(manifest | ({"ends": ends} if ends else {}) | end))
