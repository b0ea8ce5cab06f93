"""What searches found, in words, and the page of a search."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from sim.report.figures import trade_off
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.phrases import count, plural
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words import shown_value
from sim.study.measures import COST, Measure
from sim.study.parameter import Parameter
from sim.study.search import Smallest
from sim.study.threshold import Target
from sim.study.tipping import Tipping

SPLITS_TOLD = 5


def search_words(found: Smallest, reserve: str, target: Target, share: float, most: int, currency: str) -> list[str]:
    """The answer, and what it rests on."""
    rows = {int(row["value"]): row for row in found.tried.to_dict("records")}
    draws = plural(rows[0]["n"], "draw")
    if found.days is None:
        met = f"{rows[most]['share']:.0%} do"
        lines = [f"Not even {plural(most, 'day')} of '{reserve}' meet {target} in {share:.0%} of {draws}: {met}."]
    else:
        row = rows[found.days]
        lines = [
            f"{plural(found.days, 'day')} of '{reserve}' are the least with which {target} is met in {share:.0%} of "
            f"{draws} ({row['share']:.0%} of them). Setting it up costs {count(row['first_cost'])} {currency}."
        ]
        if found.days - 1 in rows:
            lines.append(f"With a day less it is met in {rows[found.days - 1]['share']:.0%}.")
    if not found.monotone:
        lines.append("Among the sizes tried, more was once worse: look at the table before relying on the answer.")
    return lines


def search_page(found: Smallest, words: Sequence[str], target: Target, title: str, currency: str) -> str:
    """Sizes tried, as a picture and a table."""
    name, unit = target.measure.name, target.measure.unit
    caption = f"Share of draws that meet {target}, and what setting the reserve up costs."
    with drawing():
        figure = trade_off.draw(found.tried, str(target), currency, found.days)
        picture = Picture("trade-off", "What each size does", caption, Markup(to_svg(figure, "trade-off", title)))
    head = ["Days", "Draws that meet the target", target.measure.label, f"Cost ({currency})", f"To set up ({currency})"]
    rows = [
        [count(r["value"]), f"{r['share']:.0%}", shown_value(r[name], unit), count(r[COST]), count(r["first_cost"])]
        for r in found.tried.to_dict("records")
    ]
    sheet = Sheet("sizes", "Sizes tried", head, rows, list(found.tried.columns), found.tried.to_numpy().tolist())
    return page(f"How large a reserve: {title}", words, [sheet], [picture])


def split_words(found: pd.DataFrame, reserves: Sequence[str], measure: Measure) -> list[str]:
    """The best split and its nearest rivals."""
    lines = []
    for position, row in enumerate(found.head(SPLITS_TOLD).to_dict("records")):
        days = ", ".join(f"{row[f'days of {name}']:.1f} days of '{name}'" for name in reserves)
        text = f"{days}: {measure.label.lower()} {shown_value(row[measure.name], measure.unit)}"
        if position and row["behind"] == 0 and not row["behind_high"] > 0:
            text += ", as good as the best"
        elif position:
            text += f", {shown_value(row['behind'], measure.unit)} behind the best"
            if row["behind_low"] == row["behind_low"]:  # one draw has no interval
                low, high = (shown_value(row[f"behind_{end}"], measure.unit) for end in ("low", "high"))
                text += f" (between {low} and {high})"
        lines.append(("Best: " if not position else "then: ") + text)
    return lines


def tipping_words(found: Tipping, varied: Parameter, target: Target, share: float, strategy: str) -> str:
    """The tipping point as a sentence."""
    low, high = varied.written(varied.low), varied.written(varied.high)
    head = f"Under '{strategy}', {target} in {share:.0%} of the draws"
    if found.before is None or found.after is None:
        held = "holds" if found.met_at_low else "does not hold"
        return f"{head} {held} at both ends, {varied.path} = {low} and {high}: no tipping point was found between them."
    before, after = varied.written(found.before), varied.written(found.after)
    if found.met_at_low:
        return f"{head} holds until {varied.path} is {before}; from {after} on it does not."
    return f"{head} holds from {varied.path} = {after} on; at {before} it does not."
