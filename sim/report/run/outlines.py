"""Country outlines from the TopoJSON file in `data/`, cut at 180 degrees so that nothing draws a stripe."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).parent.parent / "data" / "countries-110m.json"


@lru_cache(maxsize=1)
def outlines() -> tuple[np.ndarray, ...]:
    """Closed rings of (longitude, latitude) within [-180, 180] x [-90, 90]; each of shape (n, 2)."""
    topology = json.loads(FILE.read_text(encoding="utf-8"))
    arcs = _arcs(topology)
    found: list[np.ndarray] = []
    for country in topology["objects"]["countries"]["geometries"]:
        polygons = country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                found.extend(_pieces(_close_at_pole(unwrap(_join(arcs, ring)))))
    return tuple(found)


def unwrap(points: np.ndarray) -> np.ndarray:
    """The points with longitudes that run on past 180 degrees instead of jumping; shape (n, 2)."""
    steps = np.diff(points[:, 0])
    turns = np.concatenate(([0.0], np.cumsum(np.where(steps > 180, -360.0, np.where(steps < -180, 360.0, 0.0)))))
    return np.column_stack((points[:, 0] + turns, points[:, 1]))


def _arcs(topology: dict[str, Any]) -> list[np.ndarray]:
    scale, shift = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    return [np.cumsum(np.array(arc, dtype=float), axis=0) * scale + shift for arc in topology["arcs"]]


def _join(arcs: list[np.ndarray], indices: list[int]) -> np.ndarray:
    """A ring from its arcs; a negative index is the arc ~index backwards."""
    parts = [arcs[~i][::-1] if i < 0 else arcs[i] for i in indices]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _close_at_pole(ring: np.ndarray) -> np.ndarray:
    """A ring that goes once round the earth is closed along the pole it surrounds."""
    if abs(ring[-1, 0] - ring[0, 0]) < 180:
        return ring
    pole = np.copysign(90.0, ring[:, 1].mean())
    return np.vstack((ring, (ring[-1, 0], pole), (ring[0, 0], pole), ring[0]))


def _pieces(ring: np.ndarray) -> list[np.ndarray]:
    """The parts of a ring that lie within [-180, 180], each moved there by whole turns."""
    found = []
    for turn in (-360.0, 0.0, 360.0):
        moved = ring + np.array((turn, 0.0))
        if moved[:, 0].max() <= -180 or moved[:, 0].min() >= 180:
            continue
        for edge, sign in ((-180.0, 1.0), (180.0, -1.0)):
            moved = _cut(moved, edge, sign)
        if len(moved) > 2:
            found.append(moved)
    return found


def _cut(ring: np.ndarray, edge: float, sign: float) -> np.ndarray:
    """The part of a polygon on one side of a meridian (Sutherland and Hodgman's clipping)."""
    inside = sign * (ring[:, 0] - edge) >= 0
    if inside.all() or not len(ring):
        return ring
    points: list[np.ndarray] = []
    for k in range(len(ring)):
        here, before = ring[k], ring[k - 1]
        if inside[k] != inside[k - 1]:
            share = (edge - before[0]) / (here[0] - before[0])
            points.append(np.array((edge, before[1] + share * (here[1] - before[1]))))
        if inside[k]:
            points.append(here)
    return np.array(points).reshape(-1, 2)
