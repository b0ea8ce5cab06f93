"""What a session does not do, and why: said so that whoever tried can go on, with what was typed kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sim.errors import TideoverError

Why = Literal["role", "stale", "unknown", "impossible", "malformed"]


class Refused(TideoverError):
    """Nothing was changed. `why` tells the kind of refusal, `text` what was typed, `changed` what has become otherwise
    since the turn for which it was meant."""

    def __init__(self, why: Why, message: str, text: str = "", changed: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.why, self.text, self.changed = why, text, tuple(changed)
