"""What each figure of the scenario rests on: those with a source, and those without, which are assumed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.scenario.load import Loaded, figure_at
from sim.scenario.reading.document import Document, Place, shown_value

NOT_FIGURES = frozenset(
    (
        "scenario",
        "title",
        "what",
        "question",
        "leaves_out",
        "start",
        "end",
        "run_on",
        "warm_up",
        "seed",
        "evidence",
        "sources",
    )
)
FIGURE = re.compile(
    r"^(\d+(\.\d+)?|\.\d+)\s*(%|[a-z]{1,2})?( a day)?$|^\d{4}-\d{2}-\d{2}$|^column "
    r"|^[a-z_]+\(.*\d.*\)( a day)?( over sites)?$"
)
OF_WEIGHT = {
    "suppliers": ("finished_stock", "capacity", "ramp_up"), "stock": ("on_hand",), "sourcing": ("from", "market"),
    "replenishment": ("level", "S", "max"), "disruptions": ("for", "until", "restart_lag"),
    "decisions": ("after", "for", "until"),
}  # fmt: skip
"""Section -> keys of figures that weigh most in what is found."""
NOT_ASKED = frozenset(("lat", "lon", "priority", "locode", "name", "title", "what", "currency"))
"""Keys whose values are places and labels, not figures that need a source."""


@dataclass(frozen=True)
class Sourced:
    """One figure with its source; `url` only where it is a web address."""

    path: str
    value: str
    status: str
    source: str
    url: str | None
    read: str
    note: str


@dataclass(frozen=True)
class Assumed:
    """One figure without a source, and where it is written."""

    path: str
    value: str
    where: str


def sourced(loaded: Loaded) -> list[Sourced]:
    """Every entry of the scenario's `evidence`, in order of the file."""
    found = []
    for path, evidence in loaded.spec.evidence.items():
        source = loaded.spec.sources.get(evidence.source)
        url = source.url if source is not None and source.url else None
        if url is not None and not re.match(r"https?://", url):
            url = None
        found.append(
            Sourced(
                path,
                _plain(figure_at(loaded.document, path)),
                evidence.status,
                source.title if source is not None else evidence.source,
                url,
                str(source.read) if source is not None and source.read else "",
                "; ".join(n for n in (evidence.note, source.note if source is not None else None) if n),
            )
        )
    return found


def assumed(loaded: Loaded) -> list[Assumed]:
    """Every figure of the scenario that no entry of `evidence` covers, itself or with what it stands in."""
    document = loaded.document
    covered = {tuple(path.split(".")) for path in loaded.spec.evidence}
    found = []
    for place, value in _figures(document.data, ()):
        shown = tuple(document.label(place).split("."))
        plain = tuple(".".join(str(part) for part in place).split("."))
        if any(name[:k] in covered for name in (shown, plain) for k in range(1, len(name) + 1)):
            continue
        found.append(Assumed(document.label(place), _plain(value), _where(document, place)))
    return found


def taken_as_certain(loaded: Loaded) -> list[str]:
    """Paths of figures of weight that are assumed and have no range: the stock, the capacity and the shares that
    decide how far goods last, and how long disruptions and decisions do."""
    named = [path for path, evidence in loaded.spec.evidence.items() if evidence.status == "assumed"]
    figures = [(figure.path, figure.value) for figure in assumed(loaded)]
    figures += [(path, _plain(figure_at(loaded.document, path))) for path in named]
    ranges = [loaded.document.label(place) for place in loaded.document.uncertain.values()]
    found = []
    for path, value in dict(figures).items():
        section, *rest = path.split(".")
        weighs = any(part in OF_WEIGHT.get(section, ()) for part in rest)
        written_over = any(path == other or path.startswith(f"{other}.") for other in ranges)
        if weighs and not written_over and not re.search(r"^column | over sites$|^0(%|d|$)", value):
            found.append(path)
    return found


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown_value(value)


def _where(document: Document, place: Place) -> str:
    mark = document.mark(place)
    name = mark.label or mark.file.name
    return f"{name}, line {mark.line}" if mark.line else name


def _figures(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for key, child in value.items():
            if (place or key not in NOT_FIGURES) and key not in NOT_ASKED:
                yield from _figures(child, (*place, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _figures(child, (*place, index))
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float) or FIGURE.match(str(value)):
        yield place, value
