"""A tipping point as sentences, and its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from sim.report.figures.study import tipping as figure
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.sheets import Sheet
from sim.report.words.at_end import withheld
from sim.report.words.parameters import Named, opening, value_words, with_unit
from sim.report.words.phrases import listed, plural
from sim.report.words.rounding import within
from sim.report.words.units import Counted
from sim.report.words.words import shown_span, target_words
from sim.study.ask.tipping import Tipping
from sim.study.design.parameter import DATE, Parameter
from sim.study.infer.threshold import Target


def tipping_words(
    found: Tipping, varied: Parameter, named: Named, target: Target, strategy: str, ends: tuple[dt.date, int],
    drawn: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """The tipping point, how sure the draws make it, and how the scenario's file calls the value; or, where draws that
    decide it are still short at the end, that it cannot be said. `ends`: first day not simulated, days simulated.
    `drawn` says what differs between draws."""
    if found.short:
        points = [(f"the {named} at {value_words(varied.written(p.number))}", p.short, p.draws) for p in found.short]
        what = f"How far the {named} may go until {target_words(target)} no longer holds under {strategy}"
        path = f"The {named} is {named.path} in the scenario." if named.path != str(named) else ""
        return list(filter(None, [*withheld(what, points, *ends), *drawn, path]))
    low, high = (value_words(varied.written(end)) for end in (varied.low, varied.high))
    draws = int(found.tried["n"].iloc[0])
    of_draws = "in the one draw" if draws == 1 else f"in {found.need:.0%} of the draws"
    head = f"Under {strategy}, {target_words(target)} {of_draws}"
    path = f"The {named} is {named.path} in the scenario." if named.path != str(named) else ""
    if found.before is None or found.after is None:
        held = "holds" if found.met_at_low else "does not hold"
        told = (
            f"{head} {held} at both ends, with the {named} at {low} and at {high}: no tipping point was found between."
        )
        ends_at = [value_words(varied.written(value)) for value in found.undecided]
        decide = "does not decide" if draws == 1 else "do not decide"
        sure = f"{plural(draws, 'draw')} {decide} that at {listed(ends_at)}; more draws do." if ends_at else ""
        return list(filter(None, [told, sure, *drawn, path]))
    before, after = (value_words(varied.written(value)) for value in (found.before, found.after))
    if found.met_at_low:
        told = f"{head} holds until the {named} is {before}; from {after} on it does not.{_latest(varied.path, before)}"
    else:
        told = f"{head} holds from {after} of the {named} on; at {before} it does not."
    sure = ""
    if found.unsure != (found.before, found.after):
        least, most = (value_words(varied.written(value)) for value in found.unsure)
        sure = f"With {plural(draws, 'draw')} it may lie anywhere between {least} and {most}; more draws narrow that."
    return list(filter(None, [told, sure, *drawn, path]))


def _latest(path: str, before: str) -> str:
    """What that means for when to decide, where the value is when a decision is taken."""
    if not path.startswith("decisions."):
        return ""
    if path.endswith(".when.date"):
        return f" So it must be decided by {before} at the latest."
    return f" So its authorisation may take {before} at most." if path.endswith(".after") else ""


def tipping_page(
    found: Tipping, words: Sequence[str], varied: Parameter, named: Named, target: Target, title: str, counted: Counted
) -> str:
    """The measure and the share of draws against the value that was changed, as a picture and a table."""
    label, measure = opening(with_unit(named, varied)), target.measure
    caption = (
        "Points are the values tried; between them lines are only drawn straight. Above: nine draws of ten lie in the "
        "tinted band. Below: the share of draws that meet the target, with 95% intervals, and the share asked for. "
        "Hatched: so few draws do not decide on which side of that the share lies."
    )
    alt, pictures = f"{measure.label} against {named}: {words[0]}", []
    if not found.short:
        with drawing():
            drawn = figure.draw(found, target, label, counted.unit(measure), varied.suffix == DATE)
            pictures = [Picture("tipping", "Where it tips over", caption, Markup(to_svg(drawn, "tipping", alt)))]
    unit = counted.unit(measure)
    head = [label, "Draws that meet the target", "95% interval",
            f"{measure.label}, mean", "Nine draws of ten"]  # fmt: skip
    rows = [
        [value_words(varied.written(row["value"])), f"{row['share']:.0%}",
         f"{row['share_low']:.0%} to {row['share_high']:.0%}",
         within(row[measure.name], row["low"], row["high"], unit), shown_span(row["low"], row["high"], unit)]
        for row in found.tried.to_dict("records")
    ]  # fmt: skip
    sheet = Sheet("tried", "Values tried", head, rows, list(found.tried.columns), found.tried.to_numpy().tolist())
    last = len(words) - (named.path != str(named))  # the path is small print
    return page(f"Where a target tips over: {title}", words[:last], [sheet], pictures, words[last:])
