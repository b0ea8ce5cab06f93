"""One thing in a process of its own, so that its peak memory is its own:
`python -m benchmarks.alone WHAT FOLDER FACILITIES DAYS [random] [shelf-life] [daily]`, or `page FOLDER SCENARIO`.

Prints lines of a name and a figure: seconds (processor), peak_gb, and what else there is.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sim
from benchmarks import networks
from benchmarks.measure import plan_of, run
from benchmarks.strategies import cases_in, together
from sim.engine.compile.plan import compile_plan
from sim.scenario.load import load
from sim.study.design.case import case_of
from sim.study.design.fingerprint import program
from sim.study.design.measures import parse_measure
from sim.study.design.spec import Study
from sim.study.run.task import Task, run_task


def country(folder: Path, facilities: int, days: int) -> dict[str, float]:
    """Load and run the country once, no journal, no daily table."""
    began = time.process_time()
    plan = plan_of(networks.country(folder, facilities, days=days))
    loaded = time.process_time()
    run(plan)
    return {"loading": loaded - began, "seconds": time.process_time() - loaded}


def strategies(folder: Path, facilities: int, days: int) -> dict[str, float]:
    """One replication of the country under three strategies, with their twins."""
    cases = cases_in(folder, facilities, days)
    began = time.process_time()
    together(cases)
    return {"seconds": time.process_time() - began}


def report(folder: Path, facilities: int, days: int) -> dict[str, float]:
    """Run the country with its twin and make its report: the time the report takes, and its size."""
    found = sim.run(networks.country(folder, facilities, days=days), detail="key", daily=False)
    began = time.process_time()
    page = found.report(folder / "report.html")
    return {"seconds": time.process_time() - began, "megabytes": page.stat().st_size / 1e6}


def page(folder: Path, scenario: str) -> dict[str, float]:
    """Run a shipped scenario with its twins and make its report: the time the report takes, imports included."""
    found = sim.run(Path(__file__).parent.parent / "scenarios" / f"{scenario}.yaml")
    began = time.process_time()
    found.report(folder / "report.html")
    return {"seconds": time.process_time() - began}


def command(folder: Path, facilities: int, days: int, *more: str) -> dict[str, float]:
    """What `tideover run --journal none --daily none` does: the country, its twin, the files and the report."""
    path = _country(folder, facilities, days, more)
    began = time.process_time()
    sim.run(path, detail="none", daily=False).save(folder / "run")
    return {"seconds": time.process_time() - began}


def replication(folder: Path, facilities: int, days: int, *more: str) -> dict[str, float]:
    """One replication of a study with its twin, and the measures that a study has unless it says otherwise; `daily`
    keeps the daily totals as well."""
    asked = Study.model_fields["measures"].default
    loaded, measures = load(_country(folder, facilities, days, more)), [parse_measure(name) for name in asked]
    case = case_of(loaded, measures, ("", "", ""), plan=compile_plan(loaded), daily="daily" in more)
    began = time.process_time()
    run_task(Task((case,), 0, 1, program()))
    return {"seconds": time.process_time() - began}


def _country(folder: Path, facilities: int, days: int, more: tuple[str, ...]) -> Path:
    life = "24mo" if "shelf-life" in more else None
    return networks.country(folder, facilities, days=days, shelf_life=life, random_times="random" in more)


def daily(folder: Path, facilities: int, days: int) -> dict[str, float]:
    """Run a country of few products with its whole daily table, and write that: how far writing raises the peak."""
    found = sim.run(networks.country(folder, facilities, 2, days), twin=False, detail="none", daily=True)
    before, began = _peak(), time.process_time()
    found.save(folder / "run", report=False)
    written = (folder / "run" / "daily.parquet").stat().st_size
    return {"seconds": time.process_time() - began, "written_mb": written / 1e6, "raised_gb": _peak() - before}


def _peak() -> float:
    """GB at most so far, of this program alone: on Linux getrusage counts what the parent had when it began it."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]) / 1024**2
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


WHAT: dict[str, Callable[..., dict[str, float]]] = {
    "country": country,
    "strategies": strategies,
    "report": report,
    "page": page,
    "daily": daily,
    "command": command,
    "replication": replication,
}


def main() -> None:
    """Do what the command line says."""
    what, folder, *more = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    arguments = (int(word) if word.isdecimal() else word for word in more)
    for name, value in {**WHAT[what](Path(folder), *arguments), "peak_gb": _peak()}.items():
        print(name, value)


if __name__ == "__main__":
    main()
