"""The page of a replay: what may be concluded, fans over points, scores, dates, points with their sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as with_other

import numpy as np
from markupsafe import Markup

from sim.report.figures.study import replay_dots, replay_fan
from sim.report.figures.style import drawing, to_svg
from sim.report.pages import page
from sim.report.pictures import Picture
from sim.report.replay.words import CALLED, date_words, off_words, ratio_words, span_words
from sim.report.sheets import Sheet
from sim.report.words.rounding import number
from sim.study.infer.intervals import FEWEST, share_interval
from sim.study.score.base import BANDS, SCORES, Figure, band
from sim.study.score.baselines import BASELINES
from sim.study.score.board import ALL, HELD_OUT, MODEL, TRAINING, Scored
from sim.study.score.relative import DEFINITION, RELATIVE, verdict

MARKS = {"beats": "▼", "worse": "▲", "level": "=", "": ""}
HEADINGS = {HELD_OUT: "Scores, held-out points", ALL: "Scores, no point held out", TRAINING: "Scores, training points"}
FAN = (
    "Points: observed, with what so many asked leave open where it was a survey. Blue: what the model's draws say on "
    "the same dates, error of the survey included; between points lines are only drawn straight. Grey, thin: guesses "
    "without a model. Hatched: held out, shown to no fit."
)
DOTS = (
    "Points: observed, with what so many asked leave open. Blue: what the model's draws say of the same dates, the "
    "error of asking so many included. Cross: the guess without a model."
)


NOTE = (
    "Weighted interval score: less is better, in the unit of the series; the sum of spread, too high and too low. "
    "Beside a guess: ratio of scores, below 1 the model is better; with its range of 95% (paired bootstrap, from 8 "
    "points on). ▼ beats it, ▲ is worse, = cannot be told apart. ▲ at points inside: its range (Wilson) leaves out "
    "the share that ought to be inside."
)
"""Below the first table of scores."""


def replay_page(series: Sequence[Scored], lines: Sequence[str], title: str, scenario: str, draws: int) -> str:
    """The page as HTML; `lines` are the answer in words."""
    told = 1 + len(series)
    sheets = replay_sheets(series)
    sheets += [_points(series), _about(series), _definitions()]
    notes = [*lines[told:], f"{scenario}, {draws} draws. Simulator output is evidence for discussion."]
    return page(f"How well the model tells it again: {title}", lines[:told], sheets, _pictures(series), notes)


def replay_sheets(series: Sequence[Scored]) -> list[Sheet]:
    """Tables of scores, and of dates where there are any."""
    sheets = [found for window in HEADINGS if (found := _scores(series, window)) is not None]
    sheets[:1] = [with_other(sheet, note=NOTE) for sheet in sheets[:1]]
    return sheets + [found for found in (_when(series),) if found is not None]


def _pictures(series: Sequence[Scored]) -> list[Picture]:
    found = []
    with drawing():
        for number_of, one in enumerate(series):
            if replay_fan.drawable(one):
                name, title = f"fan-{number_of + 1}", one.series.label
                found.append(Picture(name, title, FAN, Markup(to_svg(replay_fan.draw(one), name, title))))
        if dots := replay_dots.dotted(series):
            title = "Single points"
            found.append(Picture("dots", title, DOTS, Markup(to_svg(replay_dots.draw(dots), "dots", title))))
    return found


def _shown(value: float) -> str:
    return "–" if np.isnan(value) else number(value, None if abs(value) >= 100 else 1 if abs(value) >= 1 else 2)


def _inside(figure: Figure, share: float) -> str:
    """`7 of 8 (53–98%)`, marked where the interval leaves the nominal share out."""
    if not figure.n:
        return "–"
    mark = " ▲" if figure.n >= FEWEST and not figure.low <= share <= figure.high else ""
    return f"{round(figure.value * figure.n)} of {figure.n}{mark} ({100 * figure.low:.0f}–{100 * figure.high:.0f}%)"


def _scores(series: Sequence[Scored], window: str) -> Sheet | None:
    rows = [_score_row(one, window) for one in series if window in one.windows and one.series.is_ != "event"]
    if not rows:
        return None
    head = [
        "Series", "Unit", "Points", "Score (WIS)", "spread", "too high", "too low", "WIS, log", "MAE", "Bias",
        *(f"Beside {CALLED[name]}" for name in BASELINES), *(f"Inside {share:.0%}" for share in BANDS),
    ]  # fmt: skip
    return Sheet(f"scores-{window.replace(' ', '-')}", HEADINGS[window], head, rows, text_columns=2)


def _score_row(one: Scored, window: str) -> list[str]:
    def value(name: str) -> str:
        return _shown(one.figure(name, window).value)

    beside = []
    for name in BASELINES:
        found = one.relative(window, name)
        beside.append(f"{MARKS[verdict(found)]} {ratio_words(found)}".strip() if found.n else "–")
    inside = [_inside(one.figure(f"coverage_{100 * share:.0f}", window), share) for share in BANDS]
    n = int((one.windows[window] & one.scored(MODEL)).sum())
    parts = [value(name) for name in ("wis", "dispersion", "overprediction", "underprediction", "wis_log")]
    return [one.series.label, one.unit, str(n), *parts, value("mae"), value("bias"), *beside, *inside]


def _when(series: Sequence[Scored]) -> Sheet | None:
    """Dates of turns, and of events."""
    rows = []
    for one in series:
        if one.series.is_ == "event":
            told = one.tellers[MODEL]
            middle, (low, high) = float(told.quantiles([0.5])[0, 0]), band(told, 0.8)[:, 0] - told.observed[0]
            off = Figure(middle - float(told.observed[0]), float(low), float(high), told.draws)
            never = f"{one.never} of {told.draws}" if one.never else "none"
            rows.append([one.series.label, "date", date_words(one.date(0)), off_words(off), never])
            continue
        for name, score in SCORES.items():
            if score.each == "date" and not np.isnan((found := one.figure(name, ALL)).value):
                never = f"{len(one.samples) - found.n} of {len(one.samples)}" if found.n < len(one.samples) else "none"
                rows.append([one.series.label, score.label, _turn(one, name), off_words(found), never])
    if not rows:
        return None
    head = ["Series", "What", "Observed", "Model, median draw (80% of draws)", "Draws without"]
    note = "Turns are looked for on the dates of the points only, so they are no finer than these."
    return Sheet("when", "When", head, rows, note=note, text_columns=5)


def _turn(one: Scored, name: str) -> str:
    """When a series turned in truth."""
    day = one.turned(name)
    return "–" if np.isnan(day) else date_words(one.day(day))


def _points(series: Sequence[Scored]) -> Sheet:
    head = [
        "Series", "When", "Source", "Quality", "Observed", "Sample leaves open", "Model, median", "80% band",
        *(CALLED[name].capitalize() for name in BASELINES),
    ]  # fmt: skip
    raw = [_point_row(one, k) for one in series for k in range(len(one.points))]
    rows = [[*row[:2], _site(row[2]), *row[3:]] for row in raw]
    return Sheet("points", "Every point, with its source", head, rows, head, raw, text_columns=4)


def _site(source: str) -> str:
    """A source as it is shown: of an address the site, the whole of it being in the file."""
    return source.removeprefix("https://").partition("/")[0] if "/" in source else source


def _point_row(one: Scored, k: int) -> list[str]:
    points, share = one.points, 0.8
    value, asked = float(points.value[k]), int(points.asked[k])
    middle = {name: float(told.quantiles([0.5])[k, 0]) for name, told in one.tellers.items()}
    low, high = band(one.tellers[MODEL], share)[:, k].tolist()
    left_open = ""
    if asked:
        ends = share_interval(round(value / 100 * asked), asked)
        left_open = f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f}, of {asked}"

    def shown(figure: float) -> str:
        return "–" if np.isnan(figure) else date_words(one.day(figure)) if one.series.is_ == "event" else _shown(figure)

    held = ", held out" if points.held_out[k] else ""
    return [
        one.series.label, span_words(one.date(k, first=True), one.date(k)) + held,
        points.source[k], points.quality[k].replace("_", " "), shown(value), left_open, shown(middle[MODEL]),
        "–" if np.isnan(low) else f"{shown(low)} to {shown(high)}", *(shown(middle[name]) for name in BASELINES),
    ]  # fmt: skip


def _about(series: Sequence[Scored]) -> Sheet:
    rows = []
    for one in series:
        kind = type(one.series)
        definition = " ".join((kind.__doc__ or "").split("\n\n")[0].split()).replace("`", "")
        more = [f"{word} {getattr(one.series, word):g}" for word, nothing in (("times", 1), ("plus", 0))
                if getattr(one.series, word, nothing) != nothing]  # fmt: skip
        qualities = sorted({quality.replace("_", " ") for quality in one.points.quality})
        rows.append([
            one.series.label, one.series.is_, one.unit, kind.name_in_yaml, definition, ", ".join(more) or "as it is",
            ", ".join(qualities),
        ])  # fmt: skip
    head = ["Series", "What it is", "Unit", "Held against", "which is", "Model's figure", "Quality of sources"]
    return Sheet("series", "What each series is held against", head, rows, text_columns=7)


def _definitions() -> Sheet:
    rows = [[score.label, score.definition] for score in SCORES.values()]
    rows += [["Ratio of scores", DEFINITION.replace("*", "")]]
    rows += [[CALLED[name].capitalize(), told] for name, told in BASELINES.items()]
    raw = [[name, *row] for name, row in zip([*SCORES, RELATIVE, *BASELINES], rows, strict=True)]
    return Sheet("definitions", "What the scores are", ["Score", "Definition"], rows, ["name", "score", "definition"],
                 raw, text_columns=2)  # fmt: skip
