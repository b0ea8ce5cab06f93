"""A hazard as a scenario writes it: an ordinary disruption without its dates, and when it strikes by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.disruptions import DISRUPTIONS
from sim.errors import PlaceError
from sim.hazards.body import Body, read_body
from sim.hazards.processes import PROCESSES, Process
from sim.model.distributions import TimesField
from sim.registry import Model, one_of
from sim.units import Share

if TYPE_CHECKING:
    ProcessField = Process
else:
    ProcessField = one_of(PROCESSES)

ONE: dict[str, Any] = {
    "type": "object",
    "properties": {"kind": {"enum": list(DISRUPTIONS)}},
    "required": ["kind"],
}
BodyField = Annotated[Any, WithJsonSchema({"anyOf": [ONE, {"type": "array", "items": ONE}]})]


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
    a share, duration or number may be a distribution, such as uniform(10%, 60%), drawn for each hit"""
    happens: ProcessField
    """when it strikes"""
    lasts: TimesField | None = None
    """how long a shock lasts, a duration or a distribution; left out for what happens at one time (stock_loss)"""
    each: EachField = None
    """a field of the disruption and its entries, each hit or spared for itself: {at: [plant-a, plant-b]}, or the sites
    of a selector: {at: facilities}"""
    hits: Share = 1.0
    """probability that a shock hits an entry"""
    apart: bool = False
    """every entry has shocks of its own, instead of all having them in common"""

    def model_post_init(self, context: object) -> None:
        bodies = self.bodies()
        if self.lasts is not None and all(body.kind.instant for body in bodies):
            message = f"{bodies[0].kind.name_in_yaml} happens at one time and does not last"
            raise PlaceError(("lasts",), message, None, "no lasts")

    @property
    def each_field(self) -> str | None:
        """The field that differs from entry to entry."""
        return None if self.each is None else str(next(iter(self.each)))

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
