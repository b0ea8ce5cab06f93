"""Opened vials: doses that nobody got."""

from __future__ import annotations

from sim.metrics.base import View, metric, ratio


@metric("doses_wasted", "Doses wasted in open vials", "doses", better="lower")
def doses_wasted(view: View) -> float | None:
    """Doses left in open units of several doses when these could be used no longer."""
    return float(view.total("doses_wasted"))


@metric("open_vial_wastage", "Open-vial wastage", "share", better="lower")
def open_vial_wastage(view: View) -> float | None:
    """Doses wasted in open vials, as a share of doses opened: those given and those wasted.

    WHO, Monitoring vaccine wastage at country level, WHO/V&B/03.18.
    """
    wasted = view.total("doses_wasted")
    return ratio(wasted, wasted + view.total("doses_given"))
