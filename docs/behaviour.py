"""What people do in a shortage, one thing at a time, and what it does to the answer: `python docs/behaviour.py`.

One draw of every scenario and strategy of scenarios/studies/shortage-behaviour.yaml, on the same patients.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import yaml

import sim

STUDY = Path("scenarios") / "studies" / "shortage-behaviour.yaml"


def answers(study: Path = STUDY) -> pd.DataFrame:
    """Bags that patients missed, over (scenario, strategy): in all, by fluid and region; and the worst week."""
    asked = yaml.safe_load(study.read_text(encoding="utf-8"))
    rows = []
    for scenario in asked["scenarios"]:
        for strategy in asked["strategies"]:
            file, settings = study.parent / scenario["file"], scenario.get("set", {})
            metrics = sim.run(file, strategy=strategy, overrides=settings, twin=False, detail="none").metrics
            groups = {**metrics.by["product"], **metrics.by["region"]}
            rows.append(
                {"scenario": scenario["name"], "strategy": strategy, "in all": metrics["units_unmet"].value}
                | {name: group["units_unmet"].value for name, group in groups.items()}
                | {"worst week": metrics["worst_week_unmet"].value}
            )
    return pd.DataFrame(rows).set_index(["scenario", "strategy"])


def main() -> None:
    """Print what is missing under each strategy, and under `none` who misses what."""
    found = answers()
    wide = found["in all"].unstack(sort=False)
    print(f"{'bags short':<14}" + "".join(f"{name:>16}" for name in wide))
    for scenario, row in wide.iterrows():
        print(f"{scenario:<14}" + "".join(f"{units:>16,.0f}" for units in row))
    columns = ["saline", "ringer", "city", "county"]
    print(f"\n{'under none':<14}" + "".join(f"{name:>10}" for name in columns) + f"{'worst week':>14}")
    for scenario, row in found.xs("none", level="strategy").iterrows():
        print(f"{scenario:<14}" + "".join(f"{row[name]:>10,.0f}" for name in columns) + f"{row['worst week']:>14.1%}")


if __name__ == "__main__":
    main()
