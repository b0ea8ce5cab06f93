"""What days of cover are counted in, wherever they are a condition: usual use, or the use of the last days."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from sim.registry import Model
from sim.units import WholeDays


class CountsCover(Model):
    """Has a condition on days of cover."""

    cover_in: Literal["usual", "present"] = "usual"
    """use that days of cover are counted in: usual demand, or present: what was asked for of late (in a surge to five
    times as much, ten days of usual use are two)"""
    averaged_over: WholeDays = 7
    """with `cover_in: present`: the last days whose mean demand it is; of those not yet lived, usual demand"""

    @model_validator(mode="after")
    def _averages_something(self) -> CountsCover:
        if "averaged_over" in self.model_fields_set and self.cover_in == "usual":
            raise ValueError("averaged_over only with cover_in: present")
        return self

    @property
    def present_over(self) -> int | None:
        """Days over which present use is averaged, None: usual use counts."""
        return self.averaged_over if self.cover_in == "present" else None
