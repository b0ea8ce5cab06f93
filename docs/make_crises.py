"""Write docs/crises.md, the scores of every shipped crisis as they are: `make crises` (minutes)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import sim
from sim.report.replay.words import date_words, off_words, ratio_words
from sim.report.words.rounding import number
from sim.scenario.load import load
from sim.study.score.base import Figure
from sim.study.score.baselines import NAIVE, PERSISTENCE
from sim.study.score.board import MODEL, Scored

CRISES = Path("scenarios/crises")
PAGE = Path(__file__).parent / "crises.md"
DRAWS = 40
CALIBRATED = Path(__file__).parent / "crises" / "calibrated"
"""Scenarios that `tideover calibrate` wrote, by the names of the crises; docs/calibrate.md tells how."""
STRATEGY = "none"
"""What was: the strategy without the reserve that a study asks about."""
HEAD = f"""# The crises, and how well they are told again

Every shipped crisis held against what was observed, by `tideover replay` with {DRAWS} draws. Nothing was tuned for this
table. WIS is the weighted interval score, in the unit of the series (less is better); a ratio below 1 beside a
guess is in favour of the model, and nothing is concluded from fewer than eight points. [Every score by its
formula](reference/scores.md). *Calibrated* is what [calibration](calibrate.md) made of a crisis by its training points,
by as many draws; there can be such rows only of a crisis with points held out and with figures that are `uncertain`.
Made by `make crises`.

*Source* is the sort of the points' sources: official, peer reviewed, trade press, press or other. For those of the last
two no better source of the same figure was found; they should not be cited without a look at what they rest on.

| crisis | series | source | points | n | WIS | bias | inside 80% | beside persistence | beside 1 − share × cut |
|---|---|---|---|---|---|---|---|---|---|
"""
DATES = """
## Dates of events

| crisis | event | source | observed | model, median draw (80% of draws) |
|---|---|---|---|---|
"""
WHY = """
## What fits, what does not, and the probable reason

- [Helene 2024](crises/helene-2024.md): that most hospitals got too little fits, and the date of the first release by
  construction; the stock of hospitals falls far too slowly, and use fell before they ran out, which in the model it
  does not.
- [Infant formula 2022](crises/formula-2022.md): worse than both guesses on the held-out weeks; its page has the
  probable reasons.
- [PPE 2020](crises/ppe-2020.md): far too many homes are short, since all homes of the model have one distributor and
  move together.
- [Suez 2021](crises/suez-2021.md): the drain of the queue fits; while the canal was blocked the queue is too short,
  probably since more ships came than the "more than 50" a day that are taken.
- [The Red Sea 2024](crises/red-sea-2024.md): the level of traffic is an input and fits; its ups and downs are not in
  the model.
- [Maria 2017](crises/maria-2017.md): nearly all hospitals are short of stock, as observed; too many bags come in
  January, probably since the maker had more of the small bags than the 44% of all bags that is reported. The bands are
  so wide that little could have been missed.
- [Valsartan 2018](crises/valsartan-2018.md): how many patients are carried by other medicines fits, with a share from
  another shortage; how far valsartan fell is not tested, since what share was recalled was not found.
- [India 2020](crises/india-api-2020.md): of the curbs only dates and products were found, and no series of what
  followed. Whether the model is right there is not known.
"""


def rows(name: str, one: Scored, after: Scored | None) -> Iterator[str]:
    """A line for each window of a series of figures, and one for it after calibration, where there was one."""
    for window in one.windows:
        yield line(name, one, window)
        if after is not None:
            yield line(name, after, window, ", calibrated")


def line(name: str, one: Scored, window: str, which: str = "") -> str:
    """The scores of a window of a series."""
    mask = one.windows[window]
    n = int((mask & one.scored(MODEL)).sum())
    inside = one.figure("coverage_80", window)
    beside = (one.relative(window, guess) for guess in (PERSISTENCE, NAIVE))
    cells = [
        link(name), one.series.label, quality_of(one), ("none held out" if window == "all" else window) + which, str(n),
        _shown(one.figure("wis", window), one.unit), _shown(one.figure("bias", window), one.unit),
        f"{round(inside.value * inside.n)} of {inside.n}" if inside.n else "–",
        *(ratio_words(found) if found.n else "–" for found in beside),
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def event(name: str, one: Scored) -> str:
    """The line of an event."""
    told = one.tellers[MODEL]
    (middle, low, high) = told.quantiles([0.5, 0.1, 0.9])[0] - float(told.observed[0])
    off = Figure(float(middle), float(low), float(high), told.draws)
    return f"| {link(name)} | {one.series.label} | {quality_of(one)} | {date_words(one.date(0))} | {off_words(off)} |"


def quality_of(one: Scored) -> str:
    """The sorts of source of its points."""
    return ", ".join(dict.fromkeys(one.points.quality)).replace("_", " ")


def link(name: str) -> str:
    """The crisis with its page."""
    return f"[{name}](crises/{name}.md)"


def _shown(figure: Figure, unit: str) -> str:
    return f"{number(figure.value, 1)} {unit}"


def page(found: dict[str, Sequence[Scored]], calibrated: dict[str, Sequence[Scored]]) -> str:
    """The page's text."""
    series = [(name, one) for name, board in found.items() for one in board]
    after = {(name, one.series.name): one for name, board in calibrated.items() for one in board}
    figures = [
        text
        for name, one in series
        if one.series.is_ != "event"
        for text in rows(name, one, after.get((name, one.series.name)))
    ]
    events = [event(name, one) for name, one in series if one.series.is_ == "event"]
    return HEAD + "\n".join(figures) + "\n" + DATES + "\n".join(events) + "\n" + WHY


def main() -> None:
    """Replay them all, and write the page."""
    found: dict[str, Sequence[Scored]] = {}
    calibrated: dict[str, Sequence[Scored]] = {}
    for file in sorted(CRISES.glob("*.yaml")):
        loaded = load(file)
        if loaded.spec.observed:
            strategy = STRATEGY if STRATEGY in loaded.document.strategies else None
            found[file.stem] = sim.replay(file, strategy, draws=DRAWS, workers=1).series
            if (after := CALIBRATED / file.name).is_file():
                calibrated[file.stem] = sim.replay(after, strategy, draws=DRAWS, workers=1).series
    PAGE.write_text(page(found, calibrated), encoding="utf-8")


if __name__ == "__main__":
    main()
