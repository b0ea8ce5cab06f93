"""`when:` in the YAML: any trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.policies.triggers.base import TRIGGERS, Trigger
from sim.registry import import_all, one_of

import_all("sim.policies.triggers")

if TYPE_CHECKING:
    TriggerField = Trigger
else:
    TriggerField = one_of(TRIGGERS)
