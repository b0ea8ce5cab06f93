"""What may be concluded from a replay, in sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from sim.report.words.phrases import day_words, listed, plural
from sim.report.words.rounding import digits_for, number
from sim.study.infer.intervals import FEWEST
from sim.study.infer.spread import enough
from sim.study.score.base import BANDS, Figure
from sim.study.score.baselines import BASELINES, NAIVE, PERSISTENCE
from sim.study.score.board import HELD_OUT, MODEL, Scored
from sim.study.score.relative import verdict

CALLED = {PERSISTENCE: "persistence", NAIVE: "1 − share × cut"}
NEEDED = {0.5: 3, 0.8: 9, 0.95: 39}
"""Draws that a band takes."""


def replay_words(series: Sequence[Scored], draws: int) -> list[str]:
    """The answer: first over all series, then each, then what the draws do not give."""
    lines = [_lead(series), *(_of_series(one) for one in series)]
    lacking = [f"{share:.0%}" for share in BANDS if not enough(draws, share)]
    if lacking:
        most = max(NEEDED[share] for share in BANDS if not enough(draws, share))
        lines.append(
            f"No band of {listed(lacking)} from {plural(draws, 'draw')}: the widest of these takes {most}."
        )  # fmt: skip
    return lines


def verdicts(one: Scored) -> dict[str, tuple[str, Figure]]:
    """Guess without a model -> what may be said beside it, and the ratio of scores, where there is such a guess."""
    found = {}
    for name in BASELINES:
        figure = one.relative(one.judged, name)
        if figure.n:
            found[name] = (verdict(figure), figure)
    return found


def _lead(series: Sequence[Scored]) -> str:
    judged = [[word for word, _ in verdicts(one).values()] for one in series]
    judged = [words for words in judged if words and "" not in words]
    if not judged:
        return f"No series has the {FEWEST} points that it takes to tell the model from guesses without one."
    all_of = sum(all(word == "beats" for word in words) for words in judged)
    none_of = sum("beats" not in words for words in judged)
    if len(judged) == 1:
        how = "every guess" if all_of else "no guess" if none_of else "one guess"
        other = "" if all_of or none_of else ", but not the other"
        return f"On the one series with points enough to tell, the model beats {how} without a model{other}."
    how = f"On {all_of or 'none'} of {len(judged)} series with points enough to tell"
    return f"{how} the model beats every guess without a model, on {none_of or 'none'} it beats no guess at all."


def _of_series(one: Scored) -> str:
    if one.series.is_ == "event":
        return f"{one.series.label}: {_event(one)}."
    n = int((one.windows[one.judged] & one.scored(MODEL)).sum())
    if not n:
        return f"{one.series.label}: the model has no figure for any of its points."
    where = f"{plural(n, 'held-out point')}" if one.judged == HELD_OUT else f"{plural(n, 'point')}, none held out"
    return f"{one.series.label} ({where}): {'; '.join(filter(None, [_against(one), *_fit(one, n)]))}."


def _against(one: Scored) -> str:
    found = verdicts(one)
    if not found:
        return "no guess without a model to compare it with"
    words = {word for word, _ in found.values()}
    if "" in words:
        n = next(figure.n for word, figure in found.values() if not word)
        return f"too few points to tell it from {listed([CALLED[name] for name in found])} ({n} of {FEWEST})"
    head = ""
    if len(found) > 1 and len(words) == 1:
        head = {"beats": "beats both baselines: ", "level": "", "worse": "beats neither baseline: "}[words.pop()]
    elif len(found) > 1 and "beats" not in words:
        head = "beats neither baseline: "
    return head + ", ".join(_beside(name, *told) for name, told in found.items())


def _beside(name: str, word: str, figure: Figure) -> str:
    said = {"beats": "beats", "worse": "worse than", "level": "cannot be told apart from"}[word]
    return f"{said} {CALLED[name]} (ratio of scores {ratio_words(figure)})"


def ratio_words(figure: Figure) -> str:
    """`0.21, 0.09 to 0.48`."""
    if np.isnan(figure.value):
        return "–"
    value, low, high = ("∞" if np.isinf(x) else f"{x:.2f}" for x in (figure.value, figure.low, figure.high))
    return value if np.isnan(figure.low) or value == low == "∞" else f"{value}, {low} to {high}"


def span_words(first: dt.date, last: dt.date) -> str:
    """`3–9 Jan 2022`, `30 May – 5 Jun 2022`, or one date."""
    if first == last:
        return date_words(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_words(last)}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first.day} {first:%b}{year} – {date_words(last)}"


def _fit(one: Scored, n: int) -> Iterator[str]:
    wide = next((s for s in (0.8, 0.5) if one.figure(f"coverage_{100 * s:.0f}", one.judged).n), None)
    if wide is not None:
        held = one.figure(f"coverage_{100 * wide:.0f}", one.judged)
        told = "" if n < FEWEST else ", too narrow" if held.high < wide else ", too wide" if held.low > wide else ""
        yield f"its {wide:.0%} band holds {round(held.value * n)} of {n}{told}"
    bias = one.figure("bias", one.judged).value
    unit = "percentage points" if one.unit == "%" else one.unit
    if round(abs(bias), 1):
        yield f"too {'high' if bias > 0 else 'low'} by {number(abs(bias), digits_for(0, 2 * bias))} {unit} in the mean"


def _event(one: Scored) -> str:
    days, seen = one.tellers[MODEL].samples[:, 0], one.points.value[0]
    over = one.never
    late = float(np.median(days)) - float(seen)
    if over > len(days) / 2:
        return f"observed {day_words(one.date(0))}; in {over} of {len(days)} draws it does not come before the run ends"
    how = "on the day" if not round(late) else f"{plural(abs(round(late)), 'day')} {'late' if late > 0 else 'early'}"
    text = f"observed {day_words(one.date(0))}, in the median draw {day_words(one.day(float(np.median(days))))} ({how})"
    return f"{text}; in {over} of {len(days)} draws not before the run ends" if over else text


def off_words(figure: Figure) -> str:
    """`10 days late, −4 to 28`."""
    days = round(figure.value)
    how = "on the day" if not days else f"{plural(abs(days), 'day')} {'late' if days > 0 else 'early'}"
    return how if np.isnan(figure.low) else f"{how} ({number(figure.low, 0)} to {number(figure.high, 0)})"


def date_words(date: dt.date) -> str:
    """`5 Mar 2024`."""
    return f"{date.day} {date:%b %Y}"
