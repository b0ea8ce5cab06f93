"""How a day's demand scatters around its mean. One file a distribution; each registers itself."""

from sim.discovery import import_all
from sim.model.need.demand.base import DEMAND, DemandKind

import_all("sim.model.need.demand")

__all__ = ["DEMAND", "DemandKind"]
