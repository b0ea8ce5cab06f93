"""A single amount drawn from a distribution where a fixed one may stand: `uniform(10%, 60%)`, `lognormal(2, 0.5)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import numpy as np
from pydantic import BaseModel

from sim.model.chance.distributions import CALL, FAMILIES, Draw, Times
from sim.model.chance.quantiles import quantiles
from sim.units import LONGEST, parse_duration, parse_share

BOUNDED = {"uniform": (0, 1), "triangular": (0, 2)}
"""Family -> positions of the arguments between which it lies; the others reach from 0 to any height."""
UNBOUNDED = ("exponential", "gamma", "lognormal", "normal")


def _beta(mean: float, sd: float) -> tuple[float, Draw | None]:
    if not 0 < mean < 1 or sd * sd >= mean * (1 - mean):
        raise ValueError("a mean between 0% and 100% and an sd that leaves room for it on both sides")
    together = mean * (1 - mean) / sd**2 - 1 if sd else 0.0
    return mean, (lambda g, n: g.beta(mean * together, (1 - mean) * together, n)) if sd else None


OF_SHARES: dict[str, tuple[Callable[..., tuple[float, Draw | None]], str]] = {"beta": (_beta, "beta(mean, sd)")}
"""Families between 0 and 1, so for shares and not for times; as in `distributions.FAMILIES`."""
OF_AMOUNTS = {name: FAMILIES[name] for name in (*BOUNDED, *UNBOUNDED)} | OF_SHARES
HIGHEST = {"": 1e6, "%": 1e6, "d": float(LONGEST)}
"""An amount without upper bound is tried with this value, by its unit; longer times are cut off there."""
Path = tuple[str | int, ...]
"""Keys and positions that lead to an amount within the fields of a disruption."""


@dataclass(frozen=True)
class Drawn:
    """A distribution of one amount, and its text: `low` and `high` are nearly its bounds, `unit` "%", "d" or "".

    `parameters` are those of the text, in days and in shares of 1.
    """

    text: str
    low: float
    high: float
    unit: str
    draw: Draw
    parameters: tuple[float, ...]

    def __reduce__(self) -> tuple[Callable[[Any], Drawn | None], tuple[str]]:
        return parse_drawn, (self.text,)  # a closure cannot be sent to another process

    def at(self, generator: np.random.Generator) -> float | str:
        """One draw, as it would be written in the file."""
        return self.written(float(self.draw(generator, 1)[0]))

    def quantile(self, share: float) -> float | str:
        """The amount under which `share` of the draws lie, as it would be written in the file."""
        return self.written(float(self.quantiles(np.array([share]))[0]))

    def quantiles(self, shares: np.ndarray) -> np.ndarray:
        """The amounts under which these shares of the draws lie, in days or as shares of 1; shape as given."""
        return quantiles(self.family, self.parameters, shares)

    @property
    def family(self) -> str:
        """The distribution's name."""
        call = CALL.match(self.text.strip())
        assert call is not None
        return call[1]

    def written(self, value: float) -> float | str:
        """An amount as it would be written in the file."""
        if self.unit == "%":
            return f"{100 * value:.7f}%"
        return f"{min(value, LONGEST):.9f}d" if self.unit == "d" else value


def parse_drawn(value: Any) -> Drawn | None:
    """The distribution that a text stands for, or None for a value that is none.

    Raises ValueError where it is meant as one and is wrong.
    """
    call = CALL.match(value.strip()) if isinstance(value, str) else None
    if call is None:
        return None
    family = call[1]
    if family not in OF_AMOUNTS:
        raise ValueError("one of " + ", ".join(shape for _, shape in OF_AMOUNTS.values()))
    make, shape = OF_AMOUNTS[family]
    amounts = [_amount(part.strip(), shape) for part in call[2].split(",")]
    unit = amounts[0][1]
    if any(other != unit for _, other in amounts):
        raise ValueError(f"{shape}, all in one unit")
    if family in OF_SHARES and unit == "d":
        raise ValueError(f"{shape} of shares such as 60%, or of numbers between 0 and 1")
    numbers = [number for number, _ in amounts]
    try:
        mean, draw = make(*numbers)
    except TypeError:
        raise ValueError(f"{shape}, all numbers, all shares or all durations") from None
    except ValueError as error:
        raise ValueError(f"{shape} with {error}") from None
    if draw is None:
        return Drawn(value, mean, mean, unit, lambda _, n: np.full(n, mean), tuple(numbers))
    bounded = family in BOUNDED or family in OF_SHARES
    ends = (0.0, 1.0) if family in OF_SHARES else (0.0, HIGHEST[unit])
    low, high = (numbers[k] for k in BOUNDED[family]) if family in BOUNDED else ends
    inset = 1e-6 * (high - low) if bounded else 1e-6  # the bounds themselves are never drawn
    return Drawn(value, low + inset, high - inset, unit, draw, tuple(numbers))


def _amount(text: str, shape: str) -> tuple[float, str]:
    """The number and the unit of one parameter."""
    if text.endswith("%"):
        return parse_share(text), "%"
    try:
        number = float(text)
    except ValueError:
        return parse_duration(text), "d"
    if not math.isfinite(number) or number < 0:
        raise ValueError(f"{shape} with numbers of at least 0")
    return number, ""


def find_drawn(model: type[BaseModel], fields: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Paths of texts that may stand for distributions in the fields of a model as they are written, with the texts.

    At the top, every text that is no distribution of its own kind (`Times`); further in, only where an amount belongs.
    """
    for key, field in _by_key(model).items():
        value = fields.get(key)
        if isinstance(value, str):
            if not _takes(field.annotation, Times):
                yield (key,), value
        else:
            for path, text in _within(field.annotation, value):
                yield (key, *path), text


def _within(kind: Any, value: Any) -> Iterator[tuple[Path, Any]]:
    """The same for a value of some type: members of models, of mappings and of lists."""
    if isinstance(value, str):
        if _takes(kind, float) and not _takes(kind, Times):
            yield (), value
        return
    for option in _options(kind):
        inside = get_args(option)
        if isinstance(value, Mapping) and isinstance(option, type) and issubclass(option, BaseModel):
            for key, field in _by_key(option).items():
                if key in value:
                    yield from (((key, *path), text) for path, text in _within(field.annotation, value[key]))
        elif isinstance(value, Mapping) and get_origin(option) is dict:
            for key, item in value.items():
                yield from (((key, *path), text) for path, text in _within(inside[1], item))
        elif isinstance(value, list) and get_origin(option) is list:
            for position, item in enumerate(value):
                yield from (((position, *path), text) for path, text in _within(inside[0], item))


def _by_key(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model by their word in the file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _options(kind: Any) -> tuple[Any, ...]:
    """The members of a union, without what is only annotation."""
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return tuple(option for member in get_args(kind) for option in _options(member))
    return (kind,)


def _takes(kind: Any, wanted: type) -> bool:
    return wanted in _options(kind)


def replaced(fields: Mapping[str, Any], amounts: Mapping[Path, Any]) -> dict[str, Any]:
    """The fields with other values at some paths; what is given stays as it is."""
    done = dict(fields)
    for path, amount in amounts.items():
        done[str(path[0])] = _put(done.get(str(path[0])), path[1:], amount)
    return done


def _put(value: Any, path: Path, amount: Any) -> Any:
    if not path:
        return amount
    if isinstance(value, list):
        return [_put(item, path[1:], amount) if k == path[0] else item for k, item in enumerate(value)]
    return {key: _put(item, path[1:], amount) if key == path[0] else item for key, item in value.items()}
