"""What a calibration found, as a scenario that builds on the one that was calibrated."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Problem, ScenarioError
from sim.output.names import typed
from sim.scenario.load import Loaded
from sim.scenario.overlay import project_root
from sim.scenario.reading.document import Place
from sim.scenario.reading.files import NAMING

MARK = "# Written by tideover calibrate"
"""By which a file is told from one that somebody wrote; the sum behind it tells whether it was edited since."""
SOURCE = "calibration"


@dataclass(frozen=True)
class Found:
    """By path the best `values` and the `ranges` that are left, where there are any; `together` are pairs of paths that
    are drawn with a correlation. `on` says in words what these rest on, `last` is the date of the last point that was
    looked at."""

    values: Mapping[str, Any]
    ranges: Mapping[str, Any]
    together: Sequence[tuple[str, str, float]]
    on: str
    last: dt.date


def place_of(scenario: Path, wanted: Path | None, replace: bool = False) -> Path:
    """Where the overlay is to be: beside the scenario, from where it can build on it, unless a place is wanted.

    Raises ScenarioError where it would take the place of a file that somebody wrote, or edited (unless to `replace`
    it), or could not reach the scenario.
    """
    place = scenario.with_name(f"{scenario.stem}-calibrated.yaml") if wanted is None else wanted
    if place.exists() and not (place.is_file() and _begins(place)):
        message = "this was not written by a calibration, so it is not overwritten"
        raise ScenarioError([Problem(str(place), 0, message, None, "another file, given by --overlay")])
    if place.exists() and not replace and _edited(place):
        message = "this was edited after a calibration wrote it, so it is not overwritten"
        raise ScenarioError([Problem(str(place), 0, message, None, "another file (--overlay), or --replace")])
    if not place.parent.is_dir():
        raise ScenarioError([Problem(str(place), 0, "there is no such folder", None, "a file in a folder that exists")])
    if not scenario.resolve().is_relative_to(project_root(place.resolve())):
        message = "from here a scenario cannot build on one elsewhere"
        raise ScenarioError([Problem(str(place), 0, message, None, f"a file beside {typed(str(scenario))}")])
    return place


def _begins(place: Path) -> bool:
    with place.open("rb") as file:
        return file.read(len(MARK)) == MARK.encode()


def _edited(place: Path) -> bool:
    first, _, body = place.read_text(encoding="utf-8", errors="replace").partition("\n")
    return first != _first_line(body)


def _first_line(body: str) -> str:
    total = hashlib.sha256(body.encode()).hexdigest()[:12]
    return f"{MARK}: values of the best fit, and what is left of their ranges (as written: {total})."


def overlay_text(loaded: Loaded, found: Found, place: Path) -> str:
    """The overlay at a place; `loaded` is the scenario without strategy or settings."""
    document, spec = loaded.document, loaded.spec
    places = {document.uncertain[path]: value for path, value in found.values.items()}
    note = f"calibrated on {found.on}, up to {found.last}"
    told = {"source": SOURCE, "status": "derived", "note": note}
    evidence = dict.fromkeys(found.values, told) | {f"uncertain.{path}": told for path in found.ranges}
    sections: dict[str, Any] = {
        "extends": Path(os.path.relpath(loaded.path, place.resolve().parent)).as_posix(),
        "scenario": f"{spec.scenario}-calibrated", "title": f"{spec.title}, calibrated",
        **_laid_over(loaded, document.data, places, place.resolve().parent),
    }  # fmt: skip
    if found.ranges:
        sections["uncertain"] = dict(found.ranges)
    declared = document.data.get("correlated", [])
    groups, _ = grouped(declared, found.together)
    if groups != declared:
        sections["correlated"] = groups
    sections["evidence"] = evidence
    sections["sources"] = {SOURCE: {"title": "Calibration, by tideover calibrate"}}
    body = yaml.dump(sections, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
    return f"{_first_line(body)}\n{body}"


def grouped(
    declared: Sequence[Mapping[str, Any]], together: Sequence[tuple[str, str, float]]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """What stands under `correlated` with pairs of figures as they go together; and the pairs of which a figure stands
    there with others already, so that they have no correlation of their own."""
    found, without = [dict(group) for group in declared], []
    for one, other, rho in together:
        there = [group for group in found if {one, other} & set(group["paths"])]
        if not there:
            found.append({"paths": [one, other], "rho": round(rho, 3)})
        elif all(set(group["paths"]) == {one, other} for group in there):
            there[0]["rho"] = round(rho, 3)
        else:
            without.append((one, other))
    return found, without


class _Plain(yaml.SafeDumper):
    """Writes the same text once more where it comes again, instead of a reference to it."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _laid_over(loaded: Loaded, there: Any, changes: Mapping[Place, Any], folder: Path, at: Place = ()) -> Any:
    """What to write over a part of a document so that values come into their places: of a mapping what changes, of a
    list, which a scenario that builds on another has as a whole or not at all, everything."""
    if () in changes:
        return changes[()]
    within: dict[str | int, dict[Place, Any]] = {}
    for place, value in changes.items():
        within.setdefault(place[0], {})[place[1:]] = value
    whole = any(isinstance(part, int) for part in at)
    if isinstance(there, list):
        return [_laid_over(loaded, child, within.get(k, {}), folder, (*at, k)) for k, child in enumerate(there)]
    if not isinstance(there, dict) and not within:
        return there
    known = there if isinstance(there, dict) else {}
    keys = [*known, *(key for key in within if key not in known)] if whole else list(within)
    found = {key: _laid_over(loaded, known.get(key), within.get(key, {}), folder, (*at, key)) for key in keys}
    for key in NAMING if whole else ():
        if isinstance(known.get(key), str):
            found[key] = Path(os.path.relpath(loaded.document.file_at((*at, key)), folder)).as_posix()
    return found
