"""Which mutations of which files a campaign draws from, and in what order."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import MutationSpec, WorkItem

PACKAGES = ("engine", "policies", "disruptions", "metrics", "study")
STATISTICS = (
    "attribution", "compare", "cutting", "frontier", "intervals", "knockouts", "measures", "ranking", "replicate",
    "robustness", "search", "sensitivity", "split", "stress", "threshold", "tipping",
)  # fmt: skip
"""Modules of the study that work figures out; the others plan, run and keep."""
NEIGHBOURS = {
    "Binary": (
        "Add_Sub",
        "Sub_Add",
        "Mul_Div",
        "Div_Mul",
        "FloorDiv_Div",
        "Mod_FloorDiv",
        "BitAnd_BitOr",
        "BitOr_BitAnd",
    ),
    "Comparison": ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is"),
}
"""Of the operators that could stand instead, the one that is most easily mistaken for the right one."""
OPERATORS = {
    *(f"core/Replace{family}Operator_{pair}" for family, pairs in NEIGHBOURS.items() for pair in pairs),
    *(f"core/ReplaceUnaryOperator_{name}" for name in ("USub_UAdd", "Delete_Not", "Delete_USub", "Delete_Invert")),
    *(f"core/Replace{name}" for name in ("TrueWithFalse", "FalseWithTrue", "AndWithOr", "OrWithAnd")),
    *(f"core/Replace{name}" for name in ("BreakWithContinue", "ContinueWithBreak")),
    *(f"core/{name}" for name in ("AddNot", "NumberReplacer", "ZeroIterationForLoop")),
}
Span = tuple[tuple[int, int], tuple[int, int]]


def files(package: str) -> list[Path]:
    """The files of a package, below the folder of the tree."""
    found = sorted(Path("sim", package).rglob("*.py"))
    return [file for file in found if package != "study" or file.stem in STATISTICS]


def words(source: str) -> list[Span]:
    """Spans of the text that say something and do nothing: annotations, and what kinds carry for their tests."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        silent: list[Any] = [getattr(node, name, None) for name in ("annotation", "returns")]
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("example", "bad_example"):
            silent.append(node)
        parts = [part for part in silent if isinstance(part, ast.AST)]
        spans += [((n.lineno, n.col_offset), (n.end_lineno, n.end_col_offset)) for n in parts]
    return spans


def mutations(file: Path) -> Iterator[MutationSpec]:
    """Everything that the operators can do to a file."""
    tree = get_ast_from_path(file)
    silent = words(file.read_text(encoding="utf-8"))
    for name in sorted(OPERATORS):
        operator = get_operator(name)()
        places = ((node, place) for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for occurrence, (node, (start, end)) in enumerate(places):
            if not any(first <= start < last for first, last in silent):
                yield MutationSpec(file, name, occurrence, start, end, {}, ASTQuery(node).get_definition_name())


def fill(db: WorkDB, seed: int) -> None:
    """Lay all mutations into the session, shuffled, the packages by turns: any beginning of it is a fair sample."""
    rng = random.Random(seed)
    piles = [[mutation for file in files(package) for mutation in mutations(file)] for package in PACKAGES]
    for pile in piles:
        rng.shuffle(pile)
    db.add_work_items([WorkItem.single(f"{k:06}", mutation) for k, mutation in enumerate(_by_turns(piles))])


def in_turn(db: WorkDB) -> list[WorkItem]:
    """The mutants of a session in their order."""
    return sorted(db.work_items, key=lambda item: str(item.job_id))


def _by_turns(piles: list[list[MutationSpec]]) -> Iterator[MutationSpec]:
    """The longer a pile, the more often its turn, so that every package has its share at any time."""
    places = [((k + 0.5) / len(pile), n, k) for n, pile in enumerate(piles) for k in range(len(pile))]
    for _, n, k in sorted(places):
        yield piles[n][k]
