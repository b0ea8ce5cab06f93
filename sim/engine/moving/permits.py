"""Licences that goods need on their way: asked for where a leg ends, waited for there."""

from __future__ import annotations

import numpy as np

from sim.engine.books.journal import Journal
from sim.engine.moving.cargo import Cargo
from sim.engine.moving.licences import Licences
from sim.model.effects import Quantities
from sim.model.part import Part
from sim.rng import Streams


class Permits(Part):
    """The licences for stops on the way, and who has asked for one."""

    def __init__(self, cargo: Cargo, quantities: Quantities, streams: Streams, journal: Journal) -> None:
        self._licences = Licences(quantities, streams, "stop.licence")
        self.needed = self._licences.needed
        self._cargo, self._journal = cargo, journal

    def expect_effects(self) -> None:
        """Look up which licences are, or will be, asked for."""
        self._licences.expect_effects()

    def wait(self, rows: np.ndarray, at: np.ndarray) -> np.ndarray:
        """Days for which goods that come to the end of their leg at `at` wait there for a licence."""
        table = self._cargo.table
        wait = self._licences.wait(self._cargo.stop(rows), at)
        self._journal.shipments("licence_wait", table, rows[wait > 0], at[wait > 0])
        return wait

    def ask(self, rows: np.ndarray) -> None:
        """What comes to a buyer whose country asks for a licence is there once it has one."""
        table = self._cargo.table
        at = table.columns["time"][rows]
        wait = self.wait(rows, at)
        table.columns["permit"][rows], table.columns["time"][rows] = True, at + wait
