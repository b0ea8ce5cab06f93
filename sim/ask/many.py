"""Many draws of one scenario beside the one run: bands, and where the spread comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.api import Run, manifest_of, run
from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.ask.folders import side_by_side_measures
from sim.metrics.base import METRICS
from sim.report.run.facts import Facts
from sim.report.run.html import render
from sim.report.run.unsure import told
from sim.report.words.words import shown_span
from sim.study.design.measures import MONEY, Measure, parse_measure
from sim.study.infer.spread import enough
from sim.study.run.draws import Draws, draw

FIRST = "units_unmet"
"""The measure of which it is told where the spread comes from, where none is named."""
TABLES = ("bands", "fan", "variance", "unknowns")
DRAWN = {"replications": "by_group", "daily": "daily"}
"""The draws themselves: how tables of them are called, and where they stand in `Draws`."""
KIND, SCENARIO = "replications", "scenario.json"
TOLD = ("scenario", "title", "start", "end", "products", "currency", "seed")
"""What the manifest says of the scenario, so that folders can be compared."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Many(Answer):
    """One run, and what many draws of the same scenario gave.

    Attributes
    ----------
    run
        The run of the scenario as it is written; its luck, and sites that differ, as first drawn.
    draws
        Every draw: `rows` by replication and measure, `daily` totals, and `levels`: how high each unknown was, 0 to 1.
        `bands` has a row per measure: in `low_50` to `high_50` and `low_80` to `high_80` the next draw lies with
        probabilities of 50 and 80 %, empty where the draws are too few (3 and 9), beside the
        `lowest` and the `highest`. `fan` has the same for each day and product, `variance` the share of each
        measure's variance that comes from not knowing, `unknowns` the part of each unknown in it.
    """

    run: Run = field(repr=False)
    draws: Draws = field(repr=False)

    @property
    def facts(self) -> Facts:
        """The run as the report reads it."""
        one = self.run
        return Facts(one.loaded, one.outcome, one.twin, one.metrics, one.without_reserves, one.without_decisions)

    def band(self, measure: str, share: int = 80) -> tuple[float, float]:
        """The band of a measure in which the next draw lies with a probability of 50 or 80 percent; NaN from too few
        draws for it.

        Raises
        ------
        KeyError
            Where there is no such measure or band.
        """
        table = self.draws.bands.set_index("measure")
        low, high = (table[f"{end}_{share}"].to_dict()[measure] for end in ("low", "high"))
        return float(low), float(high)

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        found = []
        for row in self.draws.bands.to_dict("records"):
            measure = Measure(row["measure"])
            if measure.name in (FIRST, "fill_rate", self.draws.measures[0].name):
                unit = self.counted.unit(measure)
                if enough(row["n"], 0.8):
                    words = f"in four of five draws {shown_span(row['low_80'], row['high_80'], unit)}"
                elif row["n"]:
                    span = shown_span(row["lowest"], row["highest"], unit)
                    words = f"no band of four in five from so few draws; the {row['n']} lie between {span}"
                else:
                    words = "no draw has it"
                found.append(f"{measure.label}: {words}.")
        return [*found, *told(self.facts, self.draws)]

    def page(self) -> str:
        """The report of the run, with the bands of the draws, as HTML."""
        return render(self.facts, self.run.manifest | {"replications": self.replications}, None, self.draws)


def run_many(
    path: str | Path,
    strategy: str | None = None,
    seed: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    replications: int = 40,
    measures: Sequence[str] = (),
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Many:
    """Run a scenario once as it is written, and many times with everything drawn that is uncertain, by fresh luck.

    Where anything is uncertain, each draw of it is run by a second draw of luck, which tells how much of the spread is
    luck.

    Parameters
    ----------
    path
        Scenario file.
    strategy, seed, overrides
        As for `sim.run`. A value that is set here is not drawn.
    replications
        Draws.
    measures
        What is looked at, the first of them most closely: whether the spread comes from luck, and which unknown it
        follows. Left out: every metric and cost, and first of all units unmet.
    workers, scheduler, out, progress, replace
        As for `sim.ask.causes`; draws that are in the folder `out` already are not made again.

    Returns
    -------
    Many
        The run, the draws, bands, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments.
    """
    means, arguments = Means(replications, workers, scheduler, out, progress, replace), Arguments()
    names = list(measures) or [FIRST, *(name for name in METRICS if name != FIRST), *MONEY]
    wanted = [arguments.measure("measures", name) for name in names]
    if any(str(measure) != measure.name for measure in wanted):
        arguments.refuse("measures", "no breakdown here", None, "measures in all, such as units_unmet")
    settings = dict(overrides or {}) | ({} if seed is None else {"seed": seed})
    subject = arguments.subject(path, strategy, settings, replications)
    arguments.check()
    assert subject is not None
    about = {key: value for key, value in manifest_of(subject.loaded).items() if key in TOLD}
    with means.asking(subject, KIND, {**about, "measures": names}, TABLES, "report.html", SCENARIO) as bench:
        asked = [parse_measure(str(measure)) for measure in wanted]
        draws = draw(subject, asked if measures else list(dict.fromkeys([*asked, *side_by_side_measures()])), bench)
        one = run(subject.loaded)
        answer = Many(
            subject=subject, replications=replications, folder=means.kept(bench), run=one,
            draws=draws,
        )  # fmt: skip
        for name in TABLES:
            bench.store.answer(name, getattr(draws, name))
        for name, of_draws in DRAWN.items():
            bench.store.keep(name, getattr(draws, of_draws))
        bench.store.page(SCENARIO, json.dumps(subject.loaded.document.data, indent=1, default=str, ensure_ascii=False))
        bench.store.page("report.html", answer.page())
    return answer
