"""Who the claimants are: sites, parties, or pools of parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import AfterValidator, BeforeValidator

from sim.errors import PlaceError, one_of_few, placed
from sim.model.network import Network
from sim.model.parties import Parties
from sim.units import Text

SITES: Final = "sites"
PARTIES: Final = "parties"


@dataclass(frozen=True)
class Claimants:
    """Who claims on some flows, over these: `place` is a number for each claimant, from 0, and `party` the name of one
    that claims as one, a party or a pool; empty where a site claims for itself."""

    place: np.ndarray
    party: np.ndarray


def _known(value: Any) -> Any:
    if isinstance(value, list) or value in (SITES, PARTIES):
        return value
    raise ValueError("sites, parties, or a list of those who claim as one, such as [union, kenya]")


def _named_once(value: Any) -> Any:
    if isinstance(value, list) and len(set(value)) < max(1, len(value)):
        raise ValueError("one party or pool at least, and each once")
    return value


_Between = Literal["sites", "parties"] | list[Text]
BetweenField = Annotated[
    _Between, BeforeValidator(_known, json_schema_input_type=_Between), AfterValidator(_named_once)
]


def who_claims(between: str | Sequence[str], network: Network, flows: np.ndarray) -> np.ndarray:
    """Over all flows of the network the name of the party or pool that claims as one; empty where a site claims for
    itself. Raises PlaceError for those named of whom nobody orders on some of the `flows`."""
    owner = network.sites["party"].to_numpy()[network.cell_site[network.flow_buyer]]
    if isinstance(between, str):
        return np.full(len(owner), "", dtype=object) if between == SITES else owner
    for position, name in enumerate(between):
        with placed(position):
            check_party(name, network)
    speaker = {name: _speaker(name, between, network.parties) for name in dict.fromkeys(owner.tolist())}
    found = np.empty(len(owner), dtype=object)
    found[:] = [speaker[name] for name in owner]
    for position, name in enumerate(between):
        if not (found[flows] == name).any():
            raise PlaceError((position,), "it claims nothing at these sources", name, "those whose sites order here")
    return found


def _speaker(owner: str, between: Sequence[str], parties: Parties) -> str:
    """Who claims for a party's sites: itself or the narrowest pool that is named, itself where none is."""
    named = [name for name in between if owner in parties.owners(name)]
    narrowest = [name for name in named if not any(other in parties[name].inside for other in named)]
    if len(narrowest) > 1:
        message = f"'{owner}' is in '{narrowest[0]}' and in '{narrowest[1]}', which would both claim for it"
        raise PlaceError((), message, None, f"pools without a common member, or '{owner}' for itself")
    return narrowest[0] if narrowest else owner


def check_party(name: str, network: Network) -> None:
    """Raise PlaceError for the name of no party."""
    known = list(network.parties.by_name)
    if name not in known:
        expected = one_of_few(known, "the name of a party") if known else "a party: the scenario has none"
        raise PlaceError((), "unknown party", name, expected, known)
