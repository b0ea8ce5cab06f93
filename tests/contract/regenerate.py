"""Write golden results, reference pages and the JSON Schemas again: `python -m tests.contract.regenerate`.

Do so only for a change of results that is meant, and say in the changelog what changed and why.
"""

from __future__ import annotations

import json
from pathlib import Path

from docs.make_columns import main as make_columns
from docs.make_day import main as make_day
from docs.make_language import main as make_language
from docs.make_map import main as make_map
from docs.make_metrics import main as make_metrics
from docs.make_reference import main as make_reference
from docs.make_vocabulary import main as make_vocabulary
from sim.scenario.reading.schema import schema_text
from sim.study.design.design import study_schema
from tests.contract.network import GOLDEN, REGISTRIES, example, result, run

SCHEMA = Path(__file__).resolve().parents[2] / "scenarios" / "schema" / "scenario.schema.json"


def main() -> None:
    """Run every kind's example and store what came out."""
    GOLDEN.mkdir(exist_ok=True)
    for family, kinds in REGISTRIES.items():
        results = {name: result(run(example(family, name))) for name in kinds}
        text = json.dumps(results, indent=1, sort_keys=True) + "\n"
        (GOLDEN / f"{family}.json").write_text(text, encoding="utf-8")
    make_reference()
    make_map()
    make_metrics()
    make_vocabulary()
    make_columns()
    make_language()
    make_day()
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    studies = json.dumps(study_schema(), indent=1, ensure_ascii=False) + "\n"
    SCHEMA.with_name("study.schema.json").write_text(studies, encoding="utf-8")


if __name__ == "__main__":
    main()
