"""What the docstrings under the fields of a model say, read from its source when somebody asks.

pydantic can do this, too (`use_attribute_docstrings`), but for every class as it is made: a third of the time in which
Tideover begins, for words that few commands have a use for.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


def field_docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Field -> its docstring, inherited ones included; a field that is declared anew has its own or none."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        anew = inspect.get_annotations(base)
        found = {name: words for name, words in found.items() if name not in anew}
        found |= _of_module(base.__module__).get(base.__qualname__, {}) if anew else {}
    return {name: found[name] for name in model.model_fields if name in found}


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """Qualified name of a class -> its own fields and their docstrings; of no class where there is no source."""
    try:
        return dict(_classes(ast.parse(inspect.getsource(sys.modules[name])), ""))
    except (KeyError, OSError, TypeError):
        return {}


def _classes(node: ast.AST, inside: str) -> Iterator[tuple[str, dict[str, str]]]:
    for child in ast.iter_child_nodes(node):
        deeper = inside
        if isinstance(child, ast.ClassDef):
            yield inside + child.name, dict(_under_fields(child.body))
            deeper = f"{inside}{child.name}."
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            deeper = f"{inside}{child.name}.<locals>."
        yield from _classes(child, deeper)


def _under_fields(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for above, below in pairwise(body):
        match above, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(words))):
                yield name, inspect.cleandoc(words)
