"""A policy brief: two pages for who decides, every figure taken from the study, and a technical annex; a third page
where the study asks what joining a pool is worth.

While draws are still short at the end, one page takes its place that gives no answer.
"""

from __future__ import annotations

import pandas as pd

from sim.engine.plan import Plan
from sim.report.brief import answering, withheld
from sim.report.brief.changing import what_would_change
from sim.report.brief.context import Context
from sim.report.brief.joining import joining
from sim.report.brief.losing import who_loses
from sim.report.brief.money import money
from sim.report.brief.parts import Brief
from sim.report.brief.sure import how_sure
from sim.report.brief.worth import worth
from sim.report.run.stress_des import annex
from sim.report.study.summary import how_made
from sim.report.words.phrases import plural
from sim.study.ask.joining import Joined
from sim.study.run.run import StudyResult

MANY_OPTIONS, MANY_SCENARIOS = 5, 2
"""More of them need smaller type."""


def compose(
    result: StudyResult,
    plan: Plan,
    tried: pd.DataFrame | None = None,
    luck: pd.DataFrame | None = None,
    joined: Joined | None = None,
) -> Brief:
    """The brief of a finished study; `plan` is the compiled plan of its first case, `tried` the strategies with
    uncertain values at their bounds (see `robustness`) and `luck` by luck alone (see `luck_alone`), if anything is
    uncertain; `joined` is what joining the pool that the study names is worth. Call it within `drawing()`."""
    it, spec = Context(result, tried, luck, joined), result.design.spec
    if result.unsettled:
        lead, told, sheets = withheld.LEAD, withheld.told(it), [withheld.sections(it)]
    else:
        lead, told = answering.lead(it), answering.ended(it)
        further = [[part] for part in joining(it)]
        sheets = [
            [answering.answer(it), answering.options(it), how_sure(it), answering.known(it)],
            [who_loses(it), money(it), *worth(it), what_would_change(it)],
            *further,
        ]
    about = f"Study {spec.study}, {plural(result.number, 'draw')} · a model’s figures, not observations"
    return Brief(spec.title, spec.question or "", about, lead, told, sheets, _footer(result), annex(result, plan),
                 bool(result.unsettled),
                 dense=len(it.options) > MANY_OPTIONS or len(it.scenarios) > MANY_SCENARIOS)  # fmt: skip


def _footer(result: StudyResult) -> str:
    design = result.design
    runs = result.number * len(design.cases)
    size = ", ".join(
        [plural(len(design.strategies), "option"), plural(len(design.scenarios), "scenario"), "the same draws for each"]
    )
    more = (
        "This page takes the place of the brief until hardly any draw is short on its last day. "
        if result.unsettled
        else ""
    )
    return (
        f"{plural(runs, 'run')}: {size}. {how_made(result)} {more}The whole study: study.html and the tables beside it."
    )
