"""Runs, or strategies of a scenario, set side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from sim import __version__
from sim.api import run
from sim.ask.answer import Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.ask.folders import Kept, comparable, days_of, read_run, rows_of, side_by_side_measures
from sim.output.files import put_text
from sim.output.holding import HOLDS, in_words
from sim.output.names import file_name, typed
from sim.output.place import named, place_for
from sim.report.compare.beside import LETTERS, Beside, Option, changes
from sim.report.compare.page import compare_page
from sim.report.compare.spent import spent
from sim.report.compare.words import at_end, differences, how_sure, lead
from sim.report.run.as_tables.tables import metrics_table
from sim.report.words.names import strategy_name, told_apart, what_it_is
from sim.scenario.reading.files import scenario_hash, tables_hash
from sim.study.design.case import case_of
from sim.study.infer.ending import endings
from sim.study.infer.side_by_side import side_by_side
from sim.study.run.bench import Bench, Subject, to_one_end
from sim.study.run.store import table_files

AS_WRITTEN = "as-is"
"""Among strategies: the scenario as it stands."""
NAME, KIND = "compare", "comparison"


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """Options set side by side.

    Attributes
    ----------
    beside
        The options, their figures and draws.
    folder
        Where the page and the table were kept, None where they were not.
    """

    beside: Beside = field(repr=False)
    folder: Path | None = None

    @property
    def table(self) -> pd.DataFrame:
        """One row per measure, group and option after the first; see `sim.study.infer.side_by_side`."""
        return self.beside.table

    @property
    def changes(self) -> list[tuple[str, list[str]]]:
        """(dotted path, value under each option) of everything in which the options differ."""
        return changes(self.beside.options)

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        found = [f"{option.letter}: {option.name}" for option in self.beside.options]
        found += at_end(self.beside)
        found += [f"Cannot be compared: {line}" for line in self.beside.apart]
        drawn = " in this draw" if self.beside.draws == 1 else ""
        for option in self.beside.others:
            found.append(lead(self.beside, option))
            for verdict, lines in differences(self.beside, option).items():
                found += [f"  {verdict}{drawn}: {line}" for line in lines]
            found += spent(self.beside, option)
        return [*found, how_sure(self.beside)]

    def text(self) -> str:
        """The answer in words, one line a sentence."""
        return "\n".join(self.lines())

    def page(self) -> str:
        """The page, as HTML."""
        return compare_page(self.beside)

    def report(self, path: str | Path) -> Path:
        """Write the page, one HTML file that opens offline; returns its path. Raises ScenarioError where it cannot."""
        place = Path(path)
        put_text(place, self.page())
        return place


def compare(
    *what: str | Path,
    strategies: Sequence[str] = (),
    overrides: Mapping[str, Any] | None = None,
    replications: int = 1,
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Comparison:
    """Set runs, or strategies of one scenario, side by side: the first is what the others are compared with.

    Parameters
    ----------
    what
        Folders of runs, or all of them of many draws (`sim.run_many`); or one scenario file, with `strategies`.
    strategies
        Names of strategies of the scenario; "as-is": the scenario as it stands.
    overrides
        Values to set by dotted path, the same for all strategies.
    replications
        Draws of luck and of what is not known, the same for all strategies. One: a single run of each, from which
        nothing can be told for certain.
    workers, scheduler, out, progress, replace
        As for `causes`.

    Returns
    -------
    Comparison
        Figures, words and page.

    Raises
    ------
    ScenarioError
        With every fault of files, folders and arguments; also where nothing of the runs can be compared.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    options = [str(option) for option in (strategies or what)]
    argument = "strategies" if strategies else "what"
    if len(options) != len(set(options)):
        arguments.refuse(argument, "the same one is there twice", ", ".join(options))
    if not 2 <= len(options) <= len(LETTERS):
        expected = f"2 to {len(LETTERS)} of them: folders of runs, or one scenario file with strategies"
        arguments.refuse(argument, "this many cannot be set side by side", len(options), expected)
    if strategies and len(what) != 1:
        arguments.refuse("what", "strategies are those of one scenario file", ", ".join(map(str, what)), "one file")
    if not strategies and (replications != 1 or overrides):
        arguments.refuse("strategies", "folders hold runs that are made already", None, "strategies of a scenario file")
    arguments.check()
    if strategies:
        return _of_strategies(Path(what[0]), options, dict(overrides or {}), means, arguments)
    return _of_folders([Path(place) for place in what], means)


def _of_folders(places: Sequence[Path], means: Means) -> Comparison:
    kept = [read_run(place, letter) for place, letter in zip(places, LETTERS, strict=False)]
    rows, products, apart, notes = comparable(kept)
    options = tuple(
        Option(letter, f"{_named(one)} ({one.place})", one.name, one.data)
        for one, letter in zip(kept, LETTERS, strict=False)
    )
    first, letters = kept[0].manifest, [option.letter for option in options]
    days = pd.concat([one.days for one in kept], ignore_index=True)
    if any(one.days.empty for one in kept):
        days = days[:0]
        notes = [*notes, "No pictures by week: not every run kept its daily table."]
    beside = Beside(
        title=str(first.get("title", first.get("scenario"))), options=options, table=side_by_side(rows, letters),
        rows=rows, days=days[days["product"].isin(list(products))], draws=kept[0].draws, start=_date(first, "start"),
        end=_date(first, "end"), products=products, currency=str(first.get("currency", "")), apart=tuple(apart),
        ending=endings(rows), notes=tuple(notes), command=f"tideover compare {' '.join(map(typed, places))}",
    )  # fmt: skip
    told = ("scenario_hash", "tables_hash", "strategy", "seed", "replication", "tideover")
    names = [place.resolve().name for place in places]
    about = {
        HOLDS: f"comparison of {' and '.join(names)}",
        "options": [{k: one.manifest.get(k) for k in told} for one in kept],
    }
    return _kept(lambda _: beside, means, about, Path("reports") / file_name("-".join([NAME, *names])))


def _named(one: Kept) -> str:
    """What a run's folder holds, its strategy by its title."""
    text, title = one.name, one.manifest.get("strategy_title")
    return text.replace(f"strategy {one.manifest.get('strategy')}", f"'{title}'", 1) if title else text


def _date(manifest: Mapping[str, Any], key: str) -> dt.date:
    return dt.date.fromisoformat(str(manifest.get(key, "1970-01-01"))[:10])


def _of_strategies(
    file: Path, strategies: list[str], overrides: dict[str, Any], means: Means, arguments: Arguments
) -> Comparison:
    asked = [arguments.subject(file, None if name == AS_WRITTEN else name, overrides, means.replications)
             for name in strategies]  # fmt: skip
    arguments.check()
    subjects = to_one_end([subject for subject in asked if subject is not None])
    spec, document = subjects[0].loaded.spec, subjects[0].loaded.document
    shown = told_apart({name: strategy_name(one.loaded) for name, one in zip(strategies, subjects, strict=True)})
    options = tuple(
        Option(
            letter,
            shown[name],
            name,
            subject.loaded.document.data,
            what_it_is(subject.loaded.document.strategies.get(name)),
        )
        for letter, name, subject in zip(LETTERS, strategies, subjects, strict=False)
    )

    def make(bench: Bench) -> Beside:
        rows, days, ending = _one_draw(subjects) if bench.replications == 1 else _many_draws(subjects, bench)
        return Beside(
            title=spec.title, options=options, table=side_by_side(rows, [option.letter for option in options]),
            rows=rows, days=days, draws=bench.replications, start=spec.start, end=subjects[0].loaded.spec.until,
            products={name: product.unit for name, product in spec.products.items()}, currency=spec.costs.currency,
            ending=ending.sort_values("strategy"),
            command=f"tideover compare {typed(file)} --strategies {','.join(strategies)} -n {bench.replications}",
        )  # fmt: skip

    told = in_words(spec.scenario, None, overrides, f"comparison of {', '.join(strategies)}")
    hashes = {"scenario_hash": scenario_hash(document), "tables_hash": tables_hash(document)}
    about = {HOLDS: told, "strategies": strategies, "settings": overrides, **hashes}
    return _kept(make, means, about, named(spec.scenario, None, overrides, "-".join([NAME, *strategies])))


Drawn = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]
"""Rows, days, and how the draws ended."""


def _one_draw(subjects: Sequence[Subject]) -> Drawn:
    """A single run of each; beside its twin where that tells whether what is unmet at the end is routine."""
    rows, days = [], []
    for letter, subject in zip(LETTERS, subjects, strict=False):
        done = run(subject.loaded, twin=False, without_reserves=False, detail="none")
        if done.metrics["unmet_at_end"].value:
            done = run(subject.loaded, without_reserves=False, without_decisions=False, detail="none")
        rows.append(rows_of(metrics_table(done.metrics), letter))
        if done.outcome.record.table is not None:
            days.append(days_of(done.daily, letter))
    whole = len(days) == len(subjects)
    empty = pd.DataFrame(columns=["strategy", "replication", "day", "product", "unmet"])
    together = pd.concat(rows, ignore_index=True)
    return together, pd.concat(days, ignore_index=True) if whole else empty, endings(together)


def _many_draws(subjects: Sequence[Subject], bench: Bench) -> Drawn:
    """Many draws, the same for each."""
    looked_at = side_by_side_measures()
    cases = [
        case_of(subject.loaded, looked_at, (subject.labels[0], letter, ""), plan=subject.plan, twin=False, daily=True)
        for letter, subject in zip(LETTERS, subjects, strict=False)
    ]
    rows = bench.rows(cases)
    read = [bench.store.read(case, bench.replications, "daily") for case in cases]
    days: pd.DataFrame = pa.concat_tables(read).to_pandas()
    return rows, days, bench.endings([replace(case, labels=(*case.labels[:2], case.labels[1])) for case in cases])


def _kept(make: Callable[[Bench], Beside], means: Means, about: dict[str, Any], place: Path) -> Comparison:
    """The comparison, with its page and its table where they are to be kept."""
    about = {**about, "tideover": __version__, "replications": means.replications}
    folder = None if means.out is None else place if means.out is True else Path(means.out)
    if means.out is True and not means.replace:
        folder = place_for(place, KIND, {"question": KIND, **about})
    with means.bench(KIND, folder, about, [*table_files(NAME), f"{NAME}.html"]) as bench:
        beside = make(bench)
        bench.store.answer(NAME, beside.table)
        bench.store.page(f"{NAME}.html", compare_page(beside))
    return Comparison(beside=beside, folder=folder)
