"""The walk of the README finds every command on a page, and stops at one that fails."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.walk import ROOT, script, steps, told

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


def test_a_wheel_is_installed_and_make_only_asked_for_its_target(tmp_path: Path) -> None:
    lines = steps(PAGE, tmp_path / "tideover.whl", tmp_path)
    assert lines[0] == "tideover run scenarios/crises/red-sea-2024.yaml"
    assert lines[1] == f"pip install --constraint {ROOT}/constraints.txt {tmp_path}/tideover.whl"
    assert lines[3] == f"make --dry-run --directory {ROOT} test"
    assert (tmp_path / lines[-1].removeprefix("python ")).read_text(encoding="utf-8") == "import sim\n"


@pytest.mark.parametrize(("second", "code"), [("test -d here", 0), ("echo lost && test -d gone", 1)])
def test_a_step_that_fails_ends_the_walk_with_what_it_printed(second: str, code: int, tmp_path: Path) -> None:
    typed = ["mkdir here && cd here && cd ..", second, "echo 'the last'"]
    done = subprocess.run(["bash", "-c", script(typed)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    expected = [f"$ {line}" for line in typed]
    assert done.stdout.splitlines() == (expected if code == 0 else [*expected[:2], "lost"])
