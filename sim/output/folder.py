"""Folders of results: known by a marker that names their kind and every file in them that is ours.

Only those files are ever replaced or deleted. Whatever else lies in such a folder stays as it is, and a folder that is
not one, or one of another kind, is refused.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.output.files import cannot_write, put, put_text
from sim.output.holding import HOLDS, same
from sim.output.locks import OURS

MARKER = "tideover.json"
FORM = 1
"""Of the marker; one of a later form is not understood, so not touched."""
MANIFEST = "manifest.json"

RUN_FILES = (
    MANIFEST, "scenario.json", "metrics.json", "metrics.csv", "daily.parquet", "events.parquet", "lots.parquet",
    "genealogy.parquet", "sites.parquet", "short.parquet", "ports.parquet", "passages.parquet", "rations.parquet",
    "decisions.parquet", "scores.parquet", "sharings.parquet", "performance.parquet", "forecasts.parquet",
    "transfers.parquet", "loans.parquet", "claims.parquet", "alarms.parquet", "trust.parquet", "metrics.parquet",
    "report.html", "summary.html", "tables.xlsx",
)  # fmt: skip
"""Files that a run may leave, apart from those in `tables`."""

UNMARKED = {
    "run": (
        {"scenario", "seed", "scenario_hash", "overrides", "tideover"},
        "|".join(map(re.escape, RUN_FILES)) + r"|tables/[a-z-]+\.csv",
    ),
    "study": (
        {"study", "asked", "cases", "tideover", "program"},
        r"manifest\.json|(summary|comparisons|best|regret|fan|frontier)\.(csv|parquet)|study\.html|brief\.(html|docx)"
        r"|(replications|daily)/[^/]+/[^/]+\.parquet",
    ),
}
"""Kind -> what the manifest of a folder had before there were markers, and the files that were then written."""
ASKED = r"manifest\.json|[a-z]+\.(csv|parquet|html)"
"""The same of questions, which named themselves in the manifest."""


class OtherResults(ScenarioError):
    """Results of the same kind, but of another run, study or question."""


class Folder:
    """A folder of results of one kind: one's own, or a place where one may be made.

    Raises ScenarioError where something else stands there: other files, results of another kind, a symbolic link;
    OtherResults where what it holds is not what `manifest` says (left out: any of its kind is replaced).
    `names` are files that will be written, if known: one of them that is there and is not ours is told at once.
    """

    def __init__(
        self, place: Path, kind: str, names: Iterable[str] = (), manifest: Mapping[str, Any] | None = None
    ) -> None:
        self.place, self.kind, self.manifest = place, kind, manifest
        try:
            self.files = self._own()
        except (OSError, ValueError) as error:
            raise cannot_write(place, error) from None
        self._check(names)

    def _own(self) -> set[str]:
        """The files that are ours; none where the place is free."""
        if self.place.is_symlink():
            expected = f"the folder itself: --out {os.path.realpath(self.place)}"
            raise self._refusal("this is a symbolic link, so it is not overwritten", expected)
        if not self.place.exists():
            above = next(parent for parent in self.place.absolute().parents if parent.exists())
            if not above.is_dir():
                raise self._refusal(f"{above.name} is a file, so there can be no folder in it")
            return set()
        found = contents_of(self.place) if self.place.is_dir() else None
        if found is None:
            if self.place.is_dir() and not any(path.name not in OURS for path in self.place.iterdir()):
                return set()
            raise self._refusal(f"this is not {_words(self.kind)}, so it is not overwritten")
        kind, files = found
        if kind != self.kind:
            raise self._refusal(f"this is {_words(kind)}, not {_words(self.kind)}, so it is not overwritten")
        there = _read(self.place / MANIFEST)
        if there and self.manifest is not None and not same(there, self.manifest):
            made = f", made {there['made']}" if "made" in there else ""
            message = f"this holds other results ({holds(there)}{made}), so it is not overwritten"
            raise OtherResults([Problem(str(self.place), 0, message, None, "another folder (--out), or --replace")])
        return files

    def _refusal(self, message: str, expected: str = "another folder, given by --out") -> ScenarioError:
        return ScenarioError([Problem(str(self.place), 0, message, None, expected)])

    def _check(self, names: Iterable[str]) -> None:
        """Raise ScenarioError where a file that is not ours stands in the place of one of those."""
        problems = []
        for name in names:
            way = [self.place / part for part in [*PurePosixPath(name).parents][-2::-1]]
            blocked = next((p for p in way if p.is_symlink() or (p.exists() and not p.is_dir())), None)
            there = (self.place / name).is_symlink() or (self.place / name).exists()
            if blocked is None and there and name not in self.files:
                blocked = self.place / name
            if blocked is not None:
                message = "Tideover did not write this, but would have to overwrite it"
                problems.append(Problem(str(blocked), 0, message, None, "it moved away, or another folder (--out)"))
        if problems:
            raise ScenarioError(problems)

    def claim(self, names: Iterable[str], instead: bool = False) -> None:
        """Note these files as ours before they are written, with those that are already, or instead of them.

        Raises ScenarioError where one is there that is not ours, WriteError where nothing can be written.
        """
        wanted = set(names)
        self._check(wanted)
        files = wanted if instead else self.files | wanted
        text = marker(self.kind, files, self.manifest)
        if files != self.files or _text(self.place / MARKER) != text:
            try:
                self.place.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise cannot_write(self.place, error) from None
            put_text(self.place / MARKER, text)
        self.files = files

    def put(self, name: str, write: Callable[[Path], object]) -> None:
        """Write a file that is claimed, in one step."""
        assert name in self.files, f"{name} is not claimed"
        path = self.place / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(path, error) from None
        put(path, write)

    def drop(self, names: Iterable[str]) -> None:
        """Delete files of ours, and folders below this one that are then empty."""
        for name in sorted(set(names) & self.files):
            with suppress(ScenarioError, OSError):
                self._check([name])  # not through a link
                (self.place / name).unlink(missing_ok=True)
                for above in [*PurePosixPath(name).parents][:-1]:
                    (self.place / above).rmdir()


def marker(kind: str, files: Iterable[str], manifest: Mapping[str, Any] | None = None) -> str:
    """The text of a marker; its first line of content says what the folder holds."""
    said = {} if manifest is None else {HOLDS: holds(manifest)}
    content = said | {"tideover": kind, "form": FORM, "files": sorted(files)}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def holds(manifest: Mapping[str, Any]) -> str:
    """What a folder with this manifest holds, in words."""
    return str(manifest.get(HOLDS) or manifest.get("title") or manifest.get("scenario") or manifest.get("study", ""))


def contents_of(place: Path) -> tuple[str, set[str]] | None:
    """(kind, files that are ours) of a folder of results; None where it is none."""
    if (place / MARKER).exists():
        data = _read(place / MARKER)
        kind, files = data.get("tideover"), data.get("files")
        if not isinstance(kind, str) or data.get("form") != FORM or not isinstance(files, list):
            return None
        return (kind, set(files)) if all(map(_inside, files)) else None
    manifest = _read(place / MANIFEST)
    for kind, (keys, pattern) in UNMARKED.items():
        if keys <= set(manifest):
            return kind, _matching(place, pattern)
    question = manifest.get("question")
    return (question, _matching(place, ASKED)) if isinstance(question, str) and "replications" in manifest else None


def _text(path: Path) -> str:
    """A file's text; none where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(_text(path))
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _inside(name: object) -> bool:
    """Whether it is a file below the folder."""
    return isinstance(name, str) and bool(name) and not {"..", ""} & set(name.split("/")) and "\\" not in name


def _matching(place: Path, pattern: str) -> set[str]:
    names = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return {name for name in names if re.fullmatch(pattern, name)}


def _words(kind: str) -> str:
    return {"run": "a run folder", "study": "the folder of a study"}.get(kind, f"the folder of a question ({kind})")
