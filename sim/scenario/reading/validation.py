"""What pydantic found wrong, in a planner's words: place, value, what was expected, and the nearest name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pydantic

from sim.errors import PlaceError, Problem, nearest
from sim.scenario.reading.document import Document, Place, holds
from sim.scenario.words import shapes

_TYPES = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping: lines of 'key: value'",
    "mapping": "a mapping: lines of 'key: value'",
    "model": "a mapping: lines of 'key: value'",
    "dataclass": "a mapping: lines of 'key: value'",
    "date": "a date such as 2024-02-01",
    "datetime": "a date such as 2024-02-01",
    "decimal": "a number",
}
_BOUNDS = {
    "greater_than": ("gt", "a number above {}"),
    "greater_than_equal": ("ge", "a number of at least {}"),
    "less_than": ("lt", "a number below {}"),
    "less_than_equal": ("le", "a number of at most {}"),
    "multiple_of": ("multiple_of", "a multiple of {}"),
    "finite_number": ("", "a finite number"),
    "string_too_short": ("min_length", "text of at least {} characters"),
    "string_too_long": ("max_length", "text of at most {} characters"),
    "string_pattern_mismatch": ("pattern", "text that matches {}"),
    "too_short": ("min_length", "at least {} entries"),
    "too_long": ("max_length", "at most {} entries"),
    "none_required": ("", "nothing"),
}


_PATTERNS = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]*$": "a name of letters, digits, '.', '_' and '-' that begins with a letter or digit"
}
"""Patterns in words."""
NEARLY = 0.8
"""How alike a key has to be to one that belongs further below, to be taken for it."""


@dataclass(frozen=True)
class _Fault:
    """One of pydantic's errors, its place found in the document.

    `path` is the place; `branches` the unions passed on the way there: (place of the union, branch taken);
    `shapes` the annotations that may stand at `path`, or at its parent for a key missing or unknown.
    """

    path: Place
    branches: tuple[tuple[Place, str], ...]
    shapes: tuple[Any, ...]
    error: Any
    word: str = ""


def problems_from(
    error: pydantic.ValidationError, model: Any, document: Document, prefix: Iterable[str | int] = ()
) -> list[Problem]:
    """The problems a ValidationError stands for.

    `model` is what was validated (a model class or any annotation), `prefix` the place in the document of the
    data given to it. What is missing from a partial document is not told: it stands in the file that was not read.
    """
    problems: list[Problem] = []
    faults = list(_faults(error, model, document, tuple(prefix)))
    if document.partial:
        faults = [fault for fault in faults if fault.error["type"] != "missing"]
    for fault in _likely(faults):
        if isinstance(fault, list):
            problems.append(_either(fault, document))
        else:
            problems.append(_problem(fault, document))
    return list(dict.fromkeys(problems))


def _faults(error: pydantic.ValidationError, model: Any, document: Document, prefix: Place) -> Iterator[_Fault]:
    for item in error.errors(include_url=False):
        fault = _locate(item, model, document, prefix)
        inner = (item.get("ctx") or {}).get("error")
        if isinstance(inner, pydantic.ValidationError):
            known = [s for s in shapes.bare(fault.shapes) if shapes.is_model(s) and s.__name__ == inner.title]
            named = known[0] if known else shapes.model_named(inner.title)
            for deeper in _faults(inner, named, document, fault.path):
                yield _Fault(deeper.path, fault.branches + deeper.branches, deeper.shapes, deeper.error, deeper.word)
        else:
            yield fault


def _locate(item: Any, model: Any, document: Document, prefix: Place) -> _Fault:
    """Follow pydantic's `loc` through document and annotations, setting aside the names of union branches."""
    path, data = prefix, document.at(prefix)
    candidates = shapes.alternatives(model)
    branches: list[tuple[Place, str]] = []
    chosen = len(candidates) < 2
    loc: tuple[str | int, ...] = item["loc"]
    word = ""
    if item["type"] in ("missing", "extra_forbidden", "unexpected_keyword_argument") and loc:
        loc, word = loc[:-1], str(loc[-1])
    for part in loc:
        if not chosen or not holds(data, part):  # inside a union pydantic always names the branch first
            branches.append((path, str(part)))
            candidates, chosen = shapes.branch(candidates, part) or candidates, True
            continue
        data = data[part]
        candidates = shapes.inside(candidates, part)
        chosen = len(candidates) < 2
        path = (*path, part)
    return _Fault(path, tuple(branches), candidates, item, word)


def _likely(faults: list[_Fault], level: int = 0) -> list[_Fault | list[_Fault]]:
    """Of each union the faults of the branch that was meant; where none was, all of them as one list."""
    unions: dict[Place, dict[str, list[_Fault]]] = {}
    result: list[_Fault | list[_Fault]] = []
    for fault in faults:
        if len(fault.branches) <= level:
            result.append(fault)
        else:
            place, name = fault.branches[level]
            unions.setdefault(place, {}).setdefault(name, []).append(fault)
    for place, by_branch in unions.items():
        if len(by_branch) == 1:
            result += _likely(next(iter(by_branch.values())), level + 1)
            continue
        inner = {name: some for name, some in by_branch.items() if not _refuses(some, place)}
        if inner:
            result += _likely(min(inner.values(), key=lambda some: _misfit(some, place)), level + 1)
        else:
            result.append([fault for some in by_branch.values() for fault in some])
    return result


def _refuses(faults: list[_Fault], place: Place) -> bool:
    """Whether a branch takes nothing of the value: it wants another type altogether."""
    return all(fault.path == place and not fault.word for fault in faults)


def _misfit(faults: list[_Fault], place: Place) -> tuple[int, int]:
    """How ill a branch suits: keys unknown to it or wrong in type at its top count first, then all faults."""
    unknown = sum(len(f.path) == len(place) and f.error["type"] == "extra_forbidden" for f in faults)
    entries = sum(len(f.path) == len(place) + 1 and f.error["type"].startswith("model_") for f in faults)
    return unknown + entries, len(faults)


def _either(faults: list[_Fault], document: Document) -> Problem:
    """One problem for a value that none of several readings accepts."""
    texts = dict.fromkeys(_expected(fault) or "" for fault in faults)
    first = faults[0]
    return document.problem(
        first.path,
        f"{_name(document, first.path)} is not valid",
        _value(first, document),
        " or ".join(text for text in texts if text) or None,
        [name for fault in faults for name in _allowed(fault)],
    )


def _problem(fault: _Fault, document: Document) -> Problem:
    kind = str(fault.error["type"])
    context = fault.error.get("ctx") or {}
    inner = context.get("error")
    where = _name(document, fault.path)
    if kind == "missing":
        return document.problem(fault.path, f"'{fault.word}' is missing from {where}")
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return _unknown_key(fault, document, where)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(fault, document, where)
    if isinstance(inner, PlaceError):
        return document.place(inner, fault.path)
    value = _value(fault, document)
    if value is None:
        return document.problem(fault.path, f"{where} is empty", None, _expected(fault))
    if isinstance(inner, ValueError) and isinstance(value, dict):
        message = (
            f"what stands in {where} does not fit together" if fault.path else f"{document.what} contradicts itself"
        )
        return document.problem(fault.path, message, None, _expected(fault))
    return document.problem(fault.path, f"{where} is not valid", value, _expected(fault), _allowed(fault))


def _unknown_key(fault: _Fault, document: Document, where: str) -> Problem:
    fields = shapes.field_names(fault.shapes)
    expected, like = None, nearest(fault.word, fields)
    if fields:
        alike = sorted(fields, key=lambda f: -difflib.SequenceMatcher(None, f, fault.word).ratio())
        some = sorted(fields) if len(fields) <= 15 else alike[:8]
        expected = ("one of " if len(fields) <= 15 else "a key such as ") + ", ".join(some)
    mark = document.mark((*fault.path, fault.word))
    message = f"unknown key '{fault.word}' in {where}"
    for shape in shapes.bare(fault.shapes):
        if reason := getattr(shape, "elsewhere", {}).get(fault.word):
            return Problem(mark.shown, mark.line, message, None, reason)
    key, colon, rest = fault.word.partition(":")
    if colon and key in fields:
        return Problem(mark.shown, mark.line, message, None, f"a blank behind the colon: {key}: {rest or '…'}")
    if below := _below(fault, fields, fault.word):
        expected, like = below, None
    elif like is None:
        entries = [f"'{name}'" for name in fields if fault.word in shapes.keys_of_entries(fault.shapes, name)]
        words = [word for name in fields for word in shapes.keys_below(fault.shapes, name)]
        if entries:
            expected = "it in an entry of " + " or ".join(entries)
        elif meant := difflib.get_close_matches(fault.word.casefold(), words, n=1, cutoff=NEARLY):
            expected, like = _below(fault, fields, meant[0]), meant[0]
    return Problem(mark.shown, mark.line, message, None, expected, like)


def _below(fault: _Fault, fields: list[str], word: str) -> str | None:
    """Where a key belongs that stands a level too high; None where it belongs nowhere below."""
    below = [name for name in fields if word in shapes.keys_below(fault.shapes, name)]
    places = " or ".join(f"'{name}'" for name in below)
    return f"it under {places}, such as {below[0]}: {{{word}: …}}" if below else None


def _unknown_kind(fault: _Fault, document: Document, where: str) -> Problem:
    context = fault.error.get("ctx") or {}
    key = str(context.get("discriminator", "()")).strip("'")
    if key.endswith("()"):  # told apart by a function, which does not say by which key
        key = shapes.common_key(fault.shapes)
    tags = _quoted(context.get("expected_tags", "")) or shapes.tags(fault.shapes)
    expected = "one of " + ", ".join(tags) if tags else None
    written = document.at(fault.path)
    if fault.error["type"] == "union_tag_not_found":
        if isinstance(written, dict):
            return document.problem(fault.path, f"'{key}' is missing from {where}", None, expected)
        expected = f"a mapping with '{key}', {expected}" if expected else "a mapping: lines of 'key: value'"
    if not isinstance(written, dict):  # the short form, the word alone
        return document.problem(fault.path, f"{where} is not valid", written, expected, tags)
    message = f"{where} has an unknown {key}"
    return document.problem((*fault.path, key), message, context.get("tag"), expected, tags)


def _name(document: Document, path: Place) -> str:
    return f"'{document.label(path)}'" if path else document.what


def _value(fault: _Fault, document: Document) -> Any:
    written = document.at(fault.path)
    return fault.error.get("input") if written is None else written


def _allowed(fault: _Fault) -> list[str]:
    if fault.error["type"] in ("literal_error", "enum"):
        return _quoted((fault.error.get("ctx") or {}).get("expected", ""))
    return []


def _quoted(text: object) -> list[str]:
    return re.findall(r"'([^']*)'", str(text))


def _expected(fault: _Fault) -> str | None:
    """What would have been right."""
    kind = str(fault.error["type"])
    context = fault.error.get("ctx") or {}
    if isinstance(context.get("error"), ValueError | AssertionError):
        return str(context["error"]) or None
    if shown := _mended(fault, kind):
        return shown
    if names := _allowed(fault):
        return "one of " + ", ".join(names)
    if kind in _BOUNDS:
        key, text = _BOUNDS[kind]
        bound = context.get(key)
        if bound in _PATTERNS:
            return _PATTERNS[bound]
        return text.format(int(bound) if isinstance(bound, float) and bound.is_integer() else bound)
    if kind == "int_from_float":
        return "a whole number"
    stem = re.sub(r"_(type|parsing|from_.*|attributes_type)$", "", kind.replace("model_attributes_type", "model_type"))
    if stem in _TYPES:
        return _TYPES[stem]
    message = str(fault.error["msg"])
    return message.removeprefix("Input should be ").removeprefix("Value error, ")


def _mended(fault: _Fault, kind: str) -> str | None:
    """How a list in the place of a mapping would be written, or a word in the place of a list; None for all else."""
    written = fault.error.get("input")
    named = isinstance(written, list) and bool(written) and isinstance(written[0], str)
    if named and kind in ("dict_type", "mapping_type", "model_type"):
        value = shapes.sample_value(fault.shapes)
        return f"a mapping: each name with its value, such as {{{written[0]}: {value}, …}}"
    if kind == "list_type" and isinstance(written, str) and str in shapes.bare(shapes.inside(fault.shapes, 0)):
        return f"a list, such as [{written}]"
    return None
