"""The course of an epidemic beside the stock of what its cases need."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.model.effects import PatientArrivals
from sim.report.figures.bands import bands
from sim.report.figures.run.cover_over_time import cover
from sim.report.figures.style import BLACK, COLOURS, DASHES, date_axis, ends, new_figure, short, thousands
from sim.report.run.facts import Facts

MOST = 6


def curves(facts: Facts) -> dict[str, np.ndarray]:
    """Cases a day of each place over the counted days, the largest outbreaks first; shape (days,) each."""
    found: dict[str, np.ndarray] = {}
    for impact in facts.impacts:
        for arrivals in impact.arrivals:
            total = found.setdefault(arrivals.place, np.zeros(facts.days))
            total += _counted(facts, arrivals)
    some = [place for place in found if found[place].any()]
    return {place: found[place] for place in sorted(some, key=lambda p: (-found[p].sum(), p))}


def _counted(facts: Facts, arrivals: PatientArrivals) -> np.ndarray:
    days = np.arange(facts.days) - int(np.ceil(arrivals.first))
    inside = (days >= 0) & (days < len(arrivals.cases))
    return np.where(inside, arrivals.cases[np.where(inside, days, 0)] if len(arrivals.cases) else 0.0, 0.0)


def needed(facts: Facts) -> list[str]:
    """Products that the cases need, in order of name."""
    cells = [a.cells for impact in facts.impacts for a in impact.arrivals]
    used = np.unique(facts.network.cell_product[np.concatenate(cells)]) if cells else np.zeros(0, dtype=np.int64)
    return [facts.products[k] for k in used]


def draw(facts: Facts) -> Figure | None:
    """Cases a day by place, above the days of cover of each product that they need; None without an epidemic."""
    places, products = curves(facts), needed(facts)[:MOST]
    if not places:
        return None
    figure = new_figure(4.6)
    above, below = figure.subplots(2, 1, sharex=True)
    bands(above, facts, named=True)
    for (place, cases), colour, dash in zip(places.items(), COLOURS, DASHES, strict=False):
        above.plot(ends(facts), cases, color=colour, linestyle=dash, label=short(place, 24))
    if len(places) > MOST:
        above.plot(ends(facts), np.sum(list(places.values()), axis=0), color=BLACK, linewidth=1, label="all places")
    above.set_ylim(bottom=0)
    above.set_ylabel("Cases a day")
    thousands(above)
    date_axis(above, facts, label=False)
    above.legend(loc="upper left", ncols=2)
    bands(below, facts)
    for product, colour, line in zip(products, COLOURS, DASHES, strict=False):
        below.plot(ends(facts), cover(facts, product), color=colour, linestyle=line, label=short(product, 30))
    below.set_ylim(bottom=0)
    below.set_ylabel("Cover (days)")
    date_axis(below, facts)
    below.legend(loc="upper right", ncols=2)
    return figure
