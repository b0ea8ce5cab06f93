"""What an answer depends on, in words and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from sim.report.figures.study import importance, tornado
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.parameters import opening, value_words
from sim.report.words.rounding import digits_of, figure
from sim.report.words.units import Counted
from sim.report.words.words import shown_value
from sim.study.design.measures import Measure

HEADS = {
    "mu_star": "Mean size of effect", "mu_star_conf": "±", "mu": "Mean effect", "sigma": "Spread of effects",
    "S1": "Alone", "S1_conf": "±", "ST": "With interactions", "ST_conf": "±",
}  # fmt: skip
PATH = "In the scenario"
"""Head of the column with paths."""
Names = Mapping[str, str]
"""Path of a value -> its words."""


def told(found: pd.DataFrame, method: str, measure: Measure, names: Names, counted: Counted) -> list[str]:
    """A line for each parameter, the most important first."""
    unit, lines = counted.unit(measure), []
    for row in found.to_dict("records"):
        head = opening(names[row["parameter"]])
        if method == "tornado":
            low, high = (f"{shown_value(row[f'at_{end}'], unit)} at {value_words(row[end])}" for end in ("low", "high"))
            lines.append(
                f"{head}: {measure.label.lower()} {low}, {high} (as written: {shown_value(row['base'], unit)})"
            )
        elif method == "morris":
            digits = digits_of(0.0, 2 * row["mu_star_conf"], unit)
            mean, give, sigma = (figure(row[name], unit, digits) for name in ("mu_star", "mu_star_conf", "sigma"))
            lines.append(f"{head}: mean effect over its range {mean} ± {give}, spread {sigma}")
        else:
            alone, total = (f"{row[n]:.2f} ± {row[n + '_conf']:.2f}" for n in ("S1", "ST"))
            lines.append(f"{head}: share of variance alone {alone}, with interactions {total}")
    return lines


def tornado_page(
    title: str, found: pd.DataFrame, measure: Measure, names: Names, counted: Counted, sure: Sequence[str] = ()
) -> str:
    """The tornado as a picture and a table."""
    unit = counted.unit(measure)
    caption = f"{measure.label}, mean over the same draws, with one value at its bound and all others as written."
    lines = told(found, "tornado", measure, names, counted)
    with drawing():
        drawn = tornado.draw(_in_words(found, names), measure, unit)
        svg = Markup(to_svg(drawn, "tornado", f"{title}: {'; '.join(lines)}"))
    rows = [
        [opening(names[r["parameter"]]), value_words(r["low"]), value_words(r["high"]), r["parameter"],
         *(shown_value(r[k], unit) for k in ("at_low", "base", "at_high"))]
        for r in found.to_dict("records")
    ]  # fmt: skip
    head = ["Value", "Lower bound", "Upper bound", PATH, "At the lower", "As written", "At the upper"]
    sheet = Sheet("tornado", measure.label, head, rows, list(found.columns), found.to_numpy().tolist(), text_columns=4)
    return page(f"What the answer depends on: {title}", sure, [sheet], [Picture("tornado", "Tornado", caption, svg)])


def importance_page(
    title: str,
    found: pd.DataFrame,
    method: str,
    measure: Measure,
    names: Names,
    counted: Counted,
    sure: Sequence[str] = (),
) -> str:
    """Morris' effects or Sobol's shares as a picture and a table."""
    name = {"morris": "Screening by Morris", "sobol": "Shares of variance by Sobol"}[method]
    caption = {
        "morris": "Mean size of what a value does over its whole range, and how much that depends on the others.",
        "sobol": "Share of the variance that each value explains alone, and with its interactions.",
    }[method]
    lines = told(found, method, measure, names, counted)
    with drawing():
        drawn = importance.draw(_in_words(found, names), method, measure, counted.unit(measure))
        svg = Markup(to_svg(drawn, method, f"{title}: {'; '.join(lines)}"))
    figures = [column for column in found.columns if column != "parameter"]
    unit = counted.unit(measure) if method == "morris" else "index"
    rows = [
        [opening(names[r["parameter"]]), r["parameter"], *(shown_value(r[k], unit) for k in figures)]
        for r in found.to_dict("records")
    ]
    head = ["Value", PATH, *(HEADS[column] for column in figures)]
    sheet = Sheet(method, measure.label, head, rows, list(found.columns), found.to_numpy().tolist(), text_columns=2)
    return page(f"What the answer depends on: {title}", [*lines, *sure], [sheet],
                [Picture(method, name, f"{caption} Lines: 95% intervals.", svg)])  # fmt: skip


def _in_words(found: pd.DataFrame, names: Names) -> pd.DataFrame:
    """The table with words for its values, as pictures show them."""
    words = {"parameter": [opening(names[path]) for path in found["parameter"]]}
    bounds = {end: [value_words(value) for value in found[end]] for end in ("low", "high") if end in found}
    return found.assign(**words, **bounds)
