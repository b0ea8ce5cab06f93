"""Write the golden results and the reference of kinds again: `python -m tests.contract.regenerate`.

Do so only for a change of results that is meant, and say in the changelog what changed and why.
"""

from __future__ import annotations

import json

from docs.make_reference import main as make_reference
from tests.contract.network import GOLDEN, REGISTRIES, example, result, run


def main() -> None:
    """Run every kind's example and store what came out."""
    GOLDEN.mkdir(exist_ok=True)
    for family, kinds in REGISTRIES.items():
        results = {name: result(run(example(family, name))) for name in kinds}
        text = json.dumps(results, indent=1, sort_keys=True) + "\n"
        (GOLDEN / f"{family}.json").write_text(text, encoding="utf-8")
    make_reference()


if __name__ == "__main__":
    main()
