"""The command as a process of its own, and a scenario to try it on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STARTER = Path(__file__).resolve().parents[2] / "sim" / "scenario" / "starter.yaml"
PROGRAM = [sys.executable, "-W", "error", "-c", "from sim.cli import main; main()"]


def tideover(
    *words: str, cwd: Path, program: list[str] = PROGRAM, **environment: str
) -> subprocess.CompletedProcess[str]:
    """What a call prints and how it ends; `environment` is added to that of the tests."""
    return subprocess.run(
        [*program, *words], cwd=cwd, capture_output=True, encoding="utf-8", check=False, env=os.environ | environment
    )


def files(folder: Path) -> list[str]:
    """Every file and folder below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
