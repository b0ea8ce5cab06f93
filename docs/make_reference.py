"""Write docs/reference/kinds.md from the registries: `python -m docs.make_reference`."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import yaml

from sim.disruptions import Disruption
from sim.docstrings import field_docstrings
from sim.engine.checks import CHECKS
from sim.families import WRITTEN
from sim.policies.triggers.base import Trigger
from sim.registry import Kind

PAGE = Path(__file__).parent / "reference" / "kinds.md"
CHECKED = """What can be run but is hardly meant is told by `validate`, and by every run, in a line that begins with
`Note` and names the place; it is run all the same. Notes are about a scenario as it is written: of a figure that is
drawn, one that is `uncertain` or a distribution over sites, they say nothing."""


def reference() -> str:
    """The whole page."""
    parts = ["# Kinds", "Every kind of disruption, policy, trigger and distribution, with its keys."]
    for family in WRITTEN.values():
        parts += [f"## {family.title}", family.place]
        for name, kind in family.registry.items():
            parts += _kind(name, kind, family.registry.key)
    rows = [f"| `{name}` | {check.definition} | {check.remedy} |" for name, check in CHECKS.items()]
    parts += ["## Checks", CHECKED, "\n".join(["| check | what it notes | what to do |", "|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"


def _kind(name: str, kind: type[Kind], key: str) -> list[str]:
    example = yaml.safe_dump({key: name} | kind.example, sort_keys=False, default_flow_style=True, width=110)
    meanings = field_docstrings(kind)
    fields = [(word, field) for word, field in kind.model_fields.items() if word != key]
    rows = [_row(field.alias or word, field, meanings.get(word, "")) for word, field in fields]
    table = ["\n".join(["| key | default | meaning |", "|---|---|---|", *rows])] if rows else []
    about = [*_severity(kind), *_known(kind), *_condition(kind)]
    return [f"### `{name}`", inspect.getdoc(kind) or "", *about, f"```yaml fragment\n{example}```", *table]


def _severity(kind: type[Kind]) -> list[str]:
    """At what values a disruption changes nothing, where there are such."""
    neutral: dict[str, Any] | None = getattr(kind, "severity", None)
    if not neutral:
        return []
    return [f"It changes nothing at {' and '.join(f'`{word}: {value}`' for word, value in neutral.items())}."]


def _known(kind: type[Kind]) -> list[str]:
    """How a disruption is heard of unless the scenario says otherwise."""
    if not issubclass(kind, Disruption):
        return []
    if kind.told:
        return ["Everybody hears of it as it begins (`known_by: announcement`)."]
    return ["Nobody is told (`known_by: own_orders`), unless it has a `notice` or an `expected` end."]


def _condition(kind: type[Kind]) -> list[str]:
    """What a trigger looks at, and over whom."""
    if not issubclass(kind, Trigger):
        return []
    over = ", ".join(f"`{word}`" for word in kind.over)
    return [f"It sees: {', '.join(kind.sees)}. Over whom: {over}."]


def _row(word: str, field: Any, meaning: str) -> str:
    if field.is_required():
        default = "required"
    elif field.default in (None, []):
        default = ""
    else:
        default = f"`{field.default}`"
    meaning = re.sub(r"\s+", " ", meaning).replace("|", "\\|")
    return f"| `{word.rstrip('_')}` | {default} | {meaning} |"


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
