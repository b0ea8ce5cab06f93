"""The walks of the README find every command on a page, and stop at one that fails or shows something else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walk import OFFLINE, ROOT, Astray, Step, console, steps, take, told, walks

PAGE = """
Type `tideover run FILE`, or have a look at `numpy`.

```sh
pip install .
tideover list \\
    kinds
make test    # all tests
```

| to | write |
|---|---|
| ask | `tideover query reports/x "SELECT 1"` |

```python
import sim
```

```yaml
scenario: x
```
"""


def test_every_command_and_snippet_of_a_page_is_found_in_its_order() -> None:
    commands = [text.split() for language, text in told(PAGE) if language == "sh"]
    assert commands == [
        ["tideover", "run", "FILE"],
        ["pip", "install", "."],
        ["tideover", "list", "kinds"],
        ["make", "test", "#", "all", "tests"],
        ["tideover", "query", "reports/x", '"SELECT', '1"'],
    ]
    assert told(PAGE)[-1] == ("python", "import sim\n")


def test_a_wheel_is_installed_without_a_network_and_make_only_asked_for_its_target(tmp_path: Path) -> None:
    lines = [
        step.line for step in steps(PAGE + "\nOnce more `tideover run FILE`.", tmp_path / "tideover.whl", tmp_path)
    ]
    assert lines[0] == "tideover run scenarios/crises/red-sea-2024.yaml"
    assert lines[1] == f"pip install --no-index --no-deps {tmp_path}/tideover.whl"
    assert lines[3] == f"make --dry-run --directory {ROOT} test"
    assert (tmp_path / lines[-1].removeprefix("python ")).read_text(encoding="utf-8") == "import sim\n"
    assert len(set(lines)) == len(lines)


@pytest.mark.parametrize(
    ("line", "shown", "astray"),
    [
        ("test -d here", None, None),
        ("echo lost && test -d gone", None, "lost"),
        ("echo a; echo b >&2; echo c", "a\nb\nc\n", None),
        ("echo a; echo b; echo c", "...\nb\n...\n", None),
        ("echo a; echo b; echo c", "a\n...\nc\n", None),
        ("echo a; echo b; echo c", "a\nc\n", "is not what the README shows"),
        ("echo a; echo b; echo c", "...\nb\n", "is not what the README shows"),
        ("echo 'a  '", "a\n", None),
        ("echo 'Report: none.html'", None, "names none.html, which is no report"),
        ("echo '<p>' > x.html; echo 'Report: x.html'", None, "names x.html, which is no report"),
        ("echo '<h1>' > x.html; echo 'Report: x.html'", "...\nReport: x.html\n", None),
    ],
)
def test_a_step_that_fails_or_shows_something_else_goes_astray(
    line: str, shown: str | None, astray: str | None, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    if astray is None:
        take(Step(line, shown), tmp_path, os.environ)
        return
    with pytest.raises(Astray) as caught:
        take(Step(line, shown), tmp_path, os.environ)
    assert astray in str(caught.value)


@pytest.mark.parametrize("address", ["('example.org', 80)", "('192.0.2.1', 443)"])
def test_nobody_on_a_walk_reaches_a_network(address: str, tmp_path: Path) -> None:
    (tmp_path / "offline.py").write_text(OFFLINE, encoding="utf-8")
    code = f"import offline, socket; socket.create_connection({address}, 1)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "there is no network on a walk" in done.stderr


def test_each_of_those_who_use_it_has_a_walk_with_files_and_what_is_shown() -> None:
    found = walks((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [heading.split(":")[0] for heading in found] == ["A planner", "A reviewer", "An analyst"]
    for blocks in found.values():
        typed = [step for name, text in blocks if not name for step in console(text)]
        assert len(typed) >= 5 and all(step.shown for step in typed)
        assert all("scenarios/" not in step.line for step in typed), "the folder is empty"
    assert [name for name, _ in found["An analyst: your own figures, and a brief"] if name] == [
        "clinics.csv", "ours.yaml", "question.yaml",
    ]  # fmt: skip
