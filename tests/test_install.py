"""What `pip install .` leaves in a fresh environment is enough, away from the repository."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
CARRIED = (
    "sim/model/data/sea-voyages.csv",
    "sim/report/data/countries-110m.json",
    "sim/report/templates/report.css",
    "sim/report/templates/report.html.j2",
    "sim/room/pages/player.html",
    "sim/room/pages/link.js",
    "sim/scenario/national.yaml",
    "sim/scenario/starter.yaml",
    "sim/shipped/scenarios/crises/red-sea-2024.yaml",
    "sim/shipped/scenarios/networks/east-africa.yaml",
    "sim/shipped/scenarios/data/red-sea-facilities.csv",
    "sim/py.typed",
)


def call(words: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(words, cwd=cwd, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def tideover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a fresh environment into which a copy of the repository was installed.

    The libraries are those of the environment of the tests, laid behind it; so nothing is fetched.
    """
    place = tmp_path_factory.mktemp("install")
    source = place / "source"
    source.mkdir()
    for name in ("sim", "scenarios"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    call([sys.executable, "-m", "venv", "--without-pip", "fresh"], place)  # pip is among the libraries
    fresh = place / "fresh" / "bin" / "python"
    site = call([str(fresh), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], place).stdout.strip()
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    Path(site, "libraries.pth").write_text("\n".join(libraries) + "\n", encoding="utf-8")
    call([str(fresh), *OFFLINE, str(source)], place)
    shutil.rmtree(source)
    return place / "fresh" / "bin" / "tideover"


@pytest.mark.slow
def test_it_runs_away_from_the_repository(tideover: Path, tmp_path: Path) -> None:
    where = call([str(tideover.parent / "python"), "-c", "import sim; print(sim.__file__)"], tmp_path).stdout
    assert Path(where.strip()).is_relative_to(tideover.parents[1])
    package = Path(where.strip()).parents[1]
    assert [name for name in CARRIED if not (package / name).is_file()] == []
    call([str(tideover), "new", "mine.yaml"], tmp_path)
    assert call([str(tideover), "run", "mine.yaml", "-q"], tmp_path).stdout == "Report: reports/mine/report.html\n"
    call([str(tideover), "new", "copy.yaml", "--from", "red-sea-2024"], tmp_path)
    call([str(tideover), "run", "copy.yaml", "--set", "end=2023-11-15", "-q", "--no-report"], tmp_path)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shipped = "scenarios/crises/red-sea-2024.yaml"
    call([str(tideover), "run", shipped, "--set", "end=2023-12-15", "-q", "-o", "out"], tmp_path)
    assert "<svg" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["file"] == shipped


@pytest.mark.slow
def test_a_wheel_holds_the_package_and_nothing_else(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(tmp_path)]
    call([*pip, str(ROOT)], tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert [name for name in CARRIED if name not in names] == []
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"sim"}


def test_every_library_that_is_imported_is_asked_for() -> None:
    """Nothing is there only because the tests need it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [name for extra in ("dask", "web") for name in project["optional-dependencies"][extra]]
    asked = {name.split(">=")[0].replace("-", "_") for name in (*project["dependencies"], *extras)}
    known_as = {"yaml": "pyyaml", "pydantic_core": "pydantic", "docx": "python_docx"}
    for path in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.split(".")[0] for name in names} - {"sim", "__future__"} - set(sys.stdlib_module_names):
                assert known_as.get(top, top) in asked, f"{path.relative_to(ROOT)} imports {top}"
