"""What each party has left of its claim on a reserve, and what it owes, over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.books.claim_book import ClaimRecord
from sim.report.figures.bands import bands
from sim.report.figures.style import (
    COLOURS,
    DASHES,
    HIGHEST,
    WIDTH,
    date_axis,
    ends,
    legend,
    new_figure,
    short,
    thousands,
)
from sim.report.run.facts import Facts
from sim.report.words.names import shown_name

MOST, MOST_PARTIES = 3, 6


def draw(facts: Facts) -> Figure | None:
    """Two panels for each reserve with claims, what is left and what is owed; None where there is none."""
    found = sorted(facts.outcome.claims.items(), key=lambda one: (-int(one[1].bound.size.sum()), one[0]))[:MOST]
    if not found:
        return None
    specs = {plan.name: plan.spec for plan in facts.outcome.plan.reserves}
    figure = new_figure(min(HIGHEST, 1.2 + 1.9 * len(found)), WIDTH)
    panels = figure.subplots(len(found), 2, sharex=True, squeeze=False)
    for number, ((name, record), (left, owed)) in enumerate(zip(found, panels, strict=True)):
        title = short(shown_name(name, specs[name]), 30)
        _panel(left, facts, record, record.claim, f"{title}: left of each claim", first=not number)
        _panel(owed, facts, record, record.owed, f"{title}: owed", first=False)
        for axes in (left, owed):
            date_axis(axes, facts, label=number == len(found) - 1)
    legend(figure, ncols=4)
    return figure


def _panel(axes: Axes, facts: Facts, record: ClaimRecord, units: np.ndarray, title: str, first: bool) -> None:
    """A line for each party, all products together, the largest claims first; others are left out."""
    bound, titles = record.bound, facts.outcome.plan.network.parties.titles
    bands(axes, facts, named=first)
    claims = np.bincount(bound.party, bound.size, len(bound.parties))
    shown = [k for k in np.argsort(-claims, kind="stable").tolist() if claims[k]][:MOST_PARTIES]
    for number, party in enumerate(shown):
        name = short(titles.get(bound.parties[party], "what nobody claims"), 24)
        axes.step(
            ends(facts), units[:, bound.party == party].sum(axis=1), where="pre", color=COLOURS[number],
            linestyle=DASHES[number], label=name,
        )  # fmt: skip
    most = max((int(units[:, bound.party == party].sum(axis=1).max()) for party in shown), default=0)
    axes.set_ylim(0, 1.08 * max(1, most))
    axes.set_ylabel("Units")
    axes.set_title(title)
    thousands(axes)
