"""`when:` in the YAML: any trigger."""

from __future__ import annotations

from typing import Annotated

from sim.policies.triggers.base import TRIGGERS, Trigger
from sim.registry import OneOf

TriggerField = Annotated[Trigger, OneOf(TRIGGERS)]
