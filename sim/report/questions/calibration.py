"""A calibration as sentences, and its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from markupsafe import Markup

from sim.model.chance.unknown import Choice
from sim.report.figures.study import posterior as figure
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.parameters import opening, value_words
from sim.report.words.phrases import count, day_words, listed, plural
from sim.report.words.rounding import number
from sim.study.ask.calibration import Calibrated
from sim.study.ask.fitting import DRAWS
from sim.study.design.observing import Watched
from sim.study.design.parameter import rounded
from sim.study.infer.posterior import APART, FEWEST, TOGETHER, WIDE, weights

PICTURE = (
    "Grey line: what is declared under 'uncertain', as a density. Blue: the accepted draws. Broken lines: the band in "
    "which four of five of them lie. Triangles: where the two searches for the best fit ended."
)
Row = Mapping[str, object]
SHOWN = 4
"""Figures that count of a value in words."""


def on_words(watched: Sequence[Watched]) -> str:
    """What a calibration rests on: `4 points of shelves`, by the names of the series."""
    return listed([f"{plural(len(one.points), 'point')} of {one.series.name}" for one in watched])


def calibration_words(
    found: Calibrated, names: Mapping[str, str], up_to: dt.date, unseen: Sequence[str] = ()
) -> list[str]:
    """What was fitted to what, how many draws came near, each figure, and what the data could not tell; `names` are the
    figures' words."""
    points = sum(len(one.points) for one in found.watched)
    where = plural(len(found.watched), "series", "series")
    lines = [
        f"{plural(len(found.fitted), 'figure')} fitted to {plural(points, 'point')} of {where}, "
        f"the last on {day_words(up_to)}; nothing that is held out was looked at."
    ]
    if unseen:
        lines.append(f"Not looked at, since none of its points lies before what is held out: {listed(unseen)}.")
    lines.append(_accepted(found))
    rows: list[Row] = [{str(key): value for key, value in row.items()} for row in found.calibrated.to_dict("records")]
    lines += [_figure(found, row, names) for row in rows]
    lines += [*_pairs(found, names), *_fit(found, rows, names)]
    if not found.told:
        lines.append("The data tell nothing of any of them, so that no calibrated scenario is written.")
    return lines


def _accepted(found: Calibrated) -> str:
    near, number = found.near, found.effective
    told = (
        f"Of {plural(near.attempted, 'draw')} of the declared ranges the nearest {count(number)} were accepted "
        f"({number / near.attempted:.1%}): effective sample size {count(number)}"
    )
    if found.banded:
        return f"{told}."
    needed = int(np.ceil(near.attempted * FEWEST / number))
    return f"{told}, fewer than {FEWEST}, so that no band is told; about {count(needed)} draws would do (--runs)."


def _shown(value: object) -> str:
    return value_words(rounded(value, SHOWN))


def _figure(found: Calibrated, row: Row, names: Mapping[str, str]) -> str:
    name = opening(names[str(row["unknown"])])
    declared = f"written: {_shown(row['written'])}; declared: {row['declared']}"
    if not found.banded:
        return f"{name}: no band ({declared})."
    width = float(str(row["width"]))
    if width > WIDE:
        return f"{name}: the data could not tell; what is left is {width:.0%} as wide as what is declared ({declared})."
    if likely := _likely(found, str(row["unknown"])):
        return f"{name}: of the accepted draws {likely} ({declared})."
    low, middle, high = (_shown(row[key]) for key in ("low_80", "median", "high_80"))
    return (
        f"{name}: {low} to {high} in four of five accepted draws, half of them up to {middle}; {width:.0%} as wide as "
        f"what is declared ({declared})."
    )


def _likely(found: Calibrated, path: str) -> str:
    """Which values of a list the accepted draws have, the likeliest first; empty of what is no list."""
    unknown = found.fitted[path]
    if not isinstance(unknown, Choice):
        return ""
    shares = weights(unknown, found.near.near[path].to_numpy()).tolist()
    order = sorted(range(len(shares)), key=lambda k: (-shares[k], k))
    return listed([f"{shares[k]:.0%} have {_shown(unknown.values[k])}" for k in order if shares[k] > 0])


def _pairs(found: Calibrated, names: Mapping[str, str]) -> Iterator[str]:
    """Figures of which the data tell only how they go together."""
    for one, two, rho in found.pairs.itertuples(index=False):
        if abs(rho) > TOGETHER:
            how = "high together" if rho > 0 else "one high where the other is low"
            yield (
                f"The {names[str(one)]} and the {names[str(two)]} cannot be told apart: what fits has them {how} "
                f"(rank correlation {number(rho, 2)})."
            )


def _fit(found: Calibrated, rows: Sequence[Row], names: Mapping[str, str]) -> Iterator[str]:
    """The best fit, and how far two starts agree on it."""
    best, before = found.fits.best, found.fits.as_written
    if best is None or best.score is None or before is None:
        yield "There was no time for the best fit; the same command goes on."
        return
    values = listed([f"{names[path]} {_shown(value)}" for path, value in best.values.items()])
    written = "" if before.score is None else f", {before.score:.2f} with the values as written"
    yield (
        f"Best fit of {plural(len(found.fits.trials), 'trial')} by {DRAWS} draws each: {values}. Mean score "
        f"{best.score:.2f}{written}; 1 is as far off as the median draw of what is declared."
    )
    apart = [row for row in rows if float(str(row["apart"])) > APART]
    told = [f"{names[str(r['unknown'])]} ({_shown(r['start_1'])} and {_shown(r['start_2'])})" for r in apart]
    if told:
        yield (
            f"Two starts of that search ended far apart in the {listed(told)}: what the best fit says of that is not "
            "to be trusted."
        )


def calibration_page(found: Calibrated, lines: Sequence[str], names: Mapping[str, str], title: str) -> str:
    """The page as HTML."""
    sheets = [_figures(found, names)]
    if len(found.pairs):
        sheets.append(_together(found, names))
    sheets.append(_series(found))
    with drawing():
        svg = Markup(to_svg(figure.draw(found, names), "posterior", "What is left of each range"))
    pictures = [Picture("posterior", "What is left of each range", PICTURE, svg)]
    notes = ["A fit is no proof: values that tell these points again may be wrong for another crisis."]
    return page(f"What the observed says of what is not known: {title}", lines, sheets, pictures, notes)


def _figures(found: Calibrated, names: Mapping[str, str]) -> Sheet:
    head = ["Figure", "Declared", "As written", "Best fit", "Start 1", "Start 2", "Median", "80% band", "Width"]
    table, rows = found.calibrated, []
    for row in table.to_dict("records"):
        keys = ["written", "best", "start_1", "start_2", "median", "low_80", "high_80"]
        *values, low, high = (str(rounded(row[key], SHOWN)) or "–" for key in keys)
        band = f"{low} to {high}" if found.banded else "–"
        if found.banded and (likely := _likely(found, str(row["unknown"]))):
            values[-1], band = "–", likely
        width = f"{row['width']:.0%}" + (" ▲" if row["width"] > WIDE else "") if found.banded else "–"
        rows.append([names[str(row["unknown"])], str(row["declared"]), *values, band, width])
    note = (
        "Band: of the accepted draws. Width: of the band beside that of the declared range; ▲ above "
        f"{WIDE:.0%} the data could not tell."
    )
    raw = [list(map(str, row)) for row in table.to_numpy().tolist()]
    return Sheet("figures", "Every figure", head, rows, list(table.columns), raw, note=note, text_columns=2)


def _together(found: Calibrated, names: Mapping[str, str]) -> Sheet:
    head = ["Figure", "Other figure", "Rank correlation"]
    rows = [
        [names[str(one)], names[str(two)], number(rho, 2) + (" ▲" if abs(rho) > TOGETHER else "")]
        for one, two, rho in found.pairs.itertuples(index=False)
    ]
    note = f"Of the accepted draws; ▲ above {TOGETHER:g} of either sign: the two cannot be told apart."
    return Sheet("pairs", "How figures go together", head, rows, note=note, text_columns=2)


def _series(found: Calibrated) -> Sheet:
    head = ["Series", "Points", "Distance of the median draw", "Unit"]
    rows = [
        [one.series.label, str(len(one.points)), "–" if np.isnan(scale) else f"{scale:.4g}", one.series.counted_in]
        for one, scale in zip(found.watched, found.near.scales.tolist(), strict=True)
    ]
    note = "Every series counts alike: by how much nearer a draw comes than the median draw."
    return Sheet("series", "What it was fitted to", head, rows, note=note)
