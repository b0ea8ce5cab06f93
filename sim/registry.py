"""Where kinds are registered: one file, one class, one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Discriminator, GetCoreSchemaHandler, GetJsonSchemaHandler, Tag
from pydantic_core import CoreSchema

from sim.discovery import OUTSIDE
from sim.docstrings import field_docstrings

_MADE: list[type[BaseModel]] = []
"""All models, in the order in which they were made: those inside others first."""


class Model(BaseModel):
    """Base of everything that is read from a scenario: frozen, and strict about unknown keys.

    What may stand in it is settled when one is first read, so that it knows kinds registered until then.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    elsewhere: ClassVar[dict[str, str]] = {}
    """Keys that one might look for here and that are refused, with what is expected instead."""

    @classmethod
    def __pydantic_init_subclass__(cls, **arguments: Any) -> None:
        super().__pydantic_init_subclass__(**arguments)
        _MADE.append(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """With the docstrings under the fields as their descriptions."""
        written = handler(schema)
        properties, words = handler.resolve_ref_schema(written).get("properties", {}), field_docstrings(cls)
        for name, field in cls.model_fields.items():
            key = field.alias or name
            if name in words and key in properties:
                properties[key]["description"] = words[name]
        return written


class Kind(Model):
    """A registered kind: its fields are the YAML; its class variables document it.

    `example` holds fields that make a valid one in the contract test's network, `bad_example` fields that do not and
    a part of the message they must cause.
    """

    key_in_yaml: ClassVar[str]
    name_in_yaml: ClassVar[str]
    example: ClassVar[dict[str, Any]]
    bad_example: ClassVar[tuple[dict[str, Any], str]]

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The kind's own word is the only one that its key may have."""
        written = super().__get_pydantic_json_schema__(schema, handler)
        handler.resolve_ref_schema(written)["properties"][cls.key_in_yaml] = {"const": cls.name_in_yaml}
        return written


E = TypeVar("E")
T = TypeVar("T", bound=Kind)


class Family(Mapping[str, E]):
    """What is registered of one family, by name; who asks finds what other packages offer as well."""

    def __init__(self, family: str) -> None:
        self.family = family
        self._kinds: dict[str, E] = {}

    def file(self, name: str, entry: E) -> None:
        """File an entry under its name; raises ValueError if the name is taken."""
        if name in self._kinds:
            raise ValueError(f"{self.family} {name!r} is registered twice")
        self._kinds[name] = entry

    def __getitem__(self, name: str) -> E:
        OUTSIDE.load()
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        OUTSIDE.load()
        return iter(self._kinds)

    def __len__(self) -> int:
        OUTSIDE.load()
        return len(self._kinds)


class Registry(Family[type[T]], Generic[T]):
    """The kinds of one family (disruptions, replenishment policies, ...), in order of their word in the YAML."""

    def __init__(self, family: str, key: str) -> None:
        super().__init__(family)
        self.key = key
        self.settled = False
        """whether models know its kinds already"""

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Class decorator that files a kind under its word in the YAML; raises ValueError if the word is taken."""

        def file(kind: type[T]) -> type[T]:
            self.file(name, kind)
            kind.key_in_yaml, kind.name_in_yaml = self.key, name
            if self.settled:
                settle_anew()
            return kind

        return file

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(super().__iter__()))


def settle_anew() -> None:
    """Let models in use know a kind that comes late; all are forgotten first, as some stand in one another."""
    known = [model for model in _MADE if model.__pydantic_complete__]
    for model in known:
        del model.__pydantic_core_schema__
        model.__pydantic_complete__ = False
    for model in known:
        model.model_rebuild(force=True)


@dataclass(frozen=True, eq=False)
class OneOf:
    """In an annotation, `Annotated[Base, OneOf(registry)]`: any kind of a registry, told apart by its key."""

    registry: Registry[Any]

    def union(self) -> Any:
        """The annotation with every kind that is registered now."""
        key = self.registry.key

        def tag(value: Any) -> str | None:
            if isinstance(value, dict):
                return None if value.get(key) is None else str(value[key])
            return getattr(type(value), "name_in_yaml", None)

        tag.__name__ = tag.__qualname__ = key  # shown in messages
        tagged = tuple(Annotated[kind, Tag(name)] for name, kind in self.registry.items())
        return Annotated[Union[tagged], Discriminator(tag)]  # noqa: UP007  (the members are known only at run time)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        self.registry.settled = True
        return handler.generate_schema(self.union())


@dataclass(frozen=True, eq=False)
class Later:
    """In an annotation: another one, worked out when a model is first read, such as one in which that model stands."""

    union: Callable[[], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler.generate_schema(self.union())
