"""`make walk`: what the README tells a user to type, typed where only a wheel is installed and there is no network.

Commands are read from the README, so that a new one is walked too. *A first afternoon* has a walk for each of those who
use it, a heading each: in an empty folder, with the files that it shows, and what is printed must be what it shows. All
else is one more walk, in a folder with what the README says is in the box: code blocks in `sh` line by line, commands
in running text and tables, and the code in Python. What begins with `make` belongs to a clone of the repository: it is
not run, but its target must be there. Reports that a step names must be there.
"""

from __future__ import annotations

import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOX = ("scenarios", "run_scenario.py")
FILE = "scenarios/crises/red-sea-2024.yaml"
"""What stands for FILE, where the README leaves open which."""
AFTERNOON = re.compile(r"^## A first afternoon\n(.*?)(?=^## )", re.DOTALL | re.MULTILINE)
TOLD = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<block>.*?)^```|`(?P<span>[^`\n]+)`", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"^```(?P<kind>\w+)(?: (?P<name>\S+))? walked\n(?P<block>.*?)^```", re.DOTALL | re.MULTILINE)
"""A block of a walk: a file by its name, or a console."""
TYPED = re.compile(r"(make|python3?|run_scenario\.py|tideover) ")
"""How a code span begins that is a command, and not a name."""
NAMES = re.compile(r"^(?:Report|Brief|To edit|Comparison|Register): (.+)$", re.MULTILINE)
"""A file that a step says it has written."""
LEFT = re.compile(r"\d+% done, about .* left")
"""What long work says on a slow machine."""
SNIPPET = "snippet-{}.py"
HIDDEN = ("MAKEFLAGS", "PYTHONPATH", "VIRTUAL_ENV")
"""Variables that would let the walk see the environment that it is started from."""
MOST = 200
"""Seconds of processor time for all walks together; on a machine with nothing else to do they take about 100, and half
as much again where others use the same processors."""
OFFLINE = """
import sys
HERE = ("localhost", "127.0.0.1", "::1", None)
def refuse(event, args):
    if event == "socket.getaddrinfo" and args[0] not in HERE:
        raise OSError(f"{args[0]} was asked for, but there is no network on a walk")
    if event == "socket.connect" and isinstance(args[1], tuple) and args[1][0] not in HERE:
        raise OSError(f"{args[1][0]} was asked for, but there is no network on a walk")
sys.addaudithook(refuse)
"""


@dataclass(frozen=True)
class Step:
    """A line to type, and what has to be printed: `...` on a line stands for any lines; None: anything."""

    line: str
    shown: str | None = None


class Astray(Exception):
    """A step that fails, or shows something else than the README says."""


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


def steps(page: str, wheel: Path, desk: Path) -> list[Step]:
    """What to type at the desk, each line once; code in Python is laid there as a file."""
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
            lines.append(re.sub(r"^pip install \.$", f"pip install --no-index --no-deps {wheel}", text))
    return [Step(line) for line in dict.fromkeys(lines)]


def walks(page: str) -> dict[str, list[tuple[str, str]]]:
    """Heading -> (name of a file, or "" for a console; text) of the blocks of each walk of the first afternoon."""
    part = AFTERNOON.search(page)
    pieces = re.split(r"^### (.+)\n", part[1] if part else "", flags=re.MULTILINE)[1:]
    return {
        heading: [(match["name"] or "", match["block"]) for match in SHOWN.finditer(text)]
        for heading, text in zip(pieces[::2], pieces[1::2], strict=True)
    }


def console(text: str) -> list[Step]:
    """The steps of a console block: `$ ` before what is typed, below it what it prints."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return [Step(line, shown) for line, shown in zip(parts[::2], parts[1::2], strict=True)]


def as_shown(printed: str, shown: str) -> bool:
    """Whether what is printed is what a page shows, but for blanks at the ends of lines."""
    lines = [re.escape(line.rstrip()) + "\n" if line != "..." else "(?:.*\n)*?" for line in shown.splitlines()]
    told = (line.rstrip() for line in printed.rstrip().splitlines())
    text = "".join(line + "\n" for line in told if not LEFT.fullmatch(line))
    return re.fullmatch("".join(lines).rstrip("\n") + "\n*", text) is not None


def used() -> float:
    """Seconds of processor time that all steps took until now."""
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times.ru_utime + times.ru_stime


def take(step: Step, desk: Path, environment: Mapping[str, str]) -> None:
    """Type a line; raises Astray where it fails, shows something else, or names a report that is not there."""
    done = subprocess.run(
        ["bash", "-c", step.line], cwd=desk, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", check=False,
    )  # fmt: skip
    printed = done.stdout
    if done.returncode:
        raise Astray(printed)
    if step.shown is not None and not as_shown(printed, step.shown):
        raise Astray(f"{printed}\nis not what the README shows:\n{step.shown}")
    for name in NAMES.findall(printed):
        if not (desk / name).is_file() or (name.endswith(".html") and "<h1" not in (desk / name).read_text("utf-8")):
            raise Astray(f"{printed}\nnames {name}, which is no report.")


def go(found: Sequence[Step], desk: Path, environment: Mapping[str, str]) -> None:
    """Take the steps of a walk; exit with 1 where one goes astray."""
    for step in found:
        sys.stdout.write(f"$ {step.line}\n")
        sys.stdout.flush()
        before = used()
        try:
            take(step, desk, environment)
            sys.stdout.write(f"[{used() - before:.1f} s]\n")
        except Astray as error:
            sys.stdout.write(f"{error}\n")
            sys.exit("The walk of the README stopped there.")


def installed(python: Path) -> None:
    """Lay the libraries of this environment behind a fresh one, and cut its network."""
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip())
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    (site / "libraries.pth").write_text("\n".join([*libraries, "import offline"]) + "\n", encoding="utf-8")
    (site / "offline.py").write_text(OFFLINE, encoding="utf-8")


def main() -> None:
    """Walk; exit with 1 where a step goes astray, or where all take too long."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    count = 0
    if hasattr(os, "sched_setaffinity"):  # on one processor, where studies start no further processes, which cost more
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        desk, dist = Path(folder, "desk"), Path(folder, "dist")
        desk.mkdir()
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*build, "--no-build-isolation", "-w", dist, ROOT], check=True)
        (wheel,) = dist.glob("*.whl")
        for name in BOX:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, desk / name)
        environment = {key: value for key, value in os.environ.items() if key not in HIDDEN}
        environment["PATH"] = os.pathsep.join([str(desk / ".venv" / "bin"), environment["PATH"]])
        every = steps(AFTERNOON.sub("", page), wheel, desk)
        first = next((number for number, step in enumerate(every) if str(wheel) in step.line), None)
        if first is None:
            sys.exit("The README does not say 'pip install .' on a line of its own.")
        go(every[:first], desk, environment)
        installed(desk / ".venv" / "bin" / "python")
        go(every[first:], desk, environment)
        count += len(every)
        for heading, blocks in walks(page).items():
            sys.stdout.write(f"\n{heading}\n")
            desk = Path(folder, str(count))
            desk.mkdir()
            for name, text in blocks:
                if name:
                    (desk / name).write_text(text, encoding="utf-8")
                else:
                    go(console(text), desk, environment)
                    count += len(console(text))
    sys.stdout.write(f"Walked {count} steps of the README in {used():.0f} s of processor time.\n")
    if used() > MOST:
        sys.exit(f"That is more than the {MOST} s that all walks may take.")


if __name__ == "__main__":
    main()
