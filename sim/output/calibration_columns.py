"""The columns of the tables that a calibration writes, each declared here, and only here; see `sim.output.columns`."""

from __future__ import annotations

from collections.abc import Mapping

from sim.output.column import Column, Table

UNKNOWN = Column("unknown", "text", "", "the figure that is fitted, by its path")
LEVEL = Column("level", "number", "share", "of its declared range below that value; empty of the value as written")
NO_BAND = "empty where fewer than 50 draws were accepted"

CALIBRATED = Table(
    "a figure that is fitted",
    "always",
    (
        UNKNOWN,
        Column("declared", "text", "", "its range in the scenario"),
        Column("written", "text", "", "its value in the scenario, or the median of the range"),
        Column("best", "text", "", "its value in the best fit; empty where there was no time for one"),
        Column("start_1", "text", "", "where the first start ended"),
        Column("start_2", "text", "", "where the second start ended"),
        Column("apart", "number", "share", "of the declared range between both; of a list 0 if the same, 1 if not"),
        Column("median", "text", "", f"of the accepted draws, {NO_BAND}"),
        Column("low_80", "text", "", f"lower end of their band of 80%, {NO_BAND}"),
        Column("high_80", "text", "", f"upper end of it, {NO_BAND}"),
        Column("width", "number", "ratio", "of that band beside that of the declared range; above 0.8 the data could "
               "not tell"),
    ),
)  # fmt: skip
PAIRS = Table(
    "two figures that are fitted",
    "where two or more are fitted and there is a band",
    (
        Column("one", "text", "", "the first, by its path"),
        Column("other", "text", "", "the second"),
        Column("correlation", "number", "ratio", "rank correlation of their values in the accepted draws"),
    ),
)
TRIALS = Table(
    "a trial of the best fit, and a figure",
    "where there was time for it",
    (
        Column("start", "text", "", "`start 1` or `start 2`; `as written` for the values in the scenario"),
        Column("trial", "whole number", "trials", "the trial, that of the values as written being 0"),
        Column("score", "number", "as of the median draw", "mean score over series; empty where it could not be run"),
        UNKNOWN,
        Column("value", "text", "", "the value that was tried"),
        LEVEL,
    ),
)
DRAWS = Table(
    "a draw of the declared ranges, and a figure",
    "always, as `.parquet` alone",
    (
        Column("draw", "whole number", "draws", "the draw, from 0: that of `tideover replay` of the same number"),
        Column("distance", "number", "as of the median draw", "how far it is from what was observed"),
        Column("accepted", "yes or no", "", "whether it is among the nearest"),
        UNKNOWN,
        Column("value", "text", "", "the value that was drawn"),
        LEVEL,
    ),
)
CALIBRATION_TABLES: Mapping[str, Table] = {
    "calibrated": CALIBRATED,
    "pairs": PAIRS,
    "trials": TRIALS,
    "draws": DRAWS,
}
"""By name, as `tideover query` knows them."""
