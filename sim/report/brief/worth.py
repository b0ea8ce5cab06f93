"""What money buys: the cost of a run against harm, for every option."""

from __future__ import annotations

import numpy as np

from sim.report.brief.context import Context, how_many, middle
from sim.report.brief.parts import Section
from sim.report.figures.study.worth import Mark, Panel, draw
from sim.report.study.comparison import records
from sim.study.design.measures import ALL, COST
from sim.study.infer.frontier import FRONTIER, status


def worth(it: Context) -> list[Section]:
    """The picture, where the measure is one of which less is better and anything has a price."""
    if it.measure.name == COST or it.measure.better != "lower":
        return []
    panels = [panel for scenario in it.scenarios if (panel := _panel(it, scenario)) is not None]
    if not panels:
        return []
    caption = (
        f"Cost of the whole run ({it.currency}): what is bought, moved and held, and what is taken out of reserves. "
        "Down and left is better; of two that cannot be told apart the dearer is not worth its price."
    )
    figure = draw(panels, f"{it.measure.label} ({it.unit})", f"Cost ({it.currency})", how_many(it.result.number))
    return [Section("What money buys", figures=[("Cost against harm", caption, figure)])]


def _panel(it: Context, scenario: str) -> Panel | None:
    rows = it.result.kept
    mine = rows[(rows["scenario"] == scenario) & (rows["measure"] == COST) & (rows["breakdown"] == ALL)]
    costs = mine.pivot(index="replication", columns="strategy", values="value").mean()
    harm, names = it.draws(scenario), list(it.options)
    if costs.empty or not costs.abs().sum():
        return None
    alike = [row["strategy"] for row in records(it.result.standing, scenario=scenario) if row["together"]]
    alike = [name for name in names if name in alike] if len(alike) > 1 else []
    dearer = set(alike) - ({min(alike, key=lambda name: costs[name])} if alike else set())
    judged = [name for name in names if name not in dearer]
    kinds = status(np.array([costs[name] for name in judged]), np.array([harm[name].mean() for name in judged]))
    good = {name for name, kind in zip(judged, kinds, strict=True) if kind == FRONTIER}
    marks = [
        Mark(it.letters[name], it.name(name), float(costs[name]), float(harm[name].mean()), middle(harm[name]),
             name in good, name in alike) for name in names
    ]  # fmt: skip
    return Panel(it.scenario(scenario), marks)
