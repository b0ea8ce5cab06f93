"""The scenarios that come with the program, and copies of them that run anywhere."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.reading.files import files_of

PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "shipped" / "scenarios"
"""Where a wheel has them; in a clone they lie beside the package."""
SCHEMA = "scenario.schema.json"
NAME = re.compile(r"^scenario:[ \t]*(?P<name>\S+)", re.MULTILINE)
TITLE = re.compile(r"^title:[ \t]*(?P<title>.+)", re.MULTILINE)
REFERENCE = re.compile(
    r"(?P<before>(?::|-|,)[ \t]+[\"']?|[\[=][ \t]*[\"']?)(?P<file>[\w.+-]+(?:/[\w.+-]+)*\.\w+)"
    r"(?=[\"']?[ \t]*(?:[,}\]#]|$))",
    re.MULTILINE,
)
"""A value that may name a file, in the text of a scenario; not the words of a sentence."""
SUFFIXES = (".yaml", ".yml")


def shipped() -> dict[str, Path]:
    """Name -> file of every scenario that comes with the program, in order of name."""
    root = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent / "scenarios"
    found = {}
    for path in sorted(root.rglob("*.yaml")):
        if match := NAME.search(path.read_text(encoding="utf-8")):
            found[match["name"]] = path
    return dict(sorted(found.items()))


def title_of(name: str) -> str:
    """The title of one of them; of one that builds on another, that one's."""
    known = shipped()
    match = TITLE.search(known[name].read_text(encoding="utf-8"))
    if match:
        return match["title"].strip()
    below = max((other for other in known if name.startswith(f"{other}-")), key=len, default=None)
    return "" if below is None else f"{title_of(below)}: what people do in a shortage, laid over it"


def named_in(text: str, path: Path) -> str:
    """The text of a scenario or study with the name of its file as its own."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("._-")
    return re.sub(r"^(scenario|study):[ \t]*\S+", rf"\1: {name}", text, count=1, flags=re.MULTILINE) if name else text


def copy_of(name: str, target: Path) -> dict[Path, str]:
    """File -> text of a copy of a shipped scenario at `target`; what it builds on goes into a folder beside it.

    Raises ScenarioError where there is none of this name, or where a file stands in the place of one.
    """
    known = shipped()
    if name not in known:
        expected = "one of " + ", ".join(known)
        raise ScenarioError([Problem("--from", 0, "no such scenario is shipped", name, expected, nearest(name, known))])
    first, *others = files_of(known[name])
    beside = target.parent / f"{target.stem}-files"
    new = {first.resolve(): target} | {path.resolve(): beside / path.name for path in others}
    texts = {}
    for old, place in new.items():
        text = old.read_text(encoding="utf-8")
        texts[place] = _pointing(text, old, place, new, target.parent / SCHEMA) if old.suffix in SUFFIXES else text
    texts[target] = named_in(texts[target], target)
    there = [place for place in texts if place.exists()]
    if there:
        raise ScenarioError([Problem(str(place), 0, "there is a file of this name already") for place in there])
    return texts


def _pointing(text: str, old: Path, place: Path, new: dict[Path, Path], schema: Path) -> str:
    """A text whose references to files that move along point to where these are then."""

    def moved(match: re.Match[str]) -> str:
        file = match["file"]
        target = new.get((old.parent / file).resolve(), schema if file.endswith(SCHEMA) else None)
        return match[0] if target is None else match["before"] + Path(os.path.relpath(target, place.parent)).as_posix()

    return REFERENCE.sub(moved, text)
