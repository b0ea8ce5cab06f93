"""Write what a call prints into its file again: `python -m tests.bad.regenerate [NAME ...]`.

Without names, for all of them; lines that still hold stay, with their `[...]`. Read the difference before you commit
it: what is written here is what a planner reads.
A scenario without a `.txt` of its name gets one.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from tests.bad.calls import BAD, CALLS, command, expected, pattern, typed


def main(names: list[str]) -> None:
    """Type each call in a copy of the folder and keep what it printed."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(BAD, Path(place) / "bad"))
        for call in [BAD / f"{name}.txt" for name in names] or CALLS:
            if not call.exists():
                call.write_text(f"$ tideover run {call.stem}.yaml\n", encoding="utf-8")
            outcome = typed(command(call), folder)
            if not expected(call).fullmatch(outcome.printed):
                first, *old = call.read_text(encoding="utf-8").splitlines()
                lines = [
                    next((o for o in old if pattern(o).fullmatch(new)), new) for new in outcome.printed.splitlines()
                ]
                call.write_text("\n".join([first, *lines]) + "\n", encoding="utf-8")
                sys.stdout.write(f"{call.stem}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
