"""Single sections of a scenario read again with other values, as what is uncertain is drawn; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pydantic

from sim.errors import Problem, ScenarioError
from sim.model.amounts import OVER, SitesText
from sim.scenario.reading.document import Document, Place, dotted, shown_value
from sim.scenario.reading.validation import problems_from
from sim.scenario.words.spec import Scenario


def lifted(data: Any, top: Any, at: Place = ()) -> Any:
    """The data with every distribution over sites knowing its place in `top`; what has none is not copied."""
    if isinstance(data, dict):
        items = {key: lifted(child, top, (*at, key)) for key, child in data.items()}
        return items if any(items[key] is not data[key] for key in data) else data
    if isinstance(data, list):
        entries = [lifted(child, top, (*at, k)) for k, child in enumerate(data)]
        return entries if any(a is not b for a, b in zip(entries, data, strict=True)) else data
    return SitesText.at(data, dotted(top, at)) if isinstance(data, str) and OVER.match(data) else data


def read_sections(document: Document, values: Mapping[Place, Any]) -> dict[str, Any]:
    """The sections that hold these places, read with other values there: name of the field -> what it is.

    Raises ScenarioError where that does not fit the language.
    """
    data = document.data
    for place, value in values.items():
        data = _put(data, place, value)
    changed = replace(document, data=data)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for section in dict.fromkeys(str(place[0]) for place in values):
        try:
            found[section] = _reader(section).validate_python(lifted(data[section], data, (section,)))
        except pydantic.ValidationError as error:
            problems += problems_from(error, _kind(section), changed, (section,))
    if problems:
        raise ScenarioError(problems)
    return found


def end_problems(spec: Scenario, document: Document) -> Iterator[Problem]:
    """What is wrong with the ends of the ranges, each tried by itself, told at the line of the range."""
    for path, place in document.uncertain.items():
        if place[0] not in Scenario.model_fields or path not in spec.uncertain:
            continue  # told where the section is read
        mark = document.mark(("uncertain", path))
        for end in dict.fromkeys(spec.uncertain[path].ends):
            try:
                read_sections(document, {place: end})
            except ScenarioError as error:
                for problem in error.problems:
                    message = f"'{path}' would be {shown_value(end)}: {problem.message}"
                    yield replace(problem, file=mark.shown, line=mark.line, message=message, value=None)


@cache
def _kind(section: str) -> Any:
    return Scenario.model_fields[section].rebuild_annotation()


@cache
def _reader(section: str) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(_kind(section))


def _put(data: Any, place: Place, value: Any) -> Any:
    """A copy of the data with a value at a place; what does not lead there is shared."""
    if not place:
        return value
    head, rest = place[0], place[1:]
    if isinstance(data, list):
        return [_put(child, rest, value) if k == head else child for k, child in enumerate(data)]
    return {**data, head: _put(data.get(head), rest, value)}
