"""Whatever a page, a message or the documentation tells one to type is a command that there is."""

from __future__ import annotations

import re
from pathlib import Path

from sim.cli import cli

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"\btideover ([a-z]+(?:-[a-z]+)*)\b")
PAGES = [
    ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "crises").glob("*.md"),
    *(ROOT / "sim").rglob("*.py"), *(ROOT / "sim").rglob("*.j2"), *(ROOT / "scenarios").rglob("*.yaml"),
]  # fmt: skip


def test_every_command_that_is_named_is_there() -> None:
    named = {(path.name, word) for path in PAGES for word in NAMED.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert sorted((name, word) for name, word in named if word not in cli.commands) == []
