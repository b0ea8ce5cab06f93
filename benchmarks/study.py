"""A study on two processes, and on a Dask cluster of two, against the same study in this process.

The clock is what counts here, and on a machine that others use it says little by itself. So two processes are held
against two halves of the study side by side that know nothing of each other, which meet the same load and start just
the same; all ways are taken in turn, and medians of their ratios are printed, with the load.
"""

from __future__ import annotations

import os
import pickle
import resource
import statistics
import subprocess
import sys
import time
import zlib
from pathlib import Path

import sim
from benchmarks import networks
from benchmarks.measure import verdict
from sim.study.design.design import read_study
from sim.study.design.fingerprint import program
from sim.study.run.sharing import pack
from sim.study.run.task import Task

REPLICATIONS = 150
FACILITIES = 300
STUDY = """
study: throughput
title: three strategies of one country
scenarios: [country.yaml]
strategies:
  - {{name: as-is}}
  - reserve-30d
baseline: as-is
measures: [units_unmet, fill_rate]
replications: {replications}
"""


def study(folder: Path, repeats: int, replications: int = REPLICATIONS) -> None:
    """Lines of the sixth row of the budget, and what it costs to begin."""
    networks.country(folder, FACILITIES, 5, 365, 10)
    for name, number in {"study": replications, "half": replications // 2}.items():
        (folder / f"{name}.yaml").write_text(STUDY.format(replications=number))
    file, half = folder / "study.yaml", folder / "half.yaml"
    cases = read_study(file).cases
    packed = len(pack(Task(cases, 0, 1, program()))[0])
    content = len(zlib.compress(pickle.dumps(cases[0].plan.content, pickle.HIGHEST_PROTOCOL), 1))
    turns: list[tuple[float, float, float, float]] = []
    for k in range(repeats):
        place = folder / f"turn{k}"
        one = _clock_of(file, place / "one", workers=1)
        apart = _apart(half, place)
        two = _clock_of(file, place / "two", workers=2)
        turns.append((one, apart, two, _on_dask(file, place / "dask")))
    one, apart, two, dask = (statistics.median(side) for side in zip(*turns, strict=True))
    efficiency = statistics.median(a / b for _, a, b, _ in turns)
    against_one = statistics.median(a / (2 * b) for a, _, b, _ in turns)
    added = statistics.median(c / b - 1 for _, _, b, c in turns)
    print(
        f"study, 2 strategies x {replications} replications, each with its twin, {FACILITIES} facilities x 5 products"
    )
    print(f"  {one:.1f} s in this process, {two:.1f} s in two, {dask:.1f} s on a Dask cluster of two,", end=" ")
    print(f"{apart:.1f} s as two separate halves side by side; load {os.getloadavg()[0]:.1f}")
    print(f"  efficiency of two processes {efficiency:.0%} of two halves side by side", end="  ")
    print(f"(budget 85%: {verdict(efficiency, 0.85, more_is_better=True)}); {against_one:.0%} of half the time of one")
    print(f"  Dask adds {added:.0%} to two processes  (budget 10%: {verdict(added, 0.10)})")
    print(f"  a task of two cases is {packed / 1e3:.1f} kB, the compiled network {content / 1e3:.0f} kB, once a worker")
    print(f"  a worker imports for {_start('-c', 'import sim.study.run.task'):.2f} s before its first task", end="; ")
    print(f"importing all that a run needs {_start('-c', 'import sim; sim.run'):.2f} s of processor time,", end=" ")
    print(f"tideover --help {_start('-m', 'sim', '--help'):.2f} s (budget 0.5 s)")


def _clock_of(file: Path, out: Path, workers: int | None = None, scheduler: str | None = None) -> float:
    """Seconds by the clock that a study takes."""
    began = time.perf_counter()
    sim.run_study(file, out, workers=workers, scheduler=scheduler)
    return time.perf_counter() - began


def _apart(file: Path, place: Path) -> float:
    """The same for a study twice side by side, each in a process of its own that knows nothing of the other."""
    code = "import sys, sim; sim.run_study(sys.argv[1], sys.argv[2], workers=1)"
    began = time.perf_counter()
    running = [subprocess.Popen([sys.executable, "-c", code, str(file), str(place / f"apart{n}")]) for n in (0, 1)]
    if sum(process.wait() for process in running):
        sys.exit("a half of the study failed")
    return time.perf_counter() - began


def _on_dask(file: Path, out: Path) -> float:
    """The same on a cluster of two that stands already."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        return _clock_of(file, out, scheduler=cluster.scheduler_address)


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _start(*words: str) -> float:
    """Processor seconds of a new Python; the least of five, after one that compiles."""
    found = []
    for _ in range(6):
        before = _processor()
        subprocess.run([sys.executable, *words], capture_output=True, check=True)
        found.append(_processor() - before)
    return min(found[1:])
