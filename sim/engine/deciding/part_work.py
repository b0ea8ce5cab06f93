"""Sources that do a share of their work: what leaves all the same, and what is left lying."""

from __future__ import annotations

import numpy as np

from sim.engine.deciding.allowance import most, renewed
from sim.model.effects import Quantities
from sim.model.part import Part


class PartWork(Part):
    """Cuts what would leave to what those at work can send, flow by flow.

    With a share s of the work going on, s of what comes up on a day is sent; the rest is left lying for those who are
    away. Where little comes up they work off what lies, so that over time no less than s of the usual units is sent as
    long as there are any: what was sent beyond that share, or short of it, counts for a month. When the share rises,
    those who come back send what was left for them, all of it when all are back.

    `_lies` (units, over flows) is what is left lying, with its fraction; whole units of it are found by rounding, so
    that no flow is ever more than half a unit from its share. `_back` of it is for those who have come back; `_due` is
    by how much s of the usual units are ahead of what was sent. All three are as in the `_morning` until something is
    granted.
    """

    CHANGES = ("on", "_share", "_lies", "_back", "_due", "_morning", "_flows", "_offered", "_sent", "_room")

    def __init__(self, quantities: Quantities, usual: np.ndarray) -> None:
        self.may_be_part = quantities.touched("flow.sends")
        self.on = False
        """whether some source does only a part of its work now"""
        self._quantities, self._usual = quantities, usual
        self._share = np.ones(len(usual))
        self._lies, self._back, self._due = np.zeros((3, len(usual)))
        self._morning = np.zeros((3, len(usual)))
        self._flows = np.zeros(0, dtype=np.int64)
        self._offered, self._sent, self._room = np.zeros((3, len(usual)), dtype=np.int64)

    def effects_changed(self) -> None:
        """Who comes back finds what was left for him."""
        before, share = self._share, np.minimum(1.0, self._quantities["flow.sends"])
        away = 1.0 - before
        come = np.divide(share - before, away, out=np.zeros(len(share)), where=away > 0)
        stay = np.divide(share, before, out=np.ones(len(share)), where=before > share)
        self._back = self._back * stay + np.maximum(0.0, come) * (self._lies - self._back)
        for kept in (self._lies, self._back, self._due):
            kept[share >= 1] = 0.0
        self._share = share
        self._flows = (share < 1).nonzero()[0]
        self.on = bool(self._flows.size)

    def open_day(self, unsent: np.ndarray, beyond: np.ndarray | int = 0) -> None:
        """A new evening. `unsent` are all open orders, over flows, and `beyond` those that could leave if there were
        room for them: what is left lying may be among these."""
        flow = self._flows
        lies = self._lies[flow]
        self._lies[flow] = np.where(_whole(lies) > unsent[flow], unsent[flow], lies)
        self._back[flow] = np.minimum(self._back[flow], self._lies[flow])
        self._due[flow] = renewed(self._due[flow], self._share[flow] * self._usual[flow])
        self._morning[:] = self._lies, self._back, self._due
        self._offered[:], self._sent[:], self._room[:] = 0, 0, beyond

    def cut(self, granted: np.ndarray, flows: np.ndarray | None = None) -> np.ndarray:
        """What is sent of units that could leave, over flows; `flows` is a mask of those looked at, None for all.

        What is granted later on the same evening comes on top.
        """
        flow = self._flows if flows is None else self._flows[flows[self._flows]]
        flow = flow[granted[flow] > 0]
        if not flow.size:
            return granted
        self._offered[flow] += granted[flow]
        lies, back, due = self._morning[:, flow]
        could, lay, share = self._offered[flow], _whole(lies), self._share[flow]
        new = np.minimum(could, np.maximum(0, could - lay) + self._room[flow])
        left = np.maximum(0.0, lies + new - np.maximum(share * new + back, due))
        wanted = lay + new - _whole(left)
        sent = np.clip(wanted, 0, could)
        left = left + (wanted - sent)
        done = lies + new - left  # with its fraction
        self._lies[flow] = left
        self._back[flow] = np.maximum(0.0, back - done)
        self._due[flow] = np.maximum(due - done, -most(share * self._usual[flow]))
        cut = granted.copy()
        cut[flow] = sent - self._sent[flow]
        self._sent[flow] = sent
        return cut

    def lying(self) -> np.ndarray:
        """Units that could have left this evening and were not sent, over flows."""
        return self._offered - self._sent


def _whole(units: np.ndarray) -> np.ndarray:
    """Units to the nearest whole number."""
    return np.asarray(np.floor(units + 0.5 + 1e-9).astype(np.int64))
