"""One run inside the bands of many draws: stock, what was served and what was not, a row of panels for each product."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.model.goods.counted import in_plural
from sim.report.figures.study.fan import bands
from sim.report.figures.style import BLACK, BLUE, date_axis, legend, new_figure, on, thousands
from sim.report.run.facts import Facts

SHOWN = (("stock", "on_hand", "Stock"), ("served", "served", "Served a day"), ("unmet", "unmet", "Unmet a day"))
"""Column of the fan, figure of the run, and words."""
MOST = 4
"""Products in the picture, those of which most is used."""


def draw(facts: Facts, fan: pd.DataFrame) -> Figure | None:
    """`fan` has the rows of this scenario and strategy, as `sim.study.infer.compare.fan` gives them."""
    known = set(fan["product"])
    products = sorted((p for p in facts.products if p in known), key=lambda p: -facts.usual(p))[:MOST]
    if not products:
        return None
    figure = new_figure(0.9 + 1.9 * len(products), 10.0)
    panels = figure.subplots(len(products), len(SHOWN), sharex=True, squeeze=False)
    for product, row in zip(products, panels.tolist(), strict=True):
        mine = fan[fan["product"] == product]
        days = [on(facts, day) for day in range(facts.days)]
        for axes, (column, figure_of_run, words) in zip(row, SHOWN, strict=True):
            table = mine.pivot(index="day", columns="quantile", values=column)
            for low, high, strength, label in bands(table):
                axes.fill_between(days, table[low], table[high], color=BLUE, alpha=strength, linewidth=0, step="mid",
                                  label=label)  # fmt: skip
            run = np.asarray(facts.daily(figure_of_run, kind="facility", product=product), dtype=float)
            axes.step(days, run, color=BLACK, linewidth=0.9, where="mid", label="this run")
            axes.set_ylim(0, None)
            axes.set_title(f"{words}, {product} ({in_plural(facts.unit(product))})", pad=3)
            thousands(axes)
            date_axis(axes, facts, label=product == products[-1])
    legend(figure, ncols=3, columnspacing=1.2)
    return figure
