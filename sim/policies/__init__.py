"""The levers: replenishment, allocation and reserves. One file a kind; each registers itself."""

from sim.discovery import import_all
from sim.policies.alarms.base import ALARMS
from sim.policies.allocation.base import ALLOCATION
from sim.policies.forecasting.base import FORECASTING
from sim.policies.replenishment.base import REPLENISHMENT
from sim.policies.sourcing.base import SOURCING
from sim.policies.transfers.base import TRANSFERS
from sim.policies.triggers.base import TRIGGERS

for _package in ("forecasting", "replenishment", "allocation", "sourcing", "transfers", "triggers", "alarms"):
    import_all(f"sim.policies.{_package}")

__all__ = ["ALARMS", "ALLOCATION", "FORECASTING", "REPLENISHMENT", "SOURCING", "TRANSFERS", "TRIGGERS"]
