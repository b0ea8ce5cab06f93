"""Goods waiting at ports."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import BLACK, COLOURS, DASHES, date_axis, ends, new_figure, short, thousands
from sim.report.run.facts import Facts

MOST = 5


def draw(facts: Facts) -> Figure | None:
    """The longest queues; None where no port queued."""
    queue = facts.outcome.record.ports["queue"]
    gates = facts.network.gates
    if not queue.size or not queue.any():
        return None
    longest = np.argsort(-queue.max(axis=0), kind="stable")[:MOST]
    chosen = sorted(int(k) for k in longest if queue[:, k].any())
    figure = new_figure(3.0)
    axes = figure.add_subplot()
    bands(axes, facts, named=True)
    for k, colour, dash in zip(chosen, COLOURS, DASHES, strict=False):
        axes.plot(ends(facts), queue[:, k], color=colour, linestyle=dash, label=short(gates[k].name, 40))
    if facts.twin is not None:
        undisturbed = facts.twin.record.ports["queue"][:, chosen]
        axes.plot(
            ends(facts), undisturbed.max(axis=1), color=BLACK, linestyle=":", linewidth=1,
            label="longest of these without disruptions",
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_ylabel("Waiting (handling units)")
    thousands(axes)
    date_axis(axes, facts)
    figure.legend(loc="outside upper left", ncols=3)
    return figure
