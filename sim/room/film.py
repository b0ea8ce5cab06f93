"""A film: one page that is stepped through day by day, with all that it shows in it, so that it can be sent on."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from sim import __version__
from sim.begun import Begun, begin
from sim.errors import Problem, ScenarioError
from sim.model.goods.counted import in_plural
from sim.output.folder import MANIFEST, contents_of
from sim.report.pages import fill_in
from sim.report.words.units import counted
from sim.scenario.overlay import OVERRIDE
from sim.scenario.reading.document import shown_path
from sim.scenario.reading.files import scenario_hash, tables_hash
from sim.scenario.words.spec import Scenario
from sim.tabletop.footage import Footage, of_runs, of_session, thinned
from sim.tabletop.session_file import open_session

LARGEST = 3_000_000
"""Bytes of a film; of a long story with many places not every day is shown then."""
BANDS = (15.0, 30.0, 90.0)
TOLD = ("file", "overrides", "strategy", "replication", "scenario_hash", "tables_hash")
"""What the manifest of a run says of how it was made."""
MODULES = ("dom.js", "map.js", "film.js")
STYLES = ("tokens.css", "room.css", "film.css")


def film(what: Path, beside: Path | None = None, scenario: Path | None = None) -> str:
    """The page of a run's folder, with another one beside it, or of a session's file.

    Raises ScenarioError for what is neither, and for runs that are no longer what their scenario gives.
    """
    if not what.is_dir():
        if beside is not None:
            expected = "no --beside: a session brings what stands beside it"
            raise _wrong("--beside", "a session is shown with its own branches", expected, beside)
        if not what.exists():
            expected = "the folder that 'tideover run' named, or the file of a session"
            raise _wrong(shown_path(what), "there is no such folder or file", expected)
        session = open_session(what, scenario=scenario)
        exercise = session.table.exercise
        made = f"session {what.name}, branch {session.branch}, turn {session.turn}"
        return _page(session.table.begun.loaded.spec, made, tuple(exercise.bands), of_session(session))
    first = _run_of(what, scenario)
    runs = {_name(first, what): first}
    if beside is not None:
        other = _run_of(beside, None)
        _check_alike(first, other, beside)
        name = _name(other, beside)
        runs[name if name not in runs else f"{name} ({beside.name})"] = other
    spec = first.loaded.spec
    bands = BANDS if spec.exercise is None else tuple(spec.exercise.bands)
    return _page(spec, f"run {what.resolve().name}", bands, of_runs(runs))


def _run_of(folder: Path, scenario: Path | None) -> Begun:
    """The run that a folder holds, at its beginning."""
    found = contents_of(folder)
    if found is None or found[0] != "run":
        message = "this is not the folder of a run"
        message = message if found is None else f"this is the folder of a {found[0]}, not of a run"
        raise _wrong(shown_path(folder), message, "the folder that 'tideover run' named, or the file of a session")
    manifest = _manifest(folder)
    file = scenario or Path(str(manifest["file"]))
    if not file.is_file():
        expected = "the scenario where it was, or its new place with --scenario"
        raise _wrong(shown_path(folder), "the scenario of this run is not there", expected, file)
    by_hand = {one["path"]: one["new"] for one in manifest["overrides"] if one["by"] == OVERRIDE}
    begun = begin(file, manifest["strategy"], overrides=by_hand, replication=manifest["replication"], twin=False)
    document = begun.loaded.document
    if (scenario_hash(document), tables_hash(document)) != (manifest["scenario_hash"], manifest["tables_hash"]):
        expected = f"the run made once more: tideover run {file}"
        raise _wrong(shown_path(folder), "the scenario is another one since this run", expected)
    return begun


def _manifest(folder: Path) -> Mapping[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {name: manifest[name] for name in TOLD}
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"this run folder cannot be read: {error}"
        raise _wrong(shown_path(folder), message, "the run made once more") from None


def _wrong(place: str, message: str, expected: str, value: object = None) -> ScenarioError:
    return ScenarioError([Problem(place, 0, message, None if value is None else str(value), expected)])


def _name(begun: Begun, folder: Path) -> str:
    document = begun.loaded.document
    strategy = document.strategies.get(document.strategy) if document.strategy else None
    title = strategy.get("title") if isinstance(strategy, dict) else None
    return str(title or document.strategy or folder.resolve().name)


def _check_alike(first: Begun, other: Begun, beside: Path) -> None:
    """Raise ScenarioError where two runs have other days, sites or goods."""

    def drawn(begun: Begun) -> tuple[object, ...]:
        network, spec = begun.running.plan.network, begun.loaded.spec
        lanes = [(lane.origin, lane.destination) for lane in network.lanes]
        return spec.start, spec.until, network.sites["name"].tolist(), network.products["name"].tolist(), lanes

    if drawn(first) != drawn(other):
        raise _wrong(shown_path(beside), "this run has other days, sites, ways or goods", "a run of the same scenario")


def _page(spec: Scenario, made: str, bands: tuple[float, ...], footage: Footage) -> str:
    units = {name: in_plural(unit) for name, unit in counted([spec]).products.items()}
    about = {
        "title": spec.title, "start": spec.start.isoformat(), "bands": bands, "units": units,
        "made": f"{made}; seed {spec.seed}, Tideover {__version__}", "leaves_out": spec.leaves_out or "",
    }  # fmt: skip
    bare = len(_filled(about, None).encode())
    shown = thinned(footage, lambda one: bare + len(_json(asdict(one)).encode()) <= LARGEST)
    return _filled(about, shown)


def _filled(about: Mapping[str, Any], footage: Footage | None) -> str:
    script, style = _script(), "\n".join(_part(name) for name in STYLES)
    data = {**about, **({} if footage is None else asdict(footage))}
    return fill_in(
        "film.html.j2", title=about["title"], data=_json(data), script=script, sheet=style,
        script_hash=_hash(script), style_hash=_hash(style),
    )  # fmt: skip


def _script() -> str:
    """The modules as one: each knows the names of those before it."""
    whole = "\n".join(_part(name) for name in MODULES)
    alone = re.sub(r"^import .*$", "", whole, flags=re.MULTILINE)
    return re.sub(r"^export ", "", alone, flags=re.MULTILINE)


def _part(name: str) -> str:
    return (files("sim.room") / "pages" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _json(data: Any) -> str:
    """As it can stand in a page, whatever people wrote."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
