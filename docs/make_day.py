"""Write docs/reference/day.md, and the order of a day in docs/model.md, from the phases: `python -m docs.make_day`."""

from __future__ import annotations

import re
from pathlib import Path

from sim.engine.phases import PHASES, STEPS

PAGE = Path(__file__).parent / "reference" / "day.md"
MODEL = Path(__file__).parent / "model.md"
LIST = re.compile(r"(?<=each day happens in this order:\n\n)(\d\. .*\n)+")


def model(text: str) -> str:
    """The page on the model with the order of a day as it is."""
    return LIST.sub("".join(f"{number}. {step}\n" for number, step in enumerate(STEPS, 1)), text)


def day() -> str:
    """The page of all phases."""
    rows = "".join(f"| {p.step} | {p.name} | {p.what} | {p.where} |\n" for p in PHASES)
    parts = "".join(f"| {p.name} | {_names(p.reads)} | {_names(p.writes)} |\n" for p in PHASES)
    return f"""# The phases of a day

Disruptions begin, change and end at their own times; where that is midnight, before all else of the day. Then come
these phases, one after the other, each over all sites at once. `sim/engine/phases.py` declares them; a run is spared
those that it does not need. A run can stand still before the first of them, on any day:

```python
import sim

morning = sim.begin("my-scenario.yaml").until("2024-01-10")
print(morning.date, morning.day)
```
```text printed
2024-01-10 9
```

| step | phase | what happens | where |
|---|---|---|---|
{rows}
## What each phase touches

For those who change the model: the parts of a run whose figures a phase looks at and changes, with all below them.
What it changes it may look at too. `tests/property/test_phases.py` watches that it touches no others.

| phase | reads | writes |
|---|---|---|
{parts}"""


def _names(parts: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" if name else "the run's own" for name in parts)


def main() -> None:
    """Write both pages."""
    PAGE.write_text(day(), encoding="utf-8")
    MODEL.write_text(model(MODEL.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
