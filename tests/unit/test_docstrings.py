"""The docstrings under the fields of a model are read from its source, as they stand, whenever one asks."""

from __future__ import annotations

from typing import Any

from sim.docstrings import field_docstrings
from sim.registry import Model


class Store(Model):
    """A model with fields."""

    stock: int
    """units
    on hand"""
    silent: int = 0
    cover: float = 1
    """days"""


class Depot(Store):
    """One that says a field anew, and another without a word."""

    gate: str = ""
    """where it is
    entered"""
    stock: int
    """units in all"""
    cover: float = 2


def test_a_field_has_the_docstring_under_it_or_the_one_it_inherits() -> None:
    assert field_docstrings(Store) == {"stock": "units\non hand", "cover": "days"}
    assert field_docstrings(Depot) == {"stock": "units in all", "gate": "where it is\nentered"}


def test_classes_of_one_name_in_two_functions_are_told_apart() -> None:
    def other() -> type[Model]:
        class Store(Model):
            stock: int
            """of the other"""

        return Store

    class Store(Model):
        stock: int
        """of this one"""

    assert field_docstrings(Store) == {"stock": "of this one"}
    assert field_docstrings(other()) == {"stock": "of the other"}


def test_a_class_without_source_has_none() -> None:
    module: dict[str, Any] = {"Model": Model, "__name__": "nowhere"}
    exec('class Typed(Model):\n    stock: int\n    """units"""\n', module)
    assert field_docstrings(module["Typed"]) == {}


def test_the_schema_describes_fields_by_their_docstrings() -> None:
    properties = Depot.model_json_schema()["properties"]
    told = {name: field.get("description") for name, field in properties.items()}
    assert told == {"stock": "units in all", "silent": None, "cover": None, "gate": "where it is\nentered"}
