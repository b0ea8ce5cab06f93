"""The disruption inside a hazard: checked as it is written, made whole each time it strikes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from sim.disruptions import DISRUPTIONS, Disruption
from sim.errors import PlaceError
from sim.model.chance.distributions import Times, parse_times
from sim.model.chance.drawn import Drawn, Path, find_drawn, parse_drawn, replaced
from sim.units import DATE

Place = tuple[str | int, ...]

SOME_DAY = dt.date(2000, 1, 1)
"""A date to try a disruption with before it is known when it strikes."""
LONGEST = 1e8
"""Days; what lasts longer lasts for ever."""
CORNERS = 8
"""Of so many drawn amounts every mixture of lowest and highest is tried, of more only all lowest and all highest."""
NOT_ITS_OWN = {
    "from": "nothing: the hazard's 'happens' says when it begins",
    "until": "nothing: the hazard's 'lasts' says how long it holds",
    "for": "nothing: the hazard's 'lasts' says how long it holds",
    "name": "nothing: it is named after the hazard",
}


@dataclass(frozen=True)
class Body:
    """One disruption of a hazard: its kind, its fields as written, and the amounts among them that are drawn for each
    hit, by their path; `lasts` is how long it holds itself, None where that is left to the hazard."""

    kind: type[Disruption]
    fields: Mapping[str, Any]
    drawn: Mapping[Path, Drawn]
    lasts: Times | None = None

    def disruption(
        self, begin: dt.date, length: float | None, name: str | None, amounts: Mapping[Path, Any], **fields: Any
    ) -> Disruption:
        """The disruption on a date, with `amounts` and `fields` over those written; raises pydantic's
        ValidationError."""
        given = {**replaced(self.fields, amounts), **fields, "kind": self.kind.name_in_yaml, "from": begin}
        if name is not None:
            given["name"] = name
        if length is not None and not self.kind.instant:
            given["for"] = f"{min(length, LONGEST):.9f}d"
        return self.kind.model_validate(given)

    def tried(self, **fields: Any) -> Disruption:
        """The disruption at some time, with the lowest amounts that can be drawn."""
        low = {path: drawn.written(drawn.low) for path, drawn in self.drawn.items()}
        return self.disruption(SOME_DAY, 1.0, None, low, **fields)


def read_body(written: Any, place: Place, entry: tuple[str, Any] | None, lasts: bool) -> Body:
    """The disruption written at `place` below the hazard.

    `entry` is the field that differs, with its entries; `lasts` whether the hazard says how long a shock lasts.
    Raises PlaceError or pydantic's ValidationError, their places below the hazard.
    """
    if not isinstance(written, Mapping):
        raise PlaceError(place, "this is no disruption", written, "a mapping with 'kind' and the kind's own keys")
    name = written.get("kind")
    if not isinstance(name, str) or name not in DISRUPTIONS:
        message = "'kind' is missing from this disruption" if name is None else "unknown kind of disruption"
        raise PlaceError((*place, "kind"), message, name, "one of " + ", ".join(DISRUPTIONS), DISRUPTIONS)
    kind = DISRUPTIONS[name]
    for key, why in NOT_ITS_OWN.items():
        if key in written:
            raise PlaceError((*place, key), f"no '{key}' in a hazard", written[key], why)
    for path, value in _dates(written, place):
        raise PlaceError(path, "no date in a hazard: it is not known when it strikes", value, "a duration, such as 10d")
    fields = {key: value for key, value in written.items() if key not in ("kind", "lasts")}
    own = _own_length(kind, written, place)
    body = Body(kind, fields, _drawn(kind, fields, place), own)
    if not lasts and own is None and not kind.instant:
        raise PlaceError((), f"'lasts' is missing: {name} holds for a time", None, "lasts: 5d, or lognormal(20d, 5d)")
    _try(body, place, entry)
    return body


def _dates(value: Any, place: Place) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from _dates(child, (*place, key))
    elif isinstance(value, list):
        for position, child in enumerate(value):
            yield from _dates(child, (*place, position))
    elif isinstance(value, dt.date) or (isinstance(value, str) and DATE.match(value)):
        yield place, value


def _keys(kind: type[Disruption]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def _own_length(kind: type[Disruption], written: Mapping[str, Any], place: Place) -> Times | None:
    """How long this disruption holds, where it says so itself."""
    if "lasts" not in written:
        return None
    if kind.instant:
        message = f"{kind.name_in_yaml} happens at one time and does not last"
        raise PlaceError((*place, "lasts"), message, None, "no lasts")
    try:
        return parse_times(written["lasts"])
    except ValueError as error:
        raise PlaceError((*place, "lasts"), "'lasts' is not valid", written["lasts"], str(error)) from None


def _drawn(kind: type[Disruption], fields: Mapping[str, Any], place: Place) -> dict[Path, Drawn]:
    """Amounts written as distributions, but where the field itself takes a distribution."""
    found = {}
    for path, text in find_drawn(kind, fields):
        try:
            drawn = parse_drawn(text)
        except ValueError as error:
            raise PlaceError((*place, *path), f"'{path[-1]}' is not valid", text, str(error)) from None
        if drawn is not None:
            found[path] = drawn
    return found


def _try(body: Body, place: Place, entry: tuple[str, Any] | None) -> None:
    """Make the disruption with the lowest and the highest amounts, mixed, and with every entry that is written out."""
    keys = _keys(body.kind)
    variants: list[tuple[dict[str, Any], Place]] = [({}, ())]
    if entry is not None:
        field, entries = entry
        if field not in keys or field in NOT_ITS_OWN:
            known = [key for key in keys if key not in ("kind", *NOT_ITS_OWN)]
            message = f"{body.kind.name_in_yaml} has no such field"
            raise PlaceError(("each", field), message, field, "one of " + ", ".join(known), known)
        if field in body.fields:
            raise PlaceError((*place, field), f"'{field}' stands under 'each' already", body.fields[field])
        variants = [({field: entries}, ("each", field))]
        if isinstance(entries, list):
            variants = [({field: value}, ("each", field, k)) for k, value in enumerate(entries)]
    drawn = len(body.drawn)
    corners = (
        list(product(("low", "high"), repeat=drawn)) if drawn <= CORNERS else [(e,) * drawn for e in ("low", "high")]
    )
    for fields, where in variants:
        for ends in corners:
            amounts = {
                path: amount.written(getattr(amount, end))
                for (path, amount), end in zip(body.drawn.items(), ends, strict=True)
            }
            try:
                body.disruption(SOME_DAY, 1.0, None, amounts, **fields)
            except ValidationError as error:
                raise _moved(error, body.kind, keys, place, set(fields), where) from None
            except PlaceError as error:
                error.path = (*place, *error.path)
                raise


def _moved(
    error: ValidationError, kind: type[Disruption], keys: dict[str, Any], place: Place, apart: set[str], where: Place
) -> ValidationError:
    """The same errors, placed below the hazard; unknown keys name the nearest known one."""
    details: list[InitErrorDetails] = []
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        context = item.get("ctx") or {}
        here = (*where, *path[1:]) if path and path[0] in apart else (*place, *path)
        if item["type"] == "extra_forbidden":
            known = [key for key in keys if key not in ("kind", *NOT_ITS_OWN)]
            text = f"unknown key '{path[-1]}' in {kind.name_in_yaml}"
            context = {"error": PlaceError((path[-1],), text, path[-1], "one of " + ", ".join(known), known)}
            details.append(InitErrorDetails(type="value_error", loc=here[:-1], input=item["input"], ctx=context))
        else:
            details.append(InitErrorDetails(type=item["type"], loc=here, input=item["input"], ctx=context))
    return ValidationError.from_exception_data("Hazard", details)
