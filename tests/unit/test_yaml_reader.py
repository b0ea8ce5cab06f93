"""Reading scenario files: what is written is what is read, and faults are told with their line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from sim.errors import ScenarioError
from sim.scenario.reading.document import marks_of, plain
from sim.scenario.reading.yaml_reader import LARGEST_FILE, parse_value, read_yaml


def read(tmp_path: Path, text: str | bytes) -> Any:
    file = tmp_path / "s.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    node, problems = read_yaml(file)
    assert node is not None
    assert not problems, problems
    return plain(node)


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    file = tmp_path / "s.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    _, problems = read_yaml(file)
    return [str(p).replace(p.file, "s.yaml", 1) for p in problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("~", "~"),
        ("012", "012"),
        ("1:30", "1:30"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        (".5", ".5"),
        ("01.5", "01.5"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("2024-01-01", "2024-01-01"),
        ("14d", "14d"),
        ("60%", "60%"),
        ("=", "="),
        ("9" * 400, "9" * 400),
        ("9" * 400 + ".0", "9" * 400 + ".0"),
        ("\u0663", "\u0663"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("''", ""),
        ("!!str 12", "12"),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("3.5", 3.5),
        ("-0.25", -0.25),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
    ],
)
def test_scalars_are_read_as_written(tmp_path: Path, written: str, value: object) -> None:
    found = read(tmp_path, f"key: {written}\n")["key"]
    assert found == value
    assert type(found) is type(value)


def test_a_block_of_text_is_text(tmp_path: Path) -> None:
    assert read(tmp_path, "a: |\n  12\nb: >-\n  true\n") == {"a": "12\n", "b": "true"}


def test_keys_are_text_as_written(tmp_path: Path) -> None:
    assert read(tmp_path, "NO: a\n012: b\n2024-01-01: c\n1: d\nnull: e\n'<<': f\n") == {
        "NO": "a",
        "012": "b",
        "2024-01-01": "c",
        "1": "d",
        "null": "e",
        "<<": "f",
    }


def test_marks_point_at_the_line_of_the_key(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("# a comment\na:\n  b:\n    - x\n    - c:\n        1\n")
    node, _ = read_yaml(file)
    assert node is not None
    lines = {path: mark.line for path, mark in marks_of(node).items()}
    assert lines == {
        (): 2,
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "b", 0): 4,
        ("a", "b", 1): 5,
        ("a", "b", 1, "c"): 5,
    }


def test_aliases_repeat_what_was_anchored(tmp_path: Path) -> None:
    assert read(tmp_path, "a: &x {k: 1}\nb: *x\n") == {"a": {"k": 1}, "b": {"k": 1}}


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "s.yaml:3: the key 'a' stands twice, first on line 1"),
        (
            "a: 1\n<<: {b: 2}\n",
            "s.yaml:2: merge keys (<<) are not part of the language; expected extends: other.yaml",
        ),
        ("a: !ship 3\n", "s.yaml:1: tags are not part of the language (got !ship)"),
        (
            "a: !!python/object:os.system {}\n",
            "s.yaml:1: tags are not part of the language (got !!python/object",
        ),
        ("a: !!set {b}\n", "s.yaml:1: tags are not part"),
        ("? [1, 2]\n: 3\n", "s.yaml:1: a key is a single word"),
        ("'': 3\n", "s.yaml:1: there is no key before the colon"),
        ("", "s.yaml:1: the file is empty"),
        ("# only a comment\n", "s.yaml:1: the file is empty"),
        ("\n- a\n", "s.yaml:2: the file holds no mapping (got ['a'])"),
        ("just text\n", "s.yaml:1: the file holds no mapping (got 'just text')"),
        ("a: 1\nb: c: d\n", "s.yaml:2: this is not YAML: mapping values are not allowed"),
        ("a:\n\tb: 1\n", "s.yaml:2: this is not YAML"),
        ("a: [1,\n  2\nb: 3\n", "(while parsing a flow sequence begun on line 1)"),
        ("a: 1\n---\nb: 2\n", "s.yaml:2: this is not YAML: but found another document"),
        ("a: 1\nb: \x01\n", "s.yaml:2: this is not text: control characters are not allowed"),
        (b"a: 1\nb: \xff\n", "s.yaml:2: the file is not UTF-8 text; expected a file saved as UTF-8"),
        ("a: 1\n".encode("utf-16"), "s.yaml:1: the file is not UTF-8 text"),
        ("a: &x [*x]\n", "values are nested more than 64 deep"),
        ("a: " + "[" * 70 + "]" * 70, "values are nested more than 64 deep"),
        ("a: " + "[" * 100_000, "exceeded maximum nesting depth"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    found = faults(tmp_path, text)
    assert len(found) == 1
    assert message in found[0]


def test_every_duplicate_and_tag_is_reported_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "a: 1\na: 2\nb: !x 1\nc: {d: 1, d: 2}\n<<: {}\n")) == 4


def test_tabs_are_named_as_the_cause(tmp_path: Path) -> None:
    assert "expected indentation by spaces, not by tabs" in faults(tmp_path, "a:\n\tb: 1\n")[0]


def test_an_alias_bomb_is_refused_quickly(tmp_path: Path) -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    found = faults(tmp_path, "\n".join(layers))
    assert len(found) == 1
    assert "aliases (*name) repeat more than 100,000 values" in found[0]


def test_a_long_file_without_aliases_is_no_bomb(tmp_path: Path) -> None:
    assert len(read(tmp_path, "a: [" + "x," * 120_000 + "]\n")["a"]) == 120_000


def test_files_that_cannot_be_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / "red-sea.yaml").write_text("a: 1\n")
    os.mkfifo(tmp_path / "pipe.yaml")
    messages = [read_yaml(tmp_path / name)[1][0] for name in ("red-see.yaml", "", "no/such.yaml", "pipe.yaml")]
    assert messages[0].message == "there is no such file"
    assert messages[0].nearest == "red-sea.yaml"
    assert messages[1].message == "this is a folder, not a scenario file"
    assert messages[2].message == "there is no such file, nor its folder"
    assert messages[3].message == "this is not a regular file"


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "s.yaml").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert "the file is too large; expected at most 20 MB" in str(read_yaml(tmp_path / "s.yaml")[1][0])


def test_a_value_typed_outside_a_file_is_read_alike() -> None:
    assert parse_value("14d", "override 'a'") == "14d"
    assert parse_value("3", "override 'a'") == 3
    assert parse_value("[KE, NO]", "override 'a'") == ["KE", "NO"]
    assert parse_value("", "override 'a'") is None
    with pytest.raises(ScenarioError, match="override 'a': this is not YAML"):
        parse_value("[1, ", "override 'a'")
