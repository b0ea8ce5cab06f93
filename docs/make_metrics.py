"""Write docs/reference/metrics.md from the registered metrics: `python -m docs.make_metrics`."""

from __future__ import annotations

from pathlib import Path

from sim.metrics.base import METRICS

PAGE = Path(__file__).parent / "reference" / "metrics.md"
HEAD = """# The metrics

Every figure is given for all facilities together, and by product, party, country, region, priority group and setting,
beside the same figure of the no-disruption twin (`twin`), of the same run without its reserves where there are any
(`without_reserves`), and without its decisions where any was taken (`without_decisions`). Days before the start
(warm-up) are not counted. A figure that is not defined for a run, such as a gap between urban and rural sites where no
site has a setting, is left out.

```python
import sim

run = sim.run("my-scenario.yaml", overrides={"end": "2024-02-01"})
fill = run.metrics["fill_rate"]
print(fill.value <= fill.twin, run.metrics.metric("fill_rate").definition)
```
```text printed
True Units served from stock on the day they were asked for, as a share of all units demanded (type 2, beta).
```

| metric | name in files | unit | definition |
|---|---|---|---|
"""
TAIL = """
Cost lines are purchase (what suppliers sent out, but for materials that only makers buy), holding (rate x value x time,
of stock at warehouses and facilities), holding of reserves, reserve drawn down (what it would cost to make the reserves
whole again), transport by mode, and shortage where the scenario gives it a price. Below the total stand the stock at
the start and at the end (on hand at warehouses and facilities and under way to them, at the usual purchase cost, but
for reserves) and the total net of stock: total + start - end, `net_cost` in studies. By the total alone, a strategy
that ends fuller looks dearer by goods that it still has.
"""


def page() -> str:
    """The page's text."""
    rows = [f"| {m.label} | `{name}` | {m.unit} | {m.definition} |" for name, m in METRICS.items()]
    return HEAD + "\n".join(rows) + "\n" + TAIL


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
