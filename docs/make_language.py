"""Write docs/reference/language from the models of the language: `python -m docs.make_language`."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.language_pages import PAGES, Page
from docs.language_values import NAMES, VALUES
from sim.docstrings import field_docstrings
from sim.families import WRITTEN
from sim.registry import Kind, OneOf
from sim.scenario.reading.schema import FILE_KEYS
from sim.scenario.words.shapes import keys_of
from sim.scenario.words.spec import Scenario
from sim.study.design.spec import Study

FOLDER = Path(__file__).parent / "reference" / "language"
HEAD = "| key | written as | left out | meaning |\n|---|---|---|---|\n"
EXAMPLE = """```yaml
start: 2024-01-01                                              # a date
warm_up: 8w                                                    # a duration
products:
  saline-bag: {cost: 1.5, shelf_life: 3y}                      # a number, a duration
lanes:
  - {from: maker, to: harbour, time: "lognormal(20d, 3d)"}     # a distribution of durations
  - {from: harbour, to: store, time: 36h}
  - {from: store, to: {kind: facility, country: KE}, time: 2d} # sites by conditions
disruptions:
  - {kind: demand_surge, at: [clinic-a, inland], from: 2024-03-01, for: 30d, factor: 1.3}  # sites and regions
```"""
TABLES = """## Tables

Sites, recorded demand, epidemics, queues and other series may be read from tables: a CSV file saved as UTF-8, or a
sheet of an Excel workbook (`.xlsx`; its first, unless `sheet` names another). The first row has the names of the
columns.

- **Cells are separated by commas**, or by semicolons, tabs or `|`, whichever makes the names that are needed.
- **Numbers** may have a comma for decimals and marks between thousands, as long as they can mean one thing only:
  `12,5`, `1.234,5` and `1 234` are read, `1,234` is told. In a table with semicolons, and in a column in which a
  comma is for decimals anywhere, so is `1.234`. Limits settle it, too: a latitude of `51,507` can only be one number.
- **Shares** have their sign: `60%`. In a workbook a cell shown in percent has it.
- **Dates** are written `2024-02-01`; in a workbook any date is read.
- **Stocks** (`level: column par level`) are numbers, or all of them durations such as `21.5d` or `21,5 d`.
- **Left out, with a note**: a row of hashtags (HXL) below the names, and rows `Total`, `Subtotal`, `Total KE`, `Summe`
  and such whose figures are the sums of the others, or of those above. A row `Total` whose figures are not is told, and
  so is one of means. A last row whose figures are the sums of all others, whatever its name, is noted and kept.
- **Left out without a word**: empty rows, and columns without a name or cells.
- **Told**: names of columns that stand below a title; files of another kind (`.xls`, `.ods`) or encoding; formulas
  never worked out, cells with an error of Excel, columns that nothing uses (but those under `ignore`).
"""

Found = dict[type[BaseModel], str]
"""Models with the key under which each is found first; those inside others behind them."""


def pages() -> dict[str, str]:
    """The text of every page by its file's name."""
    homes = {model: page for page in PAGES for model in models_of(page)}
    made = {f"{name}.md": _page(name, page, homes) for name, page in PAGES.items()}
    return {"index.md": _index(), "values.md": _values(homes), **made}


def models_of(page: str) -> Found:
    """The models that a page tells of: those of its sections, and what may stand in them; not those of other pages."""
    taken: set[type[BaseModel]] = set()
    for name in PAGES:
        found: Found = {}
        for section in PAGES[name].sections:
            for key, annotation in _roots(section):
                _reach(annotation, key, found, taken)
        if name == page:
            return found
        taken |= set(found)
    raise KeyError(page)


def _roots(section: str) -> Iterator[tuple[str, Any]]:
    if section in Scenario.model_fields:
        yield section, Scenario.model_fields[section].rebuild_annotation()
    elif section == "study":
        yield "study", Study


def _reach(annotation: Any, key: str, found: Found, taken: set[type[BaseModel]]) -> None:
    """Note the models that may stand under an annotation; of registered kinds only what may stand in them."""
    for model in _models(annotation):
        if model in found or model in taken:
            continue
        if issubclass(model, Kind):
            taken.add(model)  # on the page of kinds
        else:
            found[model] = key
        for name, field in model.model_fields.items():
            _reach(field.rebuild_annotation(), keys_of(name, field)[0], found, taken)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    if get_origin(annotation) is Annotated:
        base, *notes = get_args(annotation)
        if registered := next((note for note in notes if isinstance(note, OneOf)), None):
            yield from registered.registry.values()
            return
        annotation = base
        yield from _models(annotation) if get_origin(annotation) is Annotated else ()
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _page(name: str, page: Page, homes: dict[type[BaseModel], str]) -> str:
    kind = "yaml" if name != "study" else "yaml fragment"
    parts = [f"# {page.title}", page.about, f"```{kind}\n{page.example}```"]
    if name == "scenario":
        parts.append(_table(Scenario, name, homes))
    if name == "files":
        rows = (f"| `{key}` | {_schema(entry)} | | {entry['description']} |\n" for key, entry in FILE_KEYS.items())
        parts.append(HEAD + "".join(rows))
    for model, key in models_of(name).items():
        parts += [f"## {title(model, key)}", inspect.getdoc(model) or "", _table(model, name, homes)]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def title(model: type[BaseModel], key: str) -> str:
    """The heading of a model: its words, and the key under which it stands."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", model.__name__.removesuffix("Spec")).lower()
    return f"{words.capitalize()} (`{key}`)"


def _anchor(model: type[BaseModel], homes: dict[type[BaseModel], str]) -> str:
    key = models_of(homes[model])[model]
    return re.sub(r"[^\w\- ]", "", title(model, key).lower()).replace(" ", "-")


def _table(model: type[BaseModel], page: str, homes: dict[type[BaseModel], str]) -> str:
    rows, meanings = [], field_docstrings(model)
    for name, field in model.model_fields.items():
        meaning = re.sub(r"\s+", " ", meanings.get(name, "")).replace("|", "\\|")
        if model is Scenario and (home := next((p for p in PAGES if name in PAGES[p].sections), None)):
            meaning = f"{meaning}{'; ' if meaning else ''}[{PAGES[home].title.lower()}]({home}.md)"
        written = words(field.rebuild_annotation(), page, homes)
        rows.append(f"| `{keys_of(name, field)[0]}` | {written} | {_default(field)} | {meaning} |\n")
    return HEAD + "".join(rows)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value in (None, [], {}) or field.default_factory is not None or isinstance(value, BaseModel):
        return ""
    reader = next((NAMES[id(note)] for note in field.metadata if id(note) in NAMES), "")
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, float) and reader in ("share", "percentage"):
        return f"`{100 * value:g}%`"
    if isinstance(value, int | float) and reader in ("duration", "whole days"):
        return f"`{value:g}d`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def words(annotation: Any, page: str, homes: dict[type[BaseModel], str]) -> str:
    """How a value of this annotation is written, with links."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        for note in args[1:]:
            if id(note) in NAMES:
                return _link(NAMES[id(note)], f"values.md#{NAMES[id(note)].replace(',', '').replace(' ', '-')}")
            if isinstance(note, OneOf):
                family = next(one for one in WRITTEN.values() if one.registry is note.registry)
                return _link(
                    f"any of the {family.title.lower()}", f"../kinds.md#{family.title.lower().replace(' ', '-')}"
                )
        return words(args[0], page, homes)
    if origin in (Union, UnionType):
        kinds = dict.fromkeys(words(arg, page, homes) for arg in args if arg is not type(None))
        return " or ".join(kinds)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in args)
    if origin is dict:
        return f"names, each with: {words(args[1], page, homes)}"
    if origin in (list, tuple):
        return f"list of: {words(args[0], page, homes)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation.__name__ == "Where":
            return _link("conditions", "values.md#conditions")
        home = "" if homes[annotation] == page else f"{homes[annotation]}.md"
        return _link("fields", f"{home}#{_anchor(annotation, homes)}")
    return {bool: "`true` or `false`", int: "whole number", float: "number", str: "text"}.get(annotation, "any value")


def _link(text: str, target: str) -> str:
    return f"[{text}]({target})"


def _schema(entry: dict[str, Any]) -> str:
    return "text" if entry["type"] == "string" else "names, each with dotted paths and values"


def _values(homes: dict[type[BaseModel], str]) -> str:
    from sim.model.selection import Where

    parts = ["# How values are written", "Each field of the language has a sort of value, which is checked strictly: "
             "what can mean two things is told, never guessed.", EXAMPLE]  # fmt: skip
    for value in VALUES:
        parts += [f"## {value.name.capitalize()}", value.meaning, f"Such as {_shown(value.examples)}; not "
                  f"{_shown(value.refused)}."]  # fmt: skip
        if value.name == "sites":
            parts += ["### Conditions", inspect.getdoc(Where) or "", _table(Where, "values", homes)]
    return "\n\n".join(part.rstrip("\n") for part in [*parts, TABLES]) + "\n"


def _shown(examples: tuple[Any, ...]) -> str:
    return ", ".join(f"`{_written(example)}`" for example in examples)


def _written(value: Any) -> str:
    """A value as it stands in a YAML file."""
    if isinstance(value, str):
        return value
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=200).removesuffix("\n...\n").strip()
    return text.replace("'", "") if not json.dumps(value).count("'") else text


def _index() -> str:
    rows = "".join(f"- [{page.title}]({name}.md)\n" for name, page in PAGES.items())
    return (
        "# The language, part by part\n\nEvery field of scenario and study files, made from the code that reads them. "
        "What stands where is told by editors, too (`tideover schema`).\n\n- [How values are written](values.md): "
        f"durations, shares, dates, sites, distributions, tables\n{rows}- [The kinds](../kinds.md): disruptions, "
        "hazard processes, policies, rules, triggers, distributions of demand\n\n"
        "A file need not have all of it. This one builds on another, and says only what is other than there:\n\n"
        "```yaml\nscenario: shorter\nextends: my-scenario.yaml\nend: 2024-03-01\n```\n"
    )


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
