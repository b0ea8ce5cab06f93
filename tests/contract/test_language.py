"""The reference of the language leaves out no field, and what it shows is accepted."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import sim
from docs.language_pages import PAGES
from docs.language_values import VALUES, Value
from docs.make_language import FOLDER, pages
from docs.make_reference import PAGE as KINDS
from sim.families import WRITTEN
from sim.model.amounts import OVER, SitesText
from sim.scenario.reading.schema import FILE_KEYS, scenario_schema
from sim.scenario.settings import REPLACE
from sim.scenario.words.spec import Scenario
from sim.study.design.design import read_study
from sim.study.design.spec import Study

STARTER = Path(sim.__file__).parent / "scenario" / "starter.yaml"
every_value = pytest.mark.parametrize("value", VALUES, ids=lambda value: value.name)


def sections(text: str) -> list[tuple[str, set[str]]]:
    """Headings, each with the keys in the tables below it; a disruption and a decision may have one name."""
    parts = re.split(r"^#+ (.*)$", text, flags=re.MULTILINE)[1:]
    return [
        (head, set(re.findall(r"^\| `(\S+)` \|", body, re.MULTILINE)))
        for head, body in zip(parts[::2], parts[1::2], strict=True)
    ]


@cache
def documented() -> list[set[str]]:
    """The keys of every table of the reference."""
    return [keys for text in [*pages().values(), KINDS.read_text(encoding="utf-8")] for _, keys in sections(text)]


def definitions() -> dict[str, set[str]]:
    """Every mapping with fixed keys that the JSON Schemas of scenarios and studies know, by its name: its keys."""
    found: dict[str, set[str]] = {}
    for name, schema in (("Scenario", scenario_schema()), ("Study", Study.model_json_schema())):
        for title, part in {name: schema, **schema["$defs"]}.items():
            if part.get("properties"):
                found[title] = set(part["properties"]) - {REPLACE}
    return found


DEFINITIONS = definitions()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_no_field_of_the_language_is_left_out(name: str) -> None:
    """By the JSON Schema, which is made another way: some table has exactly these keys."""
    keys = DEFINITIONS[name] - (set(FILE_KEYS) if name == "Scenario" else set())
    told = {family.registry.key for family in WRITTEN.values()}  # the word of a kind is its heading
    assert any(table == keys or (keys - table <= told and table <= keys and keys & told) for table in documented()), (
        sorted(keys)
    )


def test_every_section_of_a_scenario_has_a_page() -> None:
    on_pages = {section for page in PAGES.values() for section in page.sections}
    plain = {
        "scenario",
        "title",
        "what",
        "currency",
        "question",
        "leaves_out",
        "start",
        "end",
        "run_on",
        "warm_up",
        "seed",
    }
    assert set(Scenario.model_fields) - plain <= on_pages


def read(kind: Any, written: Any) -> Any:
    text = SitesText.at(written, "a.place") if isinstance(written, str) and OVER.match(written) else written
    return TypeAdapter(kind).validate_python(text)


@every_value
def test_what_is_shown_of_a_sort_of_value_is_accepted_and_the_rest_refused(value: Value) -> None:
    for kind in value.types:
        for example in value.examples:
            read(kind, example)
        for example in value.refused:
            with pytest.raises(ValueError):
                read(kind, example)


def test_every_page_has_an_example_of_its_sections() -> None:
    """All but the study's are also run through the loader with the other pages' examples (tests/docs)."""
    made = pages()
    for name, page in PAGES.items():
        text = made[f"{name}.md"]
        assert re.search(rf"^```yaml( fragment)?\n{re.escape(page.example)}```", text, re.MULTILINE)
        shown = set(re.findall(r"^(\w+):", page.example, re.MULTILINE))
        assert set(page.sections) - {"", "files"} <= shown, name


def test_the_study_that_is_shown_is_one(tmp_path: Path) -> None:
    (tmp_path / "starter.yaml").write_text(STARTER.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(PAGES["study"].example, encoding="utf-8")
    assert len(read_study(tmp_path / "study.yaml").cases) == 2


def test_the_pages_are_up_to_date() -> None:
    """docs/reference/language is what docs/make_language.py writes: python -m docs.make_language."""
    assert {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")} == pages()


def test_the_links_of_the_pages_lead_to_headings() -> None:
    made = pages()
    anchors = {name: {anchor(head) for head, _ in sections(text)} for name, text in made.items()}
    anchors["../kinds.md"] = {anchor(head) for head, _ in sections(KINDS.read_text(encoding="utf-8"))}
    for name, text in made.items():
        for file, place in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", text):
            assert place in anchors[file or name], f"{name}: {file}#{place}"


def anchor(heading: str) -> str:
    """As GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
