"""How kinds are found: by being in their folder, or in another package that offers some as `tideover.kinds`."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import threading
import traceback
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from sim.errors import Problem, ScenarioError

GROUP = "tideover.kinds"
"""Entry points of this group name a module that registers kinds when it is imported, or a folder of such modules."""
HERE = str(Path(__file__).parent)


def import_all(package: str) -> None:
    """Import every module of a package so that its kinds register themselves."""
    module = importlib.import_module(package)
    for info in pkgutil.iter_modules(module.__path__):
        importlib.import_module(f"{package}.{info.name}")


class Outside:
    """The packages that offer kinds; they are imported when kinds are first asked for, and once."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._begun = self._done = False
        self._problems: list[Problem] = []
        self._offers: list[EntryPoint] = []

    def load(self) -> None:
        """Import all of them, in order of name; raises ScenarioError that names every one that cannot be imported."""
        if not self._done:
            with self._lock:
                if self._begun:  # asked by one that is being imported: it sees what is there so far
                    return
                self._begun = True
                self._import()
                self._done = True
        if self._problems:
            raise ScenarioError(self._problems)

    def versions(self) -> dict[str, str]:
        """The packages by name, each with its version."""
        self.load()
        return {offer.dist.name: offer.dist.version for offer in self._offers if offer.dist is not None}

    def sources(self) -> list[tuple[str, bytes]]:
        """Name and content of every file of Python of the packages."""
        self.load()
        found: dict[str, bytes] = {}
        for top in sorted({offer.module.partition(".")[0] for offer in self._offers}):
            module = sys.modules[top]
            for folder in map(Path, getattr(module, "__path__", [])):
                found |= {f"{top}/{f.relative_to(folder)}": f.read_bytes() for f in sorted(folder.rglob("*.py"))}
            if not hasattr(module, "__path__") and module.__file__ is not None:
                found[top] = Path(module.__file__).read_bytes()
        return list(found.items())

    def _import(self) -> None:
        self._offers = sorted(entry_points(group=GROUP), key=lambda offer: (offer.name, offer.value))
        for offer in self._offers:
            try:
                if hasattr(importlib.import_module(offer.module), "__path__"):
                    import_all(offer.module)
            except (Exception, SystemExit) as error:  # whatever it does, it must not end in a traceback
                self._problems.append(_problem(offer, error))


def _problem(offer: EntryPoint, error: BaseException) -> Problem:
    """In a sentence, whose fault it is and where; the author finds the line, everybody else what to do."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith((HERE, "<frozen"))]
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    what = f"its kinds '{offer.name}' cannot be loaded: {type(error).__name__}: {error}{where}"
    package = "a package" if offer.dist is None else f"package '{offer.dist.name}' {offer.dist.version}"
    remedy = "" if offer.dist is None else f": pip uninstall {offer.dist.name}"
    return Problem(package, 0, " ".join(what.split()), None, f"a version of it that works here, or none{remedy}")


OUTSIDE = Outside()
