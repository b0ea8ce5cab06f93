"""An allocation rule in another place than `allocation`: its name, or the rule with its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import WrapValidator

from sim.errors import PlaceError
from sim.policies.allocation.base import ALLOCATION, Allocation, AnyRule, as_written
from sim.units import Text


def _rule_named(value: Any, read: Callable[[Any], Any]) -> Any:
    """The rule that a name or a mapping stands for; raises PlaceError for one that needs a queue of orders."""
    if isinstance(value, Allocation):
        return value
    fields = as_written(value)
    name = fields.get("rule") if isinstance(fields, dict) else fields
    able = [word for word, kind in ALLOCATION.items() if not kind.needs_order_book]
    if not isinstance(name, str) or name not in able:
        known = isinstance(name, str) and name in ALLOCATION
        message = "there is no queue of orders here for this rule" if known else "unknown allocation rule"
        raise PlaceError((), message, name, "one of " + ", ".join(able), able)
    return read(fields)


RuleField = Annotated[AnyRule, WrapValidator(_rule_named, json_schema_input_type=Text | AnyRule)]
