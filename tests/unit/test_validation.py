"""What pydantic finds, told in plain words at the right line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BeforeValidator, Discriminator, Field, Tag, TypeAdapter, ValidationError, field_validator

from sim.errors import PlaceError
from sim.registry import Model
from sim.scenario.overlay import read
from sim.scenario.reading.document import Document, shown_value
from sim.scenario.reading.validation import problems_from
from sim.units import Date, Days, NonNegative, Share, Text, Whole


class Ban(Model):
    kind: Literal["export_ban"]
    name: Text = ""
    country: Text
    from_: Date = Field(alias="from")
    until: Date | None = None

    def model_post_init(self, context: object) -> None:
        if self.until is not None and self.until < self.from_:
            raise ValueError("until on or after from")


class Surge(Model):
    kind: Literal["demand_surge"]
    by: NonNegative
    demand_surge: Text = ""


class Where(Model):
    region: Text


def selector(value: Any) -> Any:
    return Where.model_validate(value) if isinstance(value, dict) else value


class Site(Model):
    cost: NonNegative = 0.0
    priority: Literal["vital", "essential"] = "vital"


class Table(Model):
    table: Text
    ignore: list[Text] = []


class Level(Model):
    policy: Text
    level: Days


class MaxMin(Model):
    policy: Text
    max: Days


def word(value: Any) -> str | None:
    return value.get("policy") if isinstance(value, dict) else None


def named(value: Any) -> str:
    if value != "mombasa":
        raise PlaceError(("deep",), "unknown site", value, None, ["mombasa"])
    return "mombasa"


Policy = Annotated[Annotated[Level, Tag("base_stock")] | Annotated[MaxMin, Tag("max_min")], Discriminator(word)]
Sites = Annotated[
    Annotated[dict[str, Site], Tag("sites")] | Annotated[Table, Tag("table")],
    Discriminator(lambda v: "table" if isinstance(v, dict) and "table" in v else "sites"),
]


class Spec(Model):
    start: Date = None  # type: ignore[assignment]
    products: dict[str, Site] = {}
    disruptions: list[Annotated[Ban | Surge, Field(discriminator="kind")]] = []
    policies: list[Policy] = []
    facilities: Sites = {}
    warehouses: dict[str, Site] | Table = {}
    size: Days | Share | Site | None = None
    at: Annotated[str | Where, BeforeValidator(selector)] = ""
    source: Annotated[str, BeforeValidator(named)] = "mombasa"
    flag: bool = False
    names: list[Text] = Field(default=[], max_length=2)
    n: Whole = 0
    lat: float | None = Field(default=None, ge=-90, le=90)
    due: str | None = None

    @field_validator("due")
    @classmethod
    def _due(cls, value: str) -> str:
        raise ValueError("a due day")


def told(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "s.yaml"
    file.write_text(text)
    document = read(file)
    with pytest.raises(ValidationError) as caught:
        Spec.model_validate(document.data)
    return [str(p).replace(p.file, "s", 1) for p in sorted(problems_from(caught.value, Spec, document))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "start: 2024-02-30",
            "s:1: 'start' is not valid (got '2024-02-30'); expected a date that exists (day is",
        ),
        ("start:", "s:1: 'start' is empty; expected a date written year-month-day such as 2024-02-01"),
        (
            "stat: 1",
            "s:1: unknown key 'stat' in the scenario; expected one of at, disruptions, due, "
            "facilities, flag, lat, n, "
            "names, policies, products, size, source, start, warehouses; did you mean 'start'?",
        ),
        (
            "products:\n  a:\n    cots: 1",
            "s:3: unknown key 'cots' in 'products.a'; expected one of cost, priority; did you mean 'cost'?",
        ),
        (
            "products:\n  a: {cost: 1e3}",
            "s:2: 'products.a.cost' is not valid (got '1e3'); expected a plain number",
        ),
        (
            "products:\n  a: {cost: -1}",
            "s:2: 'products.a.cost' is not valid (got -1); expected a number of at least 0",
        ),
        (
            "products:\n  a: {priority: vitl}",
            "(got 'vitl'); expected one of vital, essential; did you mean 'vital'?",
        ),
        ("products:\n  a: 3", "s:2: 'products.a' is not valid (got 3); expected a mapping"),
        ("products: [a]", "s:1: 'products' is not valid (got ['a']); expected a mapping"),
        ("names: a", "s:1: 'names' is not valid (got 'a'); expected a list"),
        ("names:\n - a\n - [b]", "s:3: 'names.1' is not valid (got ['b']); expected one piece of text, no list"),
        ("names: [a, b, c]", "s:1: 'names' is not valid (got ['a', 'b', 'c']); expected at most 2 entries"),
        ("flag: maybe", "s:1: 'flag' is not valid (got 'maybe'); expected true or false"),
        ("lat: 91", "s:1: 'lat' is not valid (got 91); expected a number of at most 90"),
        ("lat: north", "s:1: 'lat' is not valid (got 'north'); expected a number"),
        ("due: x", "s:1: 'due' is not valid (got 'x'); expected a due day"),
        (
            "disruptions:\n  - kind: export_ban\n    country: IN\n    from: 2024-13-01",
            "s:4: 'disruptions.0.from' is not valid (got '2024-13-01'); expected a date that exists",
        ),
        (
            "disruptions:\n  - kind: export_ban\n    from: 2024-01-01",
            "s:2: 'country' is missing from 'disruptions.0'",
        ),
        (
            "disruptions:\n  - {kind: export_ban, name: ban,\n     country: IN, from: 2024-01-01, untl: 2024-02-01}",
            "s:3: unknown key 'untl' in 'disruptions.ban'; expected one of country, from, kind, "
            "name, until; did you mean 'until'?",
        ),
        (
            "disruptions:\n  - {kind: export_ban, country: IN, from: 2024-02-01, until: 2024-01-01}",
            "s:2: what stands in 'disruptions.0' does not fit together; expected until on or after from",
        ),
        (
            "disruptions:\n  - {kind: demand_surge, demand_surge: [1], by: 2}",
            "s:2: 'disruptions.0.demand_surge' is not valid",
        ),
        (
            "disruptions:\n  -\n    kind: export_bn",
            "s:3: 'disruptions.0' has an unknown kind (got 'export_bn'); expected one of "
            "export_ban, demand_surge; did you mean 'export_ban'?",
        ),
        (
            "disruptions:\n  - country: IN",
            "s:2: 'kind' is missing from 'disruptions.0'; expected one of demand_surge, export_ban",
        ),
        (
            "policies:\n  - policy: base_stock\n    level: 12",
            "s:3: 'policies.0.level' is not valid (got 12); expected a duration",
        ),
        (
            "policies:\n  - policy: base_stock\n    level: 1d\n    max: 1d",
            "s:4: unknown key 'max' in 'policies.0'; expected one of level, policy",
        ),
        (
            "policies:\n  - {policy: max_mn}",
            "s:2: 'policies.0' has an unknown policy (got 'max_mn'); expected one of base_stock, "
            "max_min; did you mean 'max_min'?",
        ),
        (
            "policies: [max_mn]",
            "s:1: 'policies.0' is not valid (got 'max_mn'); expected a mapping with 'policy', one of",
        ),
        (
            "policies:\n  - {max: 1d}",
            "s:2: 'policy' is missing from 'policies.0'; expected one of base_stock, max_min",
        ),
        (
            "facilities: {table: x.csv, ignor: [a]}",
            "unknown key 'ignor' in 'facilities'; expected one of ignore, table; did you mean 'ignore'?",
        ),
        (
            "facilities:\n  table: [1]",
            "s:2: 'facilities.table' is not valid (got [1]); expected one piece of text, no list",
        ),
        (
            "facilities:\n  a: {cots: 1}",
            "s:2: unknown key 'cots' in 'facilities.a'; expected one of cost, priority",
        ),
        ("warehouses: {a: {cost: x}, b: {}, c: {}}", "s:1: 'warehouses.a.cost' is not valid (got 'x')"),
        (
            "warehouses: {table: x.csv, ignor: [a]}",
            "unknown key 'ignor' in 'warehouses'; expected one of ignore, table",
        ),
        ("size: {cots: 3}", "s:1: unknown key 'cots' in 'size'; expected one of cost, priority"),
        (
            "size: ten",
            "s:1: 'size' is not valid (got 'ten'); expected a duration such as 14d, 12h, 2w, 3mo "
            "or 1y or a share in percent such as 60% or a mapping",
        ),
        (
            "at: {regin: x, region: y}",
            "s:1: unknown key 'regin' in 'at'; expected one of region; did you mean 'region'?",
        ),
        ("source: mombassa", "s:1: unknown site (got 'mombassa'); did you mean 'mombasa'?"),
    ],
)
def test_a_fault_is_told_with_place_value_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    found = told(tmp_path, text + "\n")
    assert len(found) == 1, found
    assert message in found[0]


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = (
        "start: soon\nn: -1\nproducts:\n  a: {cost: x, priority: y, z: 1}\n"
        "disruptions:\n  - {kind: export_ban}\n  - 3\n"
    )
    assert [line.split(": ")[0] for line in told(tmp_path, text)] == [
        "s:1",
        "s:2",
        "s:4",
        "s:4",
        "s:4",
        "s:6",
        "s:6",
        "s:7",
    ]


def test_a_part_of_the_document_can_be_checked_alone(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("a: 1\nwaits:\n  - {kind: demand_surge, by: x}\n")
    document: Document = read(file)
    adapter: TypeAdapter[Any] = TypeAdapter(list[Surge])
    with pytest.raises(ValidationError) as caught:
        adapter.validate_python(document.data["waits"])
    (problem,) = problems_from(caught.value, list[Surge], document, ("waits",))
    assert (problem.line, problem.message) == (3, "'waits.0.by' is not valid")


def test_values_are_shown_short() -> None:
    assert len(shown_value("x" * 1000)) == 60
    assert len(shown_value(list(range(1000)))) == 60
    assert shown_value({"a": True, "b": [None, 1.5]}) == "{a: true, b: [nothing, 1.5]}"
