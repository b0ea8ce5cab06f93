"""The film's figures are those of the session: path, doing nothing and branches, each midnight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from sim.tabletop.beside import compare
from sim.tabletop.footage import of_session, thinned
from sim.tabletop.session import NOTHING, Session


def test_a_film_has_every_midnight_and_the_figures_of_the_session(played: Callable[[], Session]) -> None:
    session = played()
    session.rewind(3, "First try")
    found = of_session(session)
    assert [one.name for one in found.paths] == [line.name for line in compare(session)]
    first, nothing, *_, other = found.paths
    assert len(first.links) == session.place.day + 1 and len(other.links) == session.branch_place("First try").day + 1
    assert found.days == list(range(len(other.links)))  # as many as the longest path has
    for line, path in zip(compare(session), found.paths, strict=True):
        assert dict(zip(found.products, path.unmet[-1], strict=True)) == line.totals
    truth = session.view("facilitator")["truth"]["stock"]
    assert sum(first.stock[-1]) == sum(row["units"] for row in truth)
    names = [one["name"] for one in session.view("observer")["map"]["places"]]
    assert [one["name"] for one in found.places] == names
    told = [text for _, _, text in other.said]
    assert any("the ban is coming" in text for text in told) and any(text.startswith("Inject 2:") for text in told)
    assert not any(text.startswith(("Inject 2:", "Ministry")) for _, _, text in nothing.said)
    assert nothing.name == NOTHING


def test_a_film_that_is_too_long_shows_fewer_days_and_the_last(played: Callable[[], Session]) -> None:
    found = of_session(played())
    half = thinned(found, lambda one: len(one.days) <= (len(found.days) + 1) // 2 + 1)
    assert half.days == [*found.days[:-1:2], *([found.days[-1]] if found.days[-1] not in found.days[:-1:2] else [])]
    whole, part = asdict(found.paths[0]), asdict(half.paths[0])
    assert part["unmet"] == [whole["unmet"][day] for day in half.days] and part["said"] == whole["said"]
