"""Write docs/reference/scores.md from the registered scores: `python -m docs.make_scores`."""

from __future__ import annotations

from pathlib import Path

from sim.study.score import SCORES
from sim.study.score.baselines import BASELINES
from sim.study.score.relative import DEFINITION, RELATIVE

PAGE = Path(__file__).parent / "reference" / "scores.md"
HEAD = """# The scores of a replay

What `tideover replay` tells of each series, training and held-out points apart. Quantiles of n draws are those below
which the next draw lies: the value in place (n + 1) p, so that a band takes some draws (3, 9 and 39 for 50, 80 and
95%). Where a share comes from a survey of so many, each draw is seen through a survey of as many, so that the bands
have its error in them.

```python
import numpy as np
from sim.study.score import SCORES
from sim.study.score.base import Told

draws = np.array([[4.0, 20.0], [8.0, 22.0], [12.0, 30.0]])  # three draws of two points
told = Told(draws, observed=np.array([9.0, 40.0]), days=np.array([0, 7]))
print(SCORES["mae"].figure(told).value, SCORES["bias"].figure(told).value)  # medians 8 and 22
print(SCORES["coverage_50"].figure(told).n, SCORES["coverage_80"].figure(told).n)  # nine draws make a band of 80%
```
```text printed
9.5 -9.5
2 0
```

| score | name in files | unit | definition |
|---|---|---|---|
"""
GUESSES = """
## Guesses without a model

Both are given as many equally likely values as the model has draws, so that their bands are made alike.

| guess | what it says |
|---|---|
"""
SOURCES = """
Sources: Bracher, Ray, Gneiting and Reich (2021), *Evaluating epidemic forecasts in an interval format*, PLOS
Computational Biology 17; Gneiting and Raftery (2007), *Strictly proper scoring rules, prediction, and estimation*, JASA
102; Bosse et al. (2023), *Scoring epidemiological forecasts on transformed scales*, PLOS Computational Biology 19;
Cramer et al. (2022), *Evaluation of individual and ensemble probabilistic forecasts of COVID-19 mortality*, PNAS 119
(persistence).
"""


def page() -> str:
    """The page's text."""
    rows = [f"| {s.label} | `{name}` | {s.unit or 'as the series'} | {s.definition} |" for name, s in SCORES.items()]
    rows.append(f"| Ratio of scores | `{RELATIVE}` | ratio | {DEFINITION} |")
    guesses = [f"| `{name}` | {told} |" for name, told in BASELINES.items()]
    return HEAD + "\n".join(rows) + "\n" + GUESSES + "\n".join(guesses) + "\n" + SOURCES


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
