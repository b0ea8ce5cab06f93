"""Kinds that tests register for a while, here or as packages beside Tideover, and programs that find those."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.engine.checks import CHECKS
from sim.engine.phases import PHASES
from sim.families import WRITTEN
from sim.metrics.base import METRICS
from sim.registry import Family, settle_anew
from sim.study.score import SCORES

ROOT = Path(__file__).resolve().parents[1]
FAMILIES: tuple[Family[Any], ...] = (*(family.registry for family in WRITTEN.values()), METRICS, CHECKS, SCORES)


@contextmanager
def registered_meanwhile() -> Iterator[None]:
    """What is registered inside the block, phases included, is forgotten after it."""
    before, phases = [dict(family) for family in FAMILIES], list(PHASES)
    try:
        yield
    finally:
        PHASES[:] = phases
        changed = [dict(family) for family in FAMILIES] != before
        for family, kinds in zip(FAMILIES, before, strict=True):
            family._kinds.clear()
            family._kinds.update(kinds)
        if changed:
            settle_anew()


def package(folder: Path, name: str, modules: Mapping[str, str]) -> Path:
    """As pip would leave it in `folder`: a package of modules (name -> text) that offers kinds; returns `folder`."""
    (folder / name).mkdir(parents=True)
    for module, text in ({"__init__": ""} | dict(modules)).items():
        (folder / name / f"{module}.py").write_text(text, encoding="utf-8")
    about = folder / f"{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[tideover.kinds]\n{name} = {name}\n", encoding="utf-8")
    return folder


def call(beside: Path, *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with these words where the packages in a folder are installed too."""
    paths = [str(beside), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "MPLBACKEND": "Agg", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def tideover(beside: Path, *words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command, where the packages in a folder are installed too."""
    return call(beside, "-W", "error", "-m", "sim", *words, cwd=cwd)


def contract(beside: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """The contract tests of kinds that packages in a folder offer, but for results that are kept with Tideover."""
    tests = [f"tests/contract/test_{name}.py" for name in ("kinds", "reference", "severity", "metrics", "checks")]
    tests.append("tests/unit/test_schema.py")
    wanted = f"({' or '.join(names)}) and not golden"
    return call(beside, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", wanted)
