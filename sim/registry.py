"""Where kinds are registered: one file, one class, one line."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Annotated, Any, ClassVar, Generic, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Tag


class Model(BaseModel):
    """Base of everything that is read from a scenario: frozen, and strict about unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    elsewhere: ClassVar[dict[str, str]] = {}
    """Keys that one might look for here and that are refused, with what is expected instead."""


class Kind(Model):
    """A registered kind: its fields are the YAML; its class variables document it.

    `example` holds fields that make a valid one in the contract test's network, `bad_example` fields that do not and
    a part of the message they must cause.
    """

    name_in_yaml: ClassVar[str]
    example: ClassVar[dict[str, Any]]
    bad_example: ClassVar[tuple[dict[str, Any], str]]


T = TypeVar("T", bound=Kind)


class Registry(Generic[T]):
    """The kinds of one family (disruptions, replenishment policies, ...), by their word in the YAML."""

    def __init__(self, family: str, key: str) -> None:
        self.family = family
        self.key = key
        self._kinds: dict[str, type[T]] = {}

    def register(self, name: str) -> Callable[[type[T]], type[T]]:
        """Class decorator that files a kind under its word in the YAML; raises ValueError if the word is taken."""

        def file(kind: type[T]) -> type[T]:
            if name in self._kinds:
                raise ValueError(f"{self.family} {name!r} is registered twice")
            kind.name_in_yaml = name
            self._kinds[name] = kind
            return kind

        return file

    def __getitem__(self, name: str) -> type[T]:
        return self._kinds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._kinds))

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def items(self) -> list[tuple[str, type[T]]]:
        """(word in the YAML, class) of every kind, by word."""
        return sorted(self._kinds.items())


def one_of(registry: Registry[Any]) -> Any:
    """The pydantic type "any kind of this registry", told apart by the registry's key."""

    def tag(value: Any) -> str | None:
        if isinstance(value, dict):
            return None if value.get(registry.key) is None else str(value[registry.key])
        return getattr(type(value), "name_in_yaml", None)

    tag.__name__ = tag.__qualname__ = registry.key  # shown in messages
    tagged = tuple(Annotated[kind, Tag(name)] for name, kind in registry.items())
    return Annotated[Union[tagged], Discriminator(tag)]  # noqa: UP007  (the members are known only at run time)


def import_all(package: str) -> None:
    """Import every module of a package so that its kinds register themselves."""
    module = importlib.import_module(package)
    for info in pkgutil.iter_modules(module.__path__):
        importlib.import_module(f"{package}.{info.name}")
