"""Which values of what is not known tell best again what was observed, and how far they can be told at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_other
from pathlib import Path
from typing import Any

from sim.ask.answer import Answer, Means, Out, Progress
from sim.ask.arguments import Arguments
from sim.engine.compile.plan import compile_plan
from sim.errors import ScenarioError, nearest
from sim.output.files import put_text
from sim.output.holding import value_text
from sim.report.questions.calibration import calibration_page, calibration_words, on_words
from sim.report.words.parameters import names_of
from sim.scenario.calibrated import Found, grouped, overlay_text, place_of
from sim.scenario.load import ended, load
from sim.scenario.reading.files import tables_hash
from sim.study.ask.budget import Budget
from sim.study.ask.calibration import Calibrated
from sim.study.ask.fitting import Fitting, runs_for, trials_for
from sim.study.ask.nearest import draw_nearest
from sim.study.design.fingerprint import digest
from sim.study.design.observing import Watched
from sim.study.run.bench import Subject
from sim.study.score.drawn import watched_in

KIND = "calibrate"
TABLES = ("calibrated", "pairs", "trials")
DRAWS = "draws"
"""The draws themselves, as `.parquet` alone."""
PAGE = "calibration.html"
FEWEST_RUNS = 60


@dataclass(frozen=True, eq=False, kw_only=True)
class Calibration(Answer, Calibrated):
    """What the points before those that are held out say of figures that are not known.

    Attributes
    ----------
    calibrated
        One row per figure: `declared`, `written`, the `best` fit and where each start ended (`apart`: the share of the
        declared range between them), `median` and band of the accepted draws, and its `width` beside the declared.
    pairs
        One row per two figures: the rank `correlation` of their values in the accepted draws.
    trials, draws
        One row per trial or draw and figure.
    effective, banded
        Effective sample size, and whether it is enough for bands.
    best, ranges
        By path: values of the best fit, and what is left of the ranges, as they stand in an overlay.
    unseen
        Series of which no point lies before what is held out, by their labels.
    overlay
        File of the calibrated scenario; None where none was asked for, there was no time for a best fit, or the data
        tell nothing.
    """

    unseen: tuple[str, ...] = ()
    overlay: Path | None = None

    def overlay_text(self, place: str | Path) -> str:
        """The scenario with what was found, for a file at a place.

        Raises ScenarioError where a scenario there cannot build on the one that was calibrated.
        """
        path = place_of(self.subject.file, Path(place), replace=True)
        how = [f"strategy {self.subject.strategy}"] if self.subject.strategy else []
        how += [f"{where}={value_text(value)}" for where, value in self.subject.settings.items()]
        on = on_words(self.watched) + (f", with {', '.join(how)}" if how else "")
        found = Found(self.best, self.ranges, self.together, on, last_day(self.watched, self.subject))
        return overlay_text(load(self.subject.file, training=True), found, path)

    def lines(self) -> list[str]:
        """The answer in words, as the command prints it."""
        names = names_of([self.subject.loaded], self.fitted)
        up_to = last_day(self.watched, self.subject)
        _, without = grouped(self.subject.loaded.document.data.get("correlated", []), self.together)
        told = [
            f"How the {names[one]} and the {names[other]} go together is not in the calibrated scenario, since "
            "'correlated' has one of them with others."
            for one, other in without
        ]
        return [*calibration_words(self, names, up_to, self.unseen), *told, *self.how_sure()]

    def page(self) -> str:
        """What is left of each range, pairs and words, as HTML."""
        names = names_of([self.subject.loaded], self.fitted)
        return calibration_page(self, self.lines(), names, self.title)


def calibrate(
    path: str | Path,
    fit: Sequence[str] | str | None = None,
    strategy: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    runs: int = 2000,
    minutes: float | None = None,
    accept: str | float = "10%",
    workers: int | None = None,
    scheduler: str | None = None,
    out: Out = None,
    overlay: Out = None,
    progress: Progress | None = None,
    replace: bool = False,
) -> Calibration:
    """Fit figures that are uncertain to the observed points before those that are held out, of which none is read.

    Parameters
    ----------
    path
        Scenario file with `observed` and `uncertain`.
    fit
        Dotted paths under `uncertain`, as a list or with commas between; left out: all. What is not fitted is drawn.
    strategy, overrides
        As for `sim.run`. A value that is set here is not drawn.
    runs
        Of all: half of them, or more, for draws of the ranges, the rest for the best fit.
    minutes
        After which no further run is begun; the same asked again goes on.
    accept
        Share of the draws, the nearest, that is accepted: "10%" or 0.1.
    workers, scheduler, out, progress, replace
        As for `sim.ask.causes`; runs that are in the folder `out` already are not made again. An overlay that was
        edited is overwritten with `replace` only.
    overlay
        File for a scenario that builds on this one, with the values of the best fit and what is left of the ranges;
        True: NAME-calibrated.yaml beside it.

    Returns
    -------
    Calibration
        What is left of the ranges, the best fit, words and page.

    Raises
    ------
    ScenarioError
        With every fault of the scenario or of the arguments.
    SimulationError
        Where the time was over before the first draws were run, or no draw can be run.
    MissingLibrary
        Where Optuna is not installed.
    """
    budget = Budget(runs, None if minutes is None else 60 * minutes, progress)
    means, arguments = Means(runs, workers, scheduler, out, progress, replace), Arguments()
    subject = arguments.subject(path, strategy, overrides, runs, "runs", training=True)
    share = _share(arguments, accept)
    if isinstance(runs, int) and 0 < runs < FEWEST_RUNS:
        arguments.refuse("runs", "too few to calibrate by", runs, f"at least {FEWEST_RUNS}")
    if minutes is not None and not minutes > 0:
        arguments.refuse("minutes", "no time at all", minutes, "a number above 0")
    wanted = None if overlay is True or overlay is None else Path(overlay)
    place: Path | None = None
    if overlay is not None:
        place = arguments.take("overlay", lambda: place_of(Path(path), wanted, replace), None)
    paths = _paths(arguments, subject, fit)
    watched = () if subject is None else watched_in(subject)
    if subject is not None and not watched:
        what = "no point lies before what is held out" if subject.loaded.spec.observed else "it has no 'observed'"
        arguments.refuse("path", f"nothing to calibrate this scenario by: {what}", path, "series under 'observed'")
    arguments.check()
    assert subject is not None
    subject = _up_to(subject, watched)
    document, trials = subject.loaded.document, trials_for(runs // 2)
    written = {one: document.at(document.uncertain[one]) for one in paths}
    points = [document.file_at(("observed", k, "file")) for k in range(len(subject.loaded.spec.observed))]
    asked = {"fit": paths, "accept": share, "points": digest(watched), "tables_hash": tables_hash(document, points)}
    with means.asking(subject, KIND, asked, (*TABLES, DRAWS), PAGE) as bench:
        near = draw_nearest(subject, watched, paths, runs - runs_for(trials), share, bench, budget)
        fits = Fitting(subject, watched, paths, near.scales, bench, budget).run(trials, written)
        seen = {one.series.name for one in watched}
        found = Calibration(
            subject=subject, replications=near.attempted, folder=means.kept(bench),
            fitted={one: subject.loaded.spec.uncertain[one] for one in paths}, written=written, watched=watched,
            near=near, fits=fits, unseen=tuple(s.label for s in subject.loaded.spec.observed if s.name not in seen),
        )  # fmt: skip
        found = with_other(found, overlay=place if found.best else None)
        for name in TABLES:
            bench.store.answer(name, getattr(found, name))
        bench.store.keep(DRAWS, found.draws)
        bench.store.page(PAGE, found.page())
    if found.overlay is not None:
        put_text(found.overlay, found.overlay_text(found.overlay))
    return found


def _share(arguments: Arguments, accept: str | float) -> float:
    """The share of draws that is accepted."""
    before = len(arguments.found)
    share = arguments.share("accept", accept)
    if not share and len(arguments.found) == before:
        arguments.refuse("accept", "no draw would be accepted", accept, "a share above 0%, such as 10%")
    return share


def _paths(arguments: Arguments, subject: Subject | None, fit: Sequence[str] | str | None) -> list[str]:
    """Paths of the figures to fit."""
    if subject is None:
        return []
    known, declared = list(subject.loaded.document.uncertain), subject.loaded.spec.uncertain
    if not declared:
        arguments.refuse("fit", "nothing is uncertain in this scenario", None, "ranges under 'uncertain'")
        return []
    texts = known if fit is None else [fit] if isinstance(fit, str) else fit
    parts = [part.strip() for text in texts for part in ([text] if text in declared else text.split(","))]
    wanted = list(dict.fromkeys(parts))
    for path in wanted:
        if path in declared and path not in known:
            arguments.refuse("fit", "this is set here, or by the strategy taken away, so it is not drawn", path)
        elif path not in known:
            expected = "a path under 'uncertain': " + ", ".join(known[:12])
            arguments.refuse("fit", "this is not among the uncertain values", path, expected, nearest(path, known))
    if not wanted:
        arguments.refuse("fit", "there is nothing to fit", None, "a path under 'uncertain'")
    return wanted


def _up_to(subject: Subject, watched: Sequence[Watched]) -> Subject:
    """The same, run no longer than to the last point; whole where an event is waited for, which may come later, or
    where the scenario cannot end there."""
    if any(one.series.is_ == "event" for one in watched):
        return subject
    try:
        loaded = ended(subject.loaded, last_day(watched, subject) + dt.timedelta(days=1))
        plan = compile_plan(loaded)
        loaded.notes[:] = subject.loaded.notes  # not what is amiss only where the days end early
        return with_other(subject, loaded=loaded, plan=plan)
    except ScenarioError:
        return subject


def last_day(watched: Sequence[Watched], subject: Subject) -> dt.date:
    """The date of the last point that is looked at."""
    last = max(int(one.points.day.max()) for one in watched)
    return subject.loaded.spec.start + dt.timedelta(days=last)
