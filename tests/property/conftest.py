"""How Hypothesis searches: repeatably in continuous integration, freshly at a desk."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

COMMON = {
    "deadline": None,
    "max_examples": 25,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "print_blob": True,
}

settings.register_profile("desk", **COMMON)
# without making failures simpler: that takes minutes, and the blob that is printed repeats them at a desk
settings.register_profile("ci", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate], **COMMON)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
