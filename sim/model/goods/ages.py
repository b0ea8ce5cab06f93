"""How old a stock is: one age, a share of it for each of several ages, or as a steady flow leaves it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

from sim.units import DURATION, SHARE, parse_duration, parse_share

Ages = tuple[tuple[int, float], ...]
"""(age in whole days, share) pairs in order of age; the shares add up to 1."""


def parse_ages(value: Any) -> Ages | Literal["steady"]:
    """The ages a text or a mapping stands for; raises ValueError with what was expected."""
    if isinstance(value, tuple) or value == "steady":
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("a duration with its unit, such as 40d")
    if not isinstance(value, str | dict):
        raise ValueError("an age such as 40d, a share for each of several such as {10d: 60%, 90d: 40%}, or steady")
    written = value if isinstance(value, dict) else {value: "100%"}
    ages: dict[int, float] = {}
    for text, share in written.items():
        days = parse_duration(text)
        if days % 1 or int(days) in ages:
            raise ValueError("steady, or ages in whole days, each once")
        ages[int(days)] = parse_share(share)
    if abs(sum(ages.values()) - 1) > 1e-6:
        raise ValueError(f"ages whose shares add up to 100% (now {sum(ages.values()):.1%})")
    return tuple(sorted(ages.items()))


_SHARES = {"type": "object", "patternProperties": {DURATION.pattern: {"type": "string", "pattern": SHARE.pattern}}}
AgeField = Annotated[Any, BeforeValidator(parse_ages), WithJsonSchema({"anyOf": [{"type": "string"}, _SHARES]})]
