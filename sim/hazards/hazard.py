"""A hazard as a scenario writes it: an ordinary disruption without its dates, and when it strikes by chance."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from sim.disruptions import DISRUPTIONS
from sim.errors import PlaceError
from sim.hazards.body import Body, read_body
from sim.hazards.processes import PROCESSES, Process
from sim.hazards.severity import Severity
from sim.model.chance.distributions import TimesField
from sim.registry import Model, OneOf
from sim.units import Share

ProcessField = Annotated[Process, OneOf(PROCESSES)]


def _one_or_several(schema: dict[str, Any]) -> None:
    one = {"type": "object", "properties": {"kind": {"enum": list(DISRUPTIONS)}}, "required": ["kind"]}
    schema["anyOf"] = [one, {"type": "array", "items": one}]


BodyField = Annotated[Any, Field(json_schema_extra=_one_or_several)]


def _entries(value: Any) -> Any:
    if not isinstance(value, dict) or len(value) != 1:
        raise ValueError("one field of the disruption, such as 'at', and its entries")
    entries = next(iter(value.values()))
    if entries in (None, [], {}):
        raise ValueError("at least one entry")
    return value


EachField = Annotated[Any, BeforeValidator(_entries), WithJsonSchema({"type": "object", "maxProperties": 1})]


class Hazard(Model):
    """Something that may go wrong: drawn afresh in every replication, the same under every strategy."""

    disruption: BodyField
    """an entry as under `disruptions`, without from, until, for and name, or a list of entries that strike together;
    a share, duration or number may be a distribution, such as uniform(10%, 60%), drawn for each hit; `lasts` in an
    entry is how long that disruption holds, where not as long as the others"""
    happens: ProcessField
    """when it strikes"""
    lasts: TimesField | None = None
    """how long a shock lasts, a duration or a distribution; left out for what happens at one time (stock_loss), and
    where every disruption says itself how long it lasts"""
    each: EachField = None
    """a field of the disruption and its entries, each hit or spared for itself: {at: [plant-a, plant-b]}, or the sites
    of a selector: {at: facilities}"""
    hits: Share = 1.0
    """probability that a shock hits an entry"""
    apart: bool = False
    """every entry has shocks of its own, instead of all having them in common"""
    severity: Severity | None = None
    """length and amounts of a shock go together, and with those of other hazards; left out: they are independent"""

    def model_post_init(self, context: object) -> None:
        bodies = self.bodies()
        if self.lasts is not None and all(body.kind.instant for body in bodies):
            message = f"{bodies[0].kind.name_in_yaml} happens at one time and does not last"
            raise PlaceError(("lasts",), message, None, "no lasts")
        if self.lasts is None and self.happens.needs_length and not all(body.kind.instant for body in bodies):
            message = f"'lasts' is missing: {self.happens.process} needs the length of a shock itself"
            raise PlaceError((), message, None, "lasts: 5d, or lognormal(20d, 5d)")

    @property
    def each_field(self) -> str | None:
        """The field that differs from entry to entry."""
        return None if self.each is None else str(next(iter(self.each)))

    def variants(self) -> list[dict[str, Any]]:
        """The values of the field that differs, as written: a selector is one value."""
        if self.each_field is None:
            return [{}]
        entries = self.each[self.each_field]
        return [{self.each_field: value} for value in (entries if isinstance(entries, list) else [entries])]

    def bodies(self) -> list[Body]:
        """The disruptions that strike together; raises where one is not valid."""
        several = isinstance(self.disruption, list)
        written = self.disruption if several else [self.disruption]
        if not written:
            raise PlaceError(("disruption",), "there is no disruption in this list", None, "one or more entries")
        entry = None if self.each is None else next(iter(self.each.items()))
        places = [("disruption", k) if several else ("disruption",) for k in range(len(written))]
        return [
            read_body(body, place, entry, self.lasts is not None) for body, place in zip(written, places, strict=True)
        ]
