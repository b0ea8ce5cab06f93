"""`make walk`: what the README tells a user to type, typed in a fresh environment into which a wheel was installed.

The folder is empty but for copies of what the README says is in the box. Commands are read from the README, so that a
new one is walked too: code blocks in `sh` line by line, commands in running text and tables, and the code in Python.
What begins with `make` belongs to a clone of the repository: it is not run, but its target must be there.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOX = ("scenarios", "run_scenario.py")
FILE = "scenarios/crises/red-sea-2024.yaml"
"""What stands for FILE, where the README leaves open which."""
TOLD = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<block>.*?)^```|`(?P<span>[^`\n]+)`", re.DOTALL | re.MULTILINE)
TYPED = re.compile(r"(make|python3?|run_scenario\.py|tideover) ")
"""How a code span begins that is a command, and not a name."""
SNIPPET = "snippet-{}.py"
HIDDEN = ("MAKEFLAGS", "PYTHONPATH", "VIRTUAL_ENV")
"""Variables that would let the walk see the environment that it is started from."""


def told(page: str) -> list[tuple[str, str]]:
    """(language, text) of everything on a page that can be run: commands as `sh`, a line each, and code in Python."""
    found = []
    for match in TOLD.finditer(page):
        if match["span"] is not None and TYPED.match(match["span"]):
            found.append(("sh", match["span"]))
        elif match["language"] == "sh":
            lines = match["block"].replace("\\\n", " ").splitlines()
            found += [("sh", line) for line in lines if line.strip() and not line.startswith("#")]
        elif match["language"] == "python":
            found.append(("python", match["block"]))
    return found


def steps(page: str, wheel: Path, desk: Path) -> list[str]:
    """The lines to type at the desk; code in Python is laid there as a file."""
    lines = []
    for number, (language, text) in enumerate(told(page)):
        if language == "python":
            name = SNIPPET.format(number)
            (desk / name).write_text(text, encoding="utf-8")
            lines.append(f"python {name}")
        elif text.startswith("make"):
            words = shlex.split(text, comments=True)[1:]
            lines.append(shlex.join(["make", "--dry-run", "--directory", str(ROOT), *words]))
        else:
            text = re.sub(r"\bFILE\b", FILE, re.sub(r"^run_scenario", "python run_scenario", text))
            lines.append(
                re.sub(r"^pip install \.$", f"pip install --constraint {ROOT / 'constraints.txt'} {wheel}", text)
            )
    return lines


def script(lines: list[str]) -> str:
    """A shell script that says what it types, and stops with what was printed where a line fails."""
    told = [
        f"echo {shlex.quote('$ ' + line)}\n{{ {line}\n}} > .said 2>&1 || {{ cat .said; exit 1; }}" for line in lines
    ]
    return "\n".join(told) + "\n"


def main() -> None:
    """Walk; exit with 1 where a step fails."""
    quiet = ["--quiet", "--disable-pip-version-check"]
    environment = {key: value for key, value in os.environ.items() if key not in HIDDEN}
    with tempfile.TemporaryDirectory() as folder:
        desk, dist = Path(folder, "desk"), Path(folder, "dist")
        desk.mkdir()
        subprocess.run([sys.executable, "-m", "pip", "wheel", *quiet, "--no-deps", "-w", dist, ROOT], check=True)
        (wheel,) = dist.glob("*.whl")
        for name in BOX:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, desk / name)
        lines = steps((ROOT / "README.md").read_text(encoding="utf-8"), wheel, desk)
        if not any(str(wheel) in line for line in lines):
            sys.exit("The README does not say 'pip install .' on a line of its own.")
        done = subprocess.run(["bash", "-c", script(lines)], cwd=desk, env=environment, check=False)
        if done.returncode:
            sys.exit("The walk of the README stopped there.")
    sys.stdout.write(f"Walked {len(lines)} steps of the README.\n")


if __name__ == "__main__":
    main()
