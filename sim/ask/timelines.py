"""What happened, as a reviewer tells it: events, decisions, what was seen, stock and shortage on one date axis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from sim.api import run
from sim.output.files import cannot_write, put_text
from sim.report.figures import swim_lanes
from sim.report.figures.style import drawing, to_svg
from sim.report.hindsight.timeline import INFERRED, NO_SOURCE, OBSERVED, SIMULATED, Row, rows_of, table_of
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.run.facts import Facts
from sim.report.sheets import Sheet
from sim.report.words.phrases import listed, plural

PAPER = "A3 landscape"
MOST = 5
"""Rows without a source that are named."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """The timeline of a scenario that was run as it is written."""

    facts: Facts = field(repr=False)

    @cached_property
    def rows(self) -> list[Row]:
        """What is on it, lane by lane."""
        return rows_of(self.facts)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per row: lane, what, from, until (the day after), tag and source."""
        return table_of(self.rows, self.facts)

    def lines(self) -> list[str]:
        """In words: how much of it rests on what."""
        counts = Counter(row.tag for row in self.rows)
        told = listed([f"{counts[tag]} {tag}" for tag in (OBSERVED, INFERRED, SIMULATED) if counts[tag]])
        found = [f"{plural(len(self.rows), 'row')}: {told}."]
        bare = [f"'{row.words}'" for row in self.rows if row.source == NO_SOURCE]
        if bare:
            more = f" and {len(bare) - MOST} more" if len(bare) > MOST else ""
            found.append(f"Without a source: {', '.join(bare[:MOST])}{more}.")
        said = self.facts.loaded.spec.attribution
        found.append(f"What the shortage is put down to, in the reviewers' words: {said or 'not said.'}")
        return found

    def text(self) -> str:
        """The same, one line a sentence."""
        return "\n".join(self.lines())

    def page(self) -> str:
        """The lanes and a table of all rows, as HTML that prints on A3."""
        title = "Events, decisions, stock and shortage"
        with drawing():
            svg = to_svg(swim_lanes.draw(self.facts, self.rows), "lanes", title)
        head = ["Lane", "What", "From", "Until (the day after)", "Tag", "Source"]
        rows = [[str(cell) for cell in row] for row in self.table.itertuples(index=False)]
        sheet = Sheet("timeline", "All rows", head, rows, text_columns=len(head))
        note = "What is simulated is evidence for discussion, not what happened."
        heading = f"Timeline: {self.facts.loaded.spec.title}"
        return page(
            heading, self.lines(), [sheet], [Picture("lanes", title, swim_lanes.KEY, Markup(svg))], [note], PAPER
        )

    def report(self, path: str | Path) -> Path:
        """Write the page, one HTML file that opens offline; returns its path. Raises ScenarioError where it cannot."""
        place = Path(path)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(place, error) from error
        put_text(place, self.page())
        return place


def timeline(
    path: str | Path, strategy: str | None = None, overrides: Mapping[str, Any] | None = None, *, replication: int = 0
) -> Timeline:
    """Run a scenario as it is written, and lay out what happened.

    Parameters
    ----------
    path
        Scenario file.
    strategy, overrides
        Named strategy, or counterfactual, to apply, and values to set on top by dotted path.
    replication
        Which draw of chance.

    Returns
    -------
    Timeline
        Rows, table, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario.
    """
    done = run(
        path, strategy, overrides=overrides, replication=replication, twin=False, without_reserves=False,
        without_decisions=False, detail="none",
    )  # fmt: skip
    return Timeline(Facts(done.loaded, done.outcome, None, done.metrics))
