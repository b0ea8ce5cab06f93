"""Write the map in CONTRIBUTING.md from what each folder says of itself: `python -m docs.make_map`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "CONTRIBUTING.md"
HEAD = "| place | holds |\n|---|---|\n"
TABLE = re.compile(re.escape(HEAD) + r"(\|.*\n)+")
BESIDE = {
    "scenarios": "What we ship to run.",
    "examples": "What others may start from: kinds in a package of their own.",
    "docs": "The documentation, and what writes its generated pages.",
    "tests": "Unit, property, textbook, golden and contract tests, told apart by folder.",
    "benchmarks": "What is measured for speed.",
    "reports": "Where runs write; the gallery is the README's pictures.",
}
"""Folders that are not part of the package."""


def told(file: Path) -> str:
    """The first line of a module's docstring."""
    lines = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").splitlines()
    return lines[0] if lines else ""


def rooms() -> dict[str, str]:
    """Place -> what it holds: every folder of the package, then its modules at the top, then what lies beside it."""
    folders = sorted(file.parent for file in (ROOT / "sim").rglob("__init__.py"))
    found = {str(folder.relative_to(ROOT)): told(folder / "__init__.py") for folder in folders}
    tops = [file for file in sorted((ROOT / "sim").glob("*.py")) if file.name != "__init__.py"]
    return found | {str(file.relative_to(ROOT)): told(file) for file in tops} | BESIDE


def guide() -> str:
    """CONTRIBUTING.md with the map as the tree is."""
    rows = "".join(f"| `{place}` | {what} |\n" for place, what in rooms().items())
    return TABLE.sub(lambda _: HEAD + rows, GUIDE.read_text(encoding="utf-8"))


def main() -> None:
    """Write the guide's map."""
    GUIDE.write_text(guide(), encoding="utf-8")


if __name__ == "__main__":
    main()
