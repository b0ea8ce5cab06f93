"""The columns of the tables that a replay writes, each declared here, and only here; see `sim.output.columns`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.output.column import Column, Table

SERIES_UNIT = "as the series"
SERIES = Column("series", "text", "", "the series, by its name")
DATE = Column("date", "date", "", "the last day that the point is about")
TELLERS = {
    "model": "the draws of the model, error of a survey included",
    "persistence": "persistence, empty of points that are not held out",
    "naive": "1 - share x cut, empty where the series has none",
}
"""Who tells of a point, and what that is."""


def _bands() -> Iterator[Column]:
    for name, meaning in TELLERS.items():
        yield Column(name, "number", SERIES_UNIT, f"median of {meaning}")
        for share in (50, 80, 95):
            for end in ("low", "high"):
                told = f"{'lower' if end == 'low' else 'upper'} end of the band of {share}%, empty from too few draws"
                yield Column(f"{name}_{end}_{share}", "number", SERIES_UNIT, told)


SCORES = Table(
    "a score of a part of a series",
    "always",
    (
        SERIES,
        Column(
            "part", "text", "", "`training` and `held out` points where some are held out; else, and of turns, `all`"
        ),
        Column("teller", "text", "", "whose score it is: `model`, `persistence` or `naive`"),
        Column("against", "text", "", "of a ratio of scores, the guess that it is beside; else empty"),
        Column("score", "text", "", "the score; [what each is](scores.md)"),
        Column("value", "number", "as in `unit`", "the score; empty where it is not defined"),
        Column("low", "number", "as in `unit`", "lower end of its interval, empty where it has none"),
        Column("high", "number", "as in `unit`", "upper end of its interval"),
        Column("n", "whole number", "points", "that it rests on, of dates draws"),
        Column("unit", "text", "", "of the value"),
    ),
)
POINTS = Table(
    "a point of a series",
    "always",
    (
        SERIES,
        DATE,
        Column("begins", "date", "", "the first day that the point is about"),
        Column("observed", "number", SERIES_UNIT, "the value; of an event its day, counted from the start"),
        Column("asked", "whole number", "sites", "asked in a survey, 0 where there was none"),
        Column("held_out", "yes or no", "", "whether no fit is to see it"),
        *_bands(),
        Column("source", "text", "", "where it was read"),
        Column("quality", "text", "", "of the source"),
        Column("unit", "text", "", "of the series"),
    ),
)
DRAWN = Table(
    "a point of a series in a draw",
    "always, as `.parquet` alone",
    (
        SERIES,
        DATE,
        Column("draw", "whole number", "draws", "the draw, from 0"),
        Column("figure", "number", SERIES_UNIT, "the run's figure; empty where it has none, as where nothing happened"),
        Column("seen", "number", SERIES_UNIT, "the same as a survey of so many would have it; of an event that never "
               "came the day after the last"),
    ),
)  # fmt: skip
REPLAY_TABLES: Mapping[str, Table] = {"scores": SCORES, "points": POINTS, "drawn": DRAWN}
"""By name, as `tideover query` knows them."""
