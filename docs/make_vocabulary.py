"""Write docs/reference/vocabulary.md from what the model declares: `python -m docs.make_vocabulary`.

The table of quantities in CONTRIBUTING.md is written anew too.
"""

from __future__ import annotations

import re
from pathlib import Path

from sim.model.vocabulary import ACTIONS, QUANTITIES, Quantity

PAGE = Path(__file__).parent / "reference" / "vocabulary.md"
GUIDE = Path(__file__).parent.parent / "CONTRIBUTING.md"
HEAD = "| quantity | rows | unaffected | unit | meaning |\n|---|---|---|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(\|.*\n)+")


def quantities() -> str:
    """The table of quantities."""
    rows = (f"| `{name}` | {q.rows} | {_unaffected(q)} | {q.unit} | {q.meaning} |\n" for name, q in QUANTITIES.items())
    return HEAD + "".join(rows)


def _unaffected(quantity: Quantity) -> str:
    if quantity.own:
        return quantity.own
    return "no limit" if quantity.unaffected == float("inf") else f"{quantity.unaffected:g}"


def vocabulary() -> str:
    """The whole page."""
    actions = "".join(f"| `{name}` | {d.rows} | {d.amount} | {d.meaning} |\n" for name, d in ACTIONS.items())
    return f"""# Words of the model

What disruptions can act on and what they can do at once. Both are declared in `sim/model/vocabulary.py`, as are the
entries of the journal ([all of them](tables.md)); another word is an error where it is used.

```python
import sim
from sim.model.vocabulary import ACTIONS, EVENTS, QUANTITIES

run = sim.run("my-scenario.yaml", overrides={{"end": "2024-02-01"}})
print(set(run.events["event"]) <= set(EVENTS), "cell.capacity_factor" in QUANTITIES, "recall" in ACTIONS)
```
```text printed
True True True
```

## Quantities

A *cell* is a product at a site that keeps it, a *flow* one cell buying from another, a *stop* the end of one leg of a
flow's way, a *gate* one side of a port.

{quantities()}
## Actions

What an impulse does once, at its time.

| action | rows | amount | meaning |
|---|---|---|---|
{actions}"""


def guide() -> str:
    """CONTRIBUTING.md with the table as it is declared."""
    return TABLE.sub(lambda _: quantities(), GUIDE.read_text(encoding="utf-8"))


def main() -> None:
    """Write the page and the guide's table."""
    PAGE.write_text(vocabulary(), encoding="utf-8")
    GUIDE.write_text(guide(), encoding="utf-8")


if __name__ == "__main__":
    main()
