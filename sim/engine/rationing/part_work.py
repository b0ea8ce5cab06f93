"""Sources that do a share of their work: what leaves all the same, and what is left lying."""

from __future__ import annotations

import numpy as np

from sim.engine.rationing.allowance import most, renewed
from sim.model.effects import Quantities
from sim.model.part import Part


class PartWork(Part):
    """Cuts what would leave to what those at work can send, flow by flow.

    With a share s of the work going on, s of what comes up on a day is done; the rest is left lying for those who are
    away. Where little comes up they work off what lies, so that over time no less than s of the usual units is done as
    long as there are any: what was done beyond that share, or short of it, counts for a month. When the share rises,
    those who come back do what was left for them, all of it when all are back.

    Work comes up once, when it is ordered and there is stock for it, whether or not a limit (a quota, an allowance,
    rations, a closed or a full lane) lets it leave: what is done and may not leave waits ready, and leaves when it may.

    `_lies` (units, over flows) is what is left lying, with its fraction; whole units of it are found by rounding, so
    that no flow is ever more than half a unit from its share. `_back` of it is for those who have come back; `_due` is
    by how much s of the usual units are ahead of what was done; `_ready` is what is done and has not left. All four are
    as in the `_morning` until something is granted or held.
    """

    CHANGES = (
        "on", "_share", "_lies", "_back", "_due", "_ready", "_morning", "_flows", "_offered", "_sent", "_open", "_held",
    )  # fmt: skip

    def __init__(self, quantities: Quantities, usual: np.ndarray) -> None:
        self.may_be_part = quantities.touched("flow.sends")
        self.on = False
        """whether some source does only a part of its work now"""
        self._quantities, self._usual = quantities, usual
        flows = len(usual) if self.may_be_part else 0  # there may be a million
        self._share = np.ones(flows)
        self._lies, self._back, self._due, self._ready = np.zeros((4, flows))
        self._morning = np.zeros((4, flows))
        self._flows = np.zeros(0, dtype=np.int64)
        self._offered, self._sent, self._open, self._held = np.zeros((4, flows), dtype=np.int64)

    def effects_changed(self, made: np.ndarray) -> None:
        """Who comes back finds what was left for him. Of what waits where all were at work until now so many units are
        `made`, over flows."""
        before, share = self._share, np.minimum(1.0, self._quantities["flow.sends"])
        away = 1.0 - before
        come = np.divide(share - before, away, out=np.zeros(len(share)), where=away > 0)
        stay = np.divide(share, before, out=np.ones(len(share)), where=before > share)
        self._back = self._back * stay + np.maximum(0.0, come) * (self._lies - self._back)
        self._ready[before >= 1] = made[before >= 1]
        for kept in (self._lies, self._back, self._due, self._ready):
            kept[share >= 1] = 0.0
        self._share = share
        self._flows = (share < 1).nonzero()[0]
        self.on = bool(self._flows.size)

    def open_day(self, unsent: np.ndarray, held: np.ndarray | int = 0) -> None:
        """A new evening. `unsent` are all open orders, over flows; of these `held` could leave but for a limit.

        What was cancelled and is ordered again, as it usually is, comes up no second time.
        """
        flow = self._flows
        self._ready[flow] = np.minimum(self._ready[flow], unsent[flow])
        lies, rest = self._lies[flow], unsent[flow] - self._ready[flow]
        self._lies[flow] = np.where(_whole(lies) > rest, rest, lies)
        self._back[flow] = np.minimum(self._back[flow], self._lies[flow])
        self._due[flow] = renewed(self._due[flow], self._share[flow] * self._usual[flow])
        self._morning[:] = self._lies, self._back, self._due, self._ready
        self._offered[:], self._sent[:], self._open[:], self._held[:] = 0, 0, unsent, held

    def cut(self, granted: np.ndarray, flows: np.ndarray | None = None) -> np.ndarray:
        """What is sent of units that could leave, over flows; `flows` is a mask of those looked at, None for all.

        What is granted later on the same evening comes on top.
        """
        flow = self._flows if flows is None else self._flows[flows[self._flows]]
        flow = flow[(granted[flow] > 0) | (self._held[flow] > 0)]
        if not flow.size:
            return granted
        self._offered[flow] += granted[flow]
        lies, back, due, ready = self._morning[:, flow]
        could, lay, share = self._offered[flow], _whole(lies), self._share[flow]
        up = np.minimum(could + self._held[flow], self._open[flow])
        new = np.maximum(0, up - lay - ready)
        left = np.maximum(0.0, lies + new - np.maximum(share * new + back, due))
        wanted = lay + new - _whole(left)
        done = np.clip(wanted, 0, np.maximum(0, up - ready))
        left = left + (wanted - done)
        sent = np.minimum(could, ready + done).astype(np.int64)
        worked = lies + new - left  # with its fraction
        self._lies[flow] = left
        self._back[flow] = np.maximum(0.0, back - worked)
        self._due[flow] = np.maximum(due - worked, -most(share * self._usual[flow]))
        self._ready[flow] = ready + done - sent
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
