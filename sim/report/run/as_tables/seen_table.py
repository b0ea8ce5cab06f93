"""Stock as it was told, and how far that was from what was there."""

from __future__ import annotations

import numpy as np

from sim.engine.bound.information import Channel
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.phrases import plural


def told(channel: Channel) -> str:
    """How it was told, in words."""
    words = ["every evening" if channel.every == 1 else f"every {channel.every} days"]
    words += [f"{plural(channel.lag, 'day')} late"] if channel.lag else []
    words += [f"{channel.missing:.0%} missing"] if channel.missing else []
    words += [f"counts off by {channel.error:.0%}"] if channel.error else []
    return ", ".join(words)


def owners(facts: Facts) -> list[str]:
    """How readers know those whose stock is told: parties, and after them all sites without one."""
    parties = facts.outcome.plan.network.parties.by_name.values()
    return [*(party.title for party in parties), "sites without a party"]


def _off(facts: Facts) -> np.ndarray:
    """How far each line was from what there was, as a share of it, over all counted days."""
    seen = facts.outcome.seen
    if seen is None or not seen.seen.size:
        return np.zeros(0)
    off = np.nansum(np.abs(seen.seen - seen.true), axis=0)
    return np.asarray(off / np.maximum(1.0, np.nansum(seen.true, axis=0)))


def furthest(facts: Facts) -> list[int]:
    """Lines of what was told that were not the truth, those first that were furthest from it."""
    off = _off(facts)
    return [line for line in np.argsort(-off, kind="stable").tolist() if off[line] > 0]


def seen_table(facts: Facts) -> Sheet:
    """What was told of whose stock, those lines first that were furthest from the truth."""
    seen, off = facts.outcome.seen, _off(facts)
    goods, titles = facts.outcome.plan.network.products["name"].to_numpy(), owners(facts)
    rows = []
    if seen is not None:
        for line in np.argsort(-off, kind="stable").tolist():
            channel, owner, product = seen.lines[line].tolist()
            rows.append([titles[owner], str(goods[product]), told(seen.channels[channel]), f"{off[line]:.1%}"])
    columns = ["Stock of", "Product", "Told", "Mean difference, of what there was"]
    return Sheet("seen", "Stock as it was told", columns, rows, text_columns=3)
