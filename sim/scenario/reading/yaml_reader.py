"""YAML text to data, scalars read as written.

Only `-12`, `3.5`, `true`, `false` and `null` (or nothing) have a meaning of their own; every other unquoted
word stays the text it is, so that `country: NO` is Norway, `012` keeps its zero and `1:30` is not ninety.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from sim.errors import Problem, ScenarioError, nearest
from sim.scenario.reading.document import Mark, Node, plain, shown_path, shown_value

TABLES = (".csv", ".tsv", ".xls", ".xlsx", ".xlsm", ".ods")
"""Endings of files that a scenario may name, but that hold none."""
LARGEST_FILE = 20_000_000
"""Bytes."""
MOST_VALUES = 250_000
"""Keys, values, lists and mappings of one file."""
MOST_REPEATED = 100_000
"""Values that aliases (`*name`) may add to a file by repeating what stands at their anchor."""
DEEPEST = 64
"""Mappings and lists inside each other."""

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,30}")
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}

_STANDARD = "tag:yaml.org,2002:"
_SCALAR_TAGS = {_STANDARD + name for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")}
_HINTS = {
    "mapping values are not allowed": "text which contains ': ' in quotes, and keys of one mapping aligned",
    "cannot start any token": "text which begins with @, %, ` or a tab in quotes; indentation by spaces",
    "but found another document": "one document a file, without '---' between",
    "undefined alias": "text which begins with * in quotes",
    "did not find expected key": "the keys of one mapping equally indented",
    "did not find expected alphabetic": "text which begins with *, & or ! in quotes",
}


class _TooMuch(Exception):
    """Stops reading at once: the rest would only repeat the problem."""


def scalar(text: str) -> Any:
    """The value of an unquoted word of the file: a number, true, false, nothing, or the text as written."""
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return float(text)
    return text


def parse_value(text: str, shown: str) -> Any:
    """One value typed outside a file (`14d`, `3`, `[KE, UG]`, `{size: 90d}`), read as a file would read it.

    Raises ScenarioError where it is no YAML; `shown` tells which value.
    """
    node, problems = parse_yaml(text, Path.cwd() / "value", shown)
    if problems:
        raise ScenarioError([replace(problem, line=0) for problem in problems])
    return None if node is None else plain(node)


def read_yaml(path: Path) -> tuple[Node | None, list[Problem]]:
    """The mapping a file holds, with its marks, and every problem of the reading.

    The node is None where nothing can be made of the file.
    """
    shown = shown_path(path)
    try:
        if path.is_dir():
            return None, [Problem(shown, 0, "this is a folder, not a scenario file")]
        if not path.exists():
            return None, [_missing(path, shown)]
        if not path.is_file():
            return None, [Problem(shown, 0, "this is not a regular file")]
        if path.stat().st_size > LARGEST_FILE:
            expected = f"at most {LARGEST_FILE // 1_000_000} MB; put long lists in a CSV table"
            return None, [Problem(shown, 0, "the file is too large", expected=expected)]
        if path.suffix.lower() in TABLES:
            expected = "a scenario (.yaml) that names it, such as facilities: {table: clinics.csv} (tideover new)"
            return None, [Problem(shown, 0, "this is a table, not a scenario", None, expected)]
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return None, [Problem(shown, 0, f"the file cannot be read: {reason}")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        return None, [Problem(shown, line, "the file is not UTF-8 text", expected="a file saved as UTF-8")]
    node, problems = parse_yaml(text, path, shown)
    if node is None and not problems:
        problems = [Problem(shown, 1, "the file is empty", expected="a mapping: lines of 'key: value'")]
    if node is not None and not isinstance(node.value, dict):
        expected = "a mapping: lines of 'key: value'"
        problems.append(Problem(shown, node.mark.line, "the file holds no mapping", shown_value(plain(node)), expected))
        node = None
    return node, problems


def _missing(path: Path, shown: str) -> Problem:
    try:
        beside = {p.stem: p.name for p in sorted(path.parent.iterdir()) if p.suffix.lower() in (".yaml", ".yml")}
    except OSError:
        return Problem(shown, 0, "there is no such file, nor its folder")
    return Problem(shown, 0, "there is no such file", nearest=beside.get(nearest(path.stem, beside) or ""))


def parse_yaml(text: str, path: Path, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a YAML text (None where it holds nothing) and its problems; `path` goes into the marks."""
    try:
        if (line := _too_long(text)) is not None:
            expected = f"at most {MOST_VALUES:,} keys and values in a file; put long lists in a CSV table"
            return None, [Problem(shown, line, "there is too much in this file", None, expected)]
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        return None, [_syntax(error, text, shown)]
    except yaml.reader.ReaderError as error:
        before = text.encode("utf-8", "replace")[: int(error.position)]
        return None, [Problem(shown, before.count(b"\n") + 1, "this is not text: " + str(error.reason))]
    except UnicodeEncodeError:
        return None, [Problem(shown, 0, "this is not text that can be saved as UTF-8")]
    if root is None:
        return None, []
    reader = _Reader(path, shown)
    try:
        return reader.node(root, root.start_mark.line + 1, 0), reader.problems
    except _TooMuch:
        return None, reader.problems


def _too_long(text: str) -> int | None:
    """The line on which a text has more than `MOST_VALUES` values, None where it has fewer.

    Read event by event, which keeps nothing; looked at only where there are signs enough for so many values.
    """
    if sum(map(text.count, "\n,:-?[{")) < MOST_VALUES:
        return None
    values = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        values += isinstance(event, yaml.NodeEvent)
        if values > MOST_VALUES:
            return event.start_mark.line + 1 if event.start_mark is not None else 0
    return None


def _syntax(error: yaml.MarkedYAMLError, text: str, shown: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    line = min(mark.line + 1, max(1, len(lines))) if mark else 0
    message = f"this is not YAML: {error.problem or error.context}"
    opened = error.context_mark
    if opened and error.context and opened.line + 1 != line:
        message += f" ({error.context} begun on line {opened.line + 1})"
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    expected = next((hint for words, hint in _HINTS.items() if words in str(error.problem)), None)
    if "\t" in written[: len(written) - len(written.lstrip())]:
        expected = "indentation by spaces, not by tabs"
    return Problem(shown, line, message, shown_value(written.strip()) if written.strip() else None, expected)


class _Reader:
    """Turns PyYAML's nodes into ours, gathering problems."""

    def __init__(self, path: Path, shown: str) -> None:
        self.path = path
        self.shown = shown
        self.problems: list[Problem] = []
        self._seen: set[int] = set()
        self._repeated = 0

    def _problem(self, line: int, message: str, value: str | None = None, expected: str | None = None) -> None:
        self.problems.append(Problem(self.shown, line, message, value, expected))

    def node(self, node: yaml.Node, line: int, depth: int) -> Node:
        """Our node for PyYAML's, marked with `line`."""
        self._count(node, line, depth)
        mark = Mark(self.path, line)
        if isinstance(node, yaml.ScalarNode):
            return Node(self._scalar(node, line), mark)
        if node.tag not in (_STANDARD + "map", _STANDARD + "seq"):
            self._tag(node, line)
        if isinstance(node, yaml.MappingNode):
            return Node(self._mapping(node, depth), mark)
        return Node([self.node(child, child.start_mark.line + 1, depth + 1) for child in node.value], mark)

    def _count(self, node: yaml.Node, line: int, depth: int) -> None:
        if depth > DEEPEST:
            self._problem(line, f"values are nested more than {DEEPEST} deep")
            raise _TooMuch
        if id(node) in self._seen:
            self._repeated += 1
            if self._repeated > MOST_REPEATED:
                self._problem(line, f"aliases (*name) repeat more than {MOST_REPEATED:,} values")
                raise _TooMuch
        self._seen.add(id(node))

    def _tag(self, node: yaml.Node, line: int) -> None:
        tag = str(node.tag).replace(_STANDARD, "!!")
        self._problem(line, "tags are not part of the language", tag, "the value alone, text in quotes")

    def _scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        if node.tag not in _SCALAR_TAGS:
            self._tag(node, line)
        value: str = node.value
        if node.style:
            return value
        read = scalar(value)
        written_as_text = node.tag == _STANDARD + "str" and not isinstance(read, str)  # !!str 12
        return value if written_as_text else read

    def _mapping(self, node: yaml.MappingNode, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(line, "a key is a single word, not a list or a mapping")
                continue
            key: str = key_node.value
            if key_node.tag == _STANDARD + "merge":
                self._problem(line, "merge keys (<<) are not part of the language", expected="extends: other.yaml")
                continue
            if key_node.tag not in _SCALAR_TAGS:
                self._tag(key_node, line)
            if not key.strip():
                self._problem(line, "there is no key before the colon")
                continue
            child = self.node(value_node, line, depth + 1)
            if key in found:
                self._problem(line, f"the key '{key}' stands twice, first on line {found[key].mark.line}")
                continue
            found[key] = child
        return found
