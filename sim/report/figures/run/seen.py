"""Stock as others were told of it, beside what there was."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.report.figures.bands import bands
from sim.report.figures.style import BLACK, BLUE, date_axis, ends, new_figure, short
from sim.report.run.as_tables.seen_table import furthest, owners, told
from sim.report.run.facts import Facts

MOST = 5
"""Panels, which then fit a printed page."""


def draw(facts: Facts) -> Figure | None:
    """A panel for each line of what was told; None where all was seen as it was."""
    lines, seen = furthest(facts)[:MOST], facts.outcome.seen
    if seen is None or not lines:
        return None
    network, titles = facts.outcome.plan.network, owners(facts)
    figure = new_figure(1.1 + 1.2 * len(lines))
    panels = figure.subplots(len(lines), 1, sharex=True, squeeze=False)[:, 0]
    for axes, line in zip(panels, lines, strict=True):
        first, (channel, owner, product) = axes is panels[0], seen.lines[line].tolist()
        good = str(network.products["name"].iat[product])
        bands(axes, facts, named=first)
        axes.plot(ends(facts), seen.true[:, line], color=BLUE, linewidth=1.4, label="what there was" if first else None)
        axes.plot(
            ends(facts), seen.seen[:, line], color=BLACK, linestyle=(0, (1.5, 1.8)), linewidth=1.2,
            label="what was seen" if first else None,
        )  # fmt: skip
        axes.set_ylim(bottom=0)
        axes.locator_params(axis="y", nbins=3)
        axes.set_ylabel(short(facts.unit(good), 12))
        axes.set_title(f"{short(titles[owner], 40)}: {short(good, 40)} ({told(seen.channels[channel])})", pad=3)
        date_axis(axes, facts, label=axes is panels[-1])
    figure.legend(loc="outside upper left", ncols=3)
    return figure
