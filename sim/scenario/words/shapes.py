"""Walking the annotations of models: which keys may stand at a place of a scenario."""

from __future__ import annotations

import collections.abc
import types
from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, Tag
from pydantic.fields import FieldInfo

from sim.registry import Later, Model, OneOf

_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_LISTS = (
    list,
    tuple,
    set,
    frozenset,
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Set,
)

Shapes = tuple[Any, ...]
"""What may stand at one place: model classes, generic types, plain types."""


def is_model(shape: Any) -> TypeGuard[type[BaseModel]]:
    """Whether a shape is a model class."""
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def alternatives(annotation: Any) -> Shapes:
    """The members of an annotation, unions and `Annotated` opened, None left out; a `Tag` stays."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return (annotation,) if _tag(annotation) else _annotated(args[0], args[1:])
    if origin in (Union, types.UnionType):
        return tuple(dict.fromkeys(shape for arg in args for shape in alternatives(arg)))
    return () if annotation is type(None) or annotation is None else (annotation,)


def _annotated(annotation: Any, notes: Iterable[Any]) -> Shapes:
    registered = next((note for note in notes if isinstance(note, OneOf | Later)), None)
    return alternatives(annotation if registered is None else registered.union())


def _tag(shape: Any) -> str | None:
    notes = get_args(shape)[1:] if get_origin(shape) is Annotated else ()
    return next((note.tag for note in notes if isinstance(note, Tag)), None)


def bare(shapes: Iterable[Any]) -> list[Any]:
    """The shapes without tags."""
    return [
        member
        for shape in shapes
        for member in (bare(_annotated(get_args(shape)[0], get_args(shape)[1:])) if _tag(shape) else (shape,))
    ]


def keys_of(name: str, field: FieldInfo) -> list[str]:
    """The words by which a field may be written, the preferred one first."""
    alias = field.validation_alias or field.alias
    if isinstance(alias, AliasChoices):
        return [choice for choice in alias.choices if isinstance(choice, str)]
    return [alias] if isinstance(alias, str) else [name]


def field_names(shapes: Iterable[Any]) -> list[str]:
    """The keys that the models among the shapes know."""
    models = [shape for shape in bare(shapes) if is_model(shape)]
    names = [keys_of(name, field)[0] for model in models for name, field in model.model_fields.items()]
    return list(dict.fromkeys(names))


def keys_below(shapes: Iterable[Any], part: str) -> list[str]:
    """The keys that may stand in the mapping under one key of the models among the shapes."""
    return field_names(shape for shape in bare(inside(shapes, part)) if is_model(shape))


def keys_of_entries(shapes: Iterable[Any], part: str) -> list[str]:
    """The same of the entries of a list, or of a mapping with free names, under one key."""
    below = inside(shapes, part)
    return field_names(shape for at in (0, "name") for shape in bare(inside(below, at)) if is_model(shape))


def sample_value(shapes: Iterable[Any]) -> str:
    """What may stand behind a name in a mapping with free names, as an example."""
    for shape in bare(shapes):
        if get_origin(shape) in _MAPPINGS and len(get_args(shape)) == 2:
            value = get_args(shape)[1]
            if any(is_model(one) for one in alternatives(value)):
                return "{}"
            return {float: "40%" if "%" in repr(value) else "1"}.get(bare(alternatives(value))[0], "…")
    return "…"


def inside(shapes: Iterable[Any], part: str | int) -> Shapes:
    """The shapes that may stand at one key or position of the given ones."""
    found: list[Any] = []
    for shape in bare(shapes):
        origin, args = get_origin(shape), get_args(shape)
        if is_model(shape):
            for name, field in shape.model_fields.items():
                if part == name or part in keys_of(name, field):
                    found += _annotated(field.annotation, field.metadata)
        elif origin in _MAPPINGS and len(args) == 2:
            found += alternatives(args[1])
        elif origin is tuple and isinstance(part, int) and Ellipsis not in args:
            found += alternatives(args[part]) if part < len(args) else ()
        elif origin in _LISTS and args:
            found += alternatives(args[0])
    return tuple(dict.fromkeys(found))


def tags(shapes: Iterable[Any]) -> list[str]:
    """The words by which the members of a union are told apart."""
    return sorted({word for shape in shapes for word in ([_tag(shape)] if _tag(shape) else _words(shape)) if word})


def common_key(shapes: Iterable[Any]) -> str:
    """The first key that every model of a union knows: by custom the one that tells them apart."""
    known = [field_names([shape]) for shape in bare(shapes) if is_model(shape)]
    return next((key for key in known[0] if all(key in names for names in known)), "kind") if known else "kind"


def branch(shapes: Iterable[Any], label: str | int) -> Shapes:
    """The members of a union that pydantic's name of a branch means; () where none is."""
    found: list[Any] = []
    for shape in shapes:
        if _tag(shape) is not None:
            if _tag(shape) == label:
                found += bare([shape])
        elif (
            getattr(shape, "__name__", "") == label
            or str(label).startswith(_generic_name(shape) + "[")
            or label in _words(shape)
        ):
            found.append(shape)
    return tuple(found)


def _words(shape: Any) -> list[str]:
    if not is_model(shape):
        return []
    literals = (f.annotation for f in shape.model_fields.values() if get_origin(f.annotation) is Literal)
    return [str(word) for literal in literals for word in get_args(literal)]


def _generic_name(shape: Any) -> str:
    return getattr(get_origin(shape), "__name__", "no name").lower()


def model_named(name: str) -> type[BaseModel] | None:
    """The model class of the language with this name, if there is one."""
    waiting: list[type[BaseModel]] = [Model]
    while waiting:
        model = waiting.pop()
        if model.__name__ == name:
            return model
        waiting += model.__subclasses__()
    return None
