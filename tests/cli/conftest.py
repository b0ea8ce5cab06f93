"""A folder with the starter scenario in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calls import STARTER


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "starter.yaml"
    path.write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    return path
