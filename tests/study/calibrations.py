"""Many calibrations of a toy whose truth is known, `make calibrations`: is the truth a draw like any other?

Of each calibration the truth is drawn from the declared ranges, as the draws are that it is held against. Where the
bands are right, its rank among the accepted draws is uniform (Talts et al. 2018, simulation-based calibration).
Accepting whatever is nearer than a tolerance is exact for observations that were off by as much, so that they are
jittered by that kernel (Wilkinson 2013, Statistical Applications in Genetics and Molecular Biology 12).
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import yaml
from scipy.stats import kstest

from sim.scenario.drawing import shares_of
from sim.study.ask.nearest import distances, nearest
from sim.study.design.fingerprint import program
from sim.study.run.bench import read_subject
from sim.study.run.task import Task, run_task
from sim.study.score.board import Scored
from sim.study.score.drawn import of_draws, watched_in

CALIBRATIONS, DRAWS, ACCEPT = 200, 150, 0.15
LEAST = 0.01
"""p of the Kolmogorov-Smirnov test under which ranks are not uniform."""
FITTED = ("replenishment.0.level", "demand.0.per_day")
SEEN = {"file": "seen.csv", "source": "survey", "quality": "official"}
TOY: dict[str, Any] = {
    "scenario": "toy", "title": "A maker and a clinic", "start": "2024-03-01", "end": "2024-03-16", "warm_up": "0d",
    "products": {"saline": {"unit": "bag"}}, "suppliers": {"maker": {"makes": {"saline": {}}}},
    "facilities": {"clinic": {}},
    "lanes": [{"from": "maker", "to": "clinic", "time": "1d"}],
    "demand": [{"at": "clinic", "product": "saline", "per_day": 10}],
    "replenishment": [{"at": "clinic", "policy": "base_stock", "level": "9d"}],
    "uncertain": {FITTED[0]: "uniform(4d, 14d)", FITTED[1]: "triangular(6, 9, 14)"},
    "observed": [{"name": "stock", "is": "level", "model": "stock", **SEEN},
                 {"name": "used", "is": "flow", "over": "5d", "model": "use", **SEEN}],
    "sources": {"survey": {"title": "A survey"}},
}  # fmt: skip


def jittered(
    scored: list[Scored], tolerance: float, scales: np.ndarray, generator: np.random.Generator
) -> list[Scored]:
    """Points moved at random by no more than a tolerance, all moves being as likely: uniform where the mean over series
    of the mean move of a point, in the scale of its series, is at most that. A point of the simplex for the sizes
    (exponentials over their sum), either sign, and the radius of a ball of so many dimensions."""
    sizes = [len(one.points) for one in scored]
    count = sum(sizes)
    moves = generator.exponential(size=count)
    moves *= generator.uniform() ** (1 / count) / moves.sum() * generator.choice([-1, 1], count)
    found, begin = [], 0
    for one, size, scale in zip(scored, sizes, scales.tolist(), strict=True):
        own = moves[begin : begin + size] * tolerance * len(scored) * size * scale
        found.append(replace(one, points=replace(one.points, value=one.points.value + own)))
        begin += size
    return found


def rank(truth: float, accepted: np.ndarray, generator: np.random.Generator) -> float:
    """Share of the accepted draws below the truth, its place among equals drawn: uniform between 0 and 1."""
    below, equal = int((accepted < truth).sum()), int((accepted == truth).sum())
    return (below + generator.uniform() * (equal + 1)) / (len(accepted) + 1)


def ranks(scored: list[Scored], levels: np.ndarray, accept: float, generator: np.random.Generator) -> np.ndarray:
    """Ranks of the last draw, taken for the truth, among the others that a calibration on its figures accepts; `levels`
    are of shape (draws, figures)."""
    truths = [
        replace(one, points=replace(one.points, value=one.samples[-1]), samples=one.samples[:-1]) for one in scored
    ]
    count = len(levels) - 1
    distance, scales = distances(truths)
    tolerance = distance[nearest(distance, count, accept)].max()
    distance, _ = distances(jittered(truths, float(tolerance), scales, generator))
    accepted = nearest(distance, count, accept)
    return np.array([rank(levels[-1, k], levels[:-1][accepted, k], generator) for k in range(levels.shape[1])])


def calibrated(path: Path, seed: int, draws: int, accept: float) -> np.ndarray:
    """Ranks of the truth of one calibration of the toy, by figure."""
    subject = read_subject(path, settings={"seed": seed})
    watched = watched_in(subject)
    case = replace(subject.case([]), observed=watched)
    (batch,) = run_task(Task((case,), 0, draws + 1, program()))
    _, scored = of_draws(batch.rows.to_pandas(), watched, subject)
    known = [shares_of(subject.loaded, draw) for draw in range(draws + 1)]
    levels = np.array([[one[figure] for figure in FITTED] for one in known])
    return ranks(list(scored), levels, accept, np.random.default_rng(seed))


def written(folder: Path) -> Path:
    """The toy in a file. What was observed does not matter: every calibration has its own truth."""
    (folder / "seen.csv").write_text("date,value\n2024-03-05,50\n2024-03-10,50\n2024-03-15,50\n")
    path = folder / "toy.yaml"
    path.write_text(yaml.safe_dump(TOY, sort_keys=False))
    return path


def main() -> int:
    """Calibrate, and say whether the ranks are uniform."""
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder))
        found = np.array([calibrated(path, seed, DRAWS, ACCEPT) for seed in range(CALIBRATIONS)])
    good = True
    for k, figure in enumerate(FITTED):
        tested = kstest(found[:, k], "uniform")
        counts = np.histogram(found[:, k], 10, (0, 1))[0].tolist()
        good &= tested.pvalue > LEAST
        click.echo(f"{figure}: D = {tested.statistic:.3f}, p = {tested.pvalue:.3f}; ranks by tenths {counts}")
    click.echo(
        f"{CALIBRATIONS} calibrations by {DRAWS} draws, {ACCEPT:.0%} accepted: "
        + ("uniform" if good else "NOT uniform")
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
