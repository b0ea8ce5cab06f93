"""Names for what is simulated: a hash of any compiled plan, and of the program that would simulate it."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel

import sim
from sim.discovery import OUTSIDE

SIMULATES = (
    "model", "disruptions", "decisions", "hazards", "policies", "scenario", "engine", "metrics",
    "study/design/measures.py", "study/design/case.py", "study/run/task.py", "study/run/left_out.py", "rng.py",
)  # fmt: skip
"""Parts of the package on which the figures of a replication depend."""


def digest(*things: Any) -> str:
    """SHA-256 over the content of plain data, arrays, tables, models and whatever else can be pickled.

    Equal content gives an equal digest in every process, which pickled bytes do not promise. Raises TypeError for what
    cannot be taken apart, such as a function made inside another.
    """
    hasher = hashlib.sha256()
    for thing in things:
        _add(hasher.update, thing)
    return hasher.hexdigest()


def _add(put: Any, thing: Any) -> None:
    """Feed one thing: its type, its length, its content."""
    name = type(thing).__name__.encode()
    if thing is None or isinstance(thing, bool | int | str | bytes):
        content = thing if isinstance(thing, bytes) else repr(thing).encode()
        put(b"%s %d:%s" % (name, len(content), content))
    elif isinstance(thing, float):
        put(b"float " + struct.pack("<d", thing))
    elif isinstance(thing, np.ndarray) and thing.dtype != object:
        array = np.ascontiguousarray(thing)
        put(b"array %s %s:" % (array.dtype.str.encode(), repr(array.shape).encode()))
        put(array.tobytes())
    elif isinstance(thing, pd.DataFrame):
        _add(put, [(str(column), thing[column].tolist()) for column in thing])
    elif isinstance(thing, list | tuple | np.ndarray):
        put(b"%s %d:" % (name, len(thing)))
        for item in thing:
            _add(put, item)
    elif isinstance(thing, Mapping):
        _add(put, sorted(thing.items(), key=lambda item: repr(item[0])))
    elif isinstance(thing, set | frozenset):
        _add(put, sorted(thing, key=repr))
    elif isinstance(thing, type | FunctionType | BuiltinFunctionType):
        if "<" in thing.__qualname__:
            raise TypeError(f"{thing.__qualname__} is made inside a function, so that it has no name of its own")
        put(f"{thing.__module__}.{thing.__qualname__}".encode())
    elif is_dataclass(thing) and type(thing).__reduce__ is object.__reduce__:
        _add(put, [type(thing), [(f.name, getattr(thing, f.name)) for f in fields(thing)]])  # without what it caches
    elif isinstance(thing, BaseModel):
        _add(put, [type(thing), [(name, getattr(thing, name)) for name in type(thing).model_fields]])
    else:
        _add(put, list(thing.__reduce_ex__(2)[:3]))


@cache
def program() -> str:
    """Hash of the version, of numpy's version (the draws are its) and of the source that simulates and measures, that
    of kinds from other packages included."""
    root = Path(sim.__file__).parent
    files = [file for part in SIMULATES for file in sorted((root / part).rglob("*.py")) or [root / part]]
    own = [(str(f.relative_to(root)), f.read_bytes()) for f in files]
    return digest(sim.__version__, np.__version__, own + OUTSIDE.sources())
