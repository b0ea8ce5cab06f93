"""Which tests can see a line of the code: known from one run of all judges with coverage, test by test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

FOLDERS = ("tests/unit", "tests/textbook", "tests/study", "tests/contract", "tests/bad")
"""Tests with figures of their own. Properties are not asked, and golden files neither: these keep change, not truth."""
GOLDEN = "test_its_golden_result_holds"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def environment(tree: Path) -> dict[str, str]:
    """Variables under which the tests find the code of the tree, and no other."""
    return os.environ | {"PYTHONPATH": str(tree), "MPLBACKEND": "Agg"}


def watch(tree: Path, folder: Path, workers: int) -> None:
    """Run all judges, unless done before; what each saw is kept in the folder."""
    if (folder / "times.xml").exists():
        return
    kept = [f"--cov-config={folder / 'coverage.ini'}", f"--junitxml={folder / 'times.part'}"]
    (folder / "coverage.ini").write_text(
        f"[run]\ndata_file = {folder / 'coverage.db'}\nsource = sim\n", encoding="utf-8"
    )
    words = [
        *PYTEST,
        "-n",
        str(workers),
        "-m",
        "not slow",
        "--cov",
        "--cov-context=test",
        "--cov-report=",
        *kept,
        *FOLDERS,
    ]
    if subprocess.run(words, cwd=tree, env=environment(tree), check=False).returncode:
        sys.exit("Not all tests pass as it is: there is nothing to judge faults by.")
    (folder / "times.part").rename(folder / "times.xml")


@dataclass(frozen=True)
class Judges:
    """`seconds` of every test, and the tests that run each (file, line)."""

    seconds: dict[str, float]
    seen: dict[tuple[str, int], list[str]]

    @classmethod
    def read(cls, tree: Path, folder: Path) -> Judges:
        """From the files that `watch` keeps."""
        seconds: dict[str, float] = {}
        for case in ElementTree.parse(folder / "times.xml").iter("testcase"):
            file = case.attrib["classname"].replace(".", "/") + ".py"
            seconds[f"{file}::{case.attrib['name']}"] = float(case.attrib["time"])
        of_file = defaultdict(list)
        for test in seconds:
            of_file[test.partition("::")[0]].append(test)
        data = CoverageData(str(folder / "coverage.db"))
        data.read()
        seen: dict[tuple[str, int], list[str]] = {}
        for path in data.measured_files():
            name = str(Path(path).relative_to(tree))
            for line, contexts in data.contexts_by_lineno(path).items():
                tests: set[str] = set()
                for context in contexts:
                    test, _, phase = context.rpartition("|")
                    # what a shared fixture runs, it runs for every test of the file
                    tests.update(of_file[test.partition("::")[0]] if phase != "run" else [test])
                seen[name, line] = [test for test in tests if test in seconds and GOLDEN not in test]
        return cls(seconds, seen)

    def of(self, file: str, first: int, last: int) -> list[str]:
        """The tests that run some line of a span, quick ones first; a line run on import is seen by all of its file."""
        tests = {test for line in range(first, last + 1) for test in self.seen.get((file, line), [])}
        if not tests:
            tests = {test for (name, _), several in self.seen.items() if name == file for test in several}
        return sorted(tests, key=lambda test: (self.seconds[test], test))
