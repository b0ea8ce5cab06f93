"""What an answer depends on, in words and as a page."""

from __future__ import annotations

import pandas as pd
from markupsafe import Markup

from sim.report.figures import importance, tornado
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words import shown_value
from sim.study.measures import Measure

HEADS = {
    "mu_star": "Mean size of effect", "mu_star_conf": "±", "mu": "Mean effect", "sigma": "Spread of effects",
    "S1": "Alone", "S1_conf": "±", "ST": "With interactions", "ST_conf": "±",
}  # fmt: skip


def told(found: pd.DataFrame, method: str, measure: Measure) -> list[str]:
    """A line for each parameter, the most important first."""
    unit, lines = measure.unit, []
    for row in found.to_dict("records"):
        if method == "tornado":
            low, high = (shown_value(row[end], unit) for end in ("at_low", "at_high"))
            ends = f"{low} at {row['low']}, {high} at {row['high']}"
            lines.append(
                f"{row['parameter']}: {measure.label.lower()} {ends} (as written: {shown_value(row['base'], unit)})"
            )
        elif method == "morris":
            size = f"{shown_value(row['mu_star'], unit)} ± {shown_value(row['mu_star_conf'], unit)}"
            lines.append(
                f"{row['parameter']}: mean effect over its range {size}, spread {shown_value(row['sigma'], unit)}"
            )
        else:
            alone, total = (f"{row[n]:.2f} ± {row[n + '_conf']:.2f}" for n in ("S1", "ST"))
            lines.append(f"{row['parameter']}: share of variance alone {alone}, with interactions {total}")
    return lines


def tornado_page(title: str, found: pd.DataFrame, measure: Measure) -> str:
    """The tornado as a picture and a table."""
    caption = f"{measure.label}, mean over the same draws, with one value at its bound and all others as written."
    with drawing():
        svg = Markup(to_svg(tornado.draw(found, measure), "tornado", title))
    rows = [
        [r["parameter"], r["low"], r["high"], *(shown_value(r[k], measure.unit) for k in ("at_low", "base", "at_high"))]
        for r in found.to_dict("records")
    ]
    head = ["Value", "Lower bound", "Upper bound", "At the lower", "As written", "At the upper"]
    sheet = Sheet("tornado", measure.label, head, rows, list(found.columns), found.to_numpy().tolist(), text_columns=3)
    return page(f"What the answer depends on: {title}", [], [sheet], [Picture("tornado", "Tornado", caption, svg)])


def importance_page(title: str, found: pd.DataFrame, method: str, measure: Measure) -> str:
    """Morris' effects or Sobol's shares as a picture and a table."""
    name = {"morris": "Screening by Morris", "sobol": "Shares of variance by Sobol"}[method]
    caption = {
        "morris": "Mean size of what a value does over its whole range, and how much that depends on the others.",
        "sobol": "Share of the variance that each value explains alone, and with its interactions.",
    }[method]
    with drawing():
        svg = Markup(to_svg(importance.draw(found, method, measure), method, title))
    figures = [column for column in found.columns if column != "parameter"]
    unit = measure.unit if method == "morris" else "index"
    rows = [[r["parameter"], *(shown_value(r[k], unit) for k in figures)] for r in found.to_dict("records")]
    head = ["Value", *(HEADS[column] for column in figures)]
    sheet = Sheet(method, measure.label, head, rows, list(found.columns), found.to_numpy().tolist())
    return page(f"What the answer depends on: {title}", told(found, method, measure), [sheet],
                [Picture(method, name, f"{caption} Lines: 95% intervals.", svg)])  # fmt: skip
