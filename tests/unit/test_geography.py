"""Sea voyages: the file of known ones, ways round closed passages, and errors a planner can act on."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.model.network import Passage
from sim.model.sea import geography
from sim.model.sea.geography import SeaLanes, Voyage, measure, remember, simplified

NO_FILE = Path("no-such-file.csv")


def around(voyage: Voyage, name: str) -> Passage:
    return next(p for p in voyage.passages if p.name == name)


def test_suez_closed_sends_ships_round_the_cape_and_not_through_panama() -> None:
    voyage = SeaLanes().voyage("CNSHA", "NLRTM")
    assert voyage.distance_nm == pytest.approx(10514, rel=0.01)
    assert [p.name for p in voyage.passages] == ["malacca", "bab_el_mandeb", "suez", "gibraltar"]
    for name in ("suez", "bab_el_mandeb"):
        assert around(voyage, name).detour * voyage.distance_nm == pytest.approx(13834, rel=0.01)


def test_rotterdam_to_mombasa() -> None:
    voyage = SeaLanes().voyage("NLRTM", "KEMBA")
    assert voyage.distance_nm == pytest.approx(6409, abs=1)
    assert around(voyage, "suez").detour * voyage.distance_nm == pytest.approx(8788, abs=1)


def test_every_known_voyage_is_sound() -> None:
    rows, places = geography._table(geography.VOYAGES)
    assert len(rows) >= 87
    assert list(rows) == sorted(rows)
    for origin, destination, may_use in rows:
        voyage = SeaLanes().voyage(origin, destination, frozenset(may_use.split()))
        assert voyage.distance_nm > 0
        assert 2 <= len(voyage.path) <= 40
        for end, port in ((voyage.path[0], origin), (voyage.path[-1], destination)):
            longitude, latitude = np.subtract(end, places[port])
            assert math.hypot(math.remainder(longitude, 360), latitude) < 1.0, (origin, destination)
        assert [p.fraction for p in voyage.passages] == sorted(p.fraction for p in voyage.passages)
        for passage in voyage.passages:
            assert 0 < passage.fraction < 1
            if passage.detour == 0.0:
                assert passage.remaining == ()
                continue
            sailed, rest = np.array(passage.remaining).T
            assert passage.detour >= 1
            assert sailed[0] == 0 and sailed[-1] == pytest.approx(passage.fraction)
            assert rest[0] == pytest.approx(passage.detour, abs=1e-5)
            assert (np.diff(sailed) > 0).all()
            # no vessel gains by sailing on before it turns off, nor loses more than the way back
            assert (sailed + rest >= passage.detour - 1e-4).all()
            assert (rest <= passage.detour + sailed + 1e-4).all()


def test_known_voyages_need_no_library() -> None:
    code = (
        "import sys; from sim.model.sea.geography import SeaLanes; lanes = SeaLanes();"
        "lanes.voyage('CNSHA', 'NLRTM'); lanes.position('KEMBA'); assert 'searoute' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_position_of_a_port_is_latitude_first() -> None:
    assert SeaLanes().position("KEMBA") == pytest.approx((-4.07, 39.67), abs=0.01)
    assert SeaLanes(NO_FILE).position("KEMBA") == pytest.approx(SeaLanes().position("KEMBA"), abs=1e-3)


def test_canals_on_the_usual_way_need_no_naming() -> None:
    lanes = SeaLanes()
    assert lanes.voyage("NLRTM", "KEMBA", frozenset({"suez", "malacca"})) == lanes.voyage("NLRTM", "KEMBA")


@pytest.mark.parametrize(("origin", "destination"), [("NLRTM", "KEMBA"), ("KRPUS", "USLAX")])
def test_the_file_says_what_the_library_says(origin: str, destination: str) -> None:
    known = SeaLanes().voyage(origin, destination)
    live = SeaLanes(NO_FILE).voyage(origin, destination)
    assert live == known


def test_a_named_canal_shortens_the_way_round() -> None:
    network = geography.sea_network()
    usual = around(measure(network, "CNSHA", "NLRTM"), "suez")
    freer = around(measure(network, "CNSHA", "NLRTM", frozenset({"panama"})), "suez")
    assert freer.detour < usual.detour


def test_a_sea_with_one_gate_has_no_way_round() -> None:
    gate = around(SeaLanes(NO_FILE).voyage("KWKWI", "INNSA"), "hormuz")
    assert gate.detour == 0.0
    assert gate.remaining == ()


@pytest.mark.parametrize(
    ("origin", "destination", "may_use", "message"),
    [
        (
            "nlrtm",
            "KEMBA",
            (),
            "unknown port 'nlrtm'; expected the UN/LOCODE .* did you mean 'NLRTM'?",
        ),
        ("NLRTM", "nowhere", (), "unknown port 'nowhere'"),
        ("NLRTM", "NLRTM", (), "no way by sea from NLRTM to NLRTM"),
        ("NLRTM", "KEMBA", ("panma",), "unknown passage 'panma'; expected one of bab_el_mandeb, .*'panama'"),
    ],
)
def test_errors_name_the_value_and_the_remedy(
    origin: str, destination: str, may_use: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message.replace("?", r"\?")):
        SeaLanes().voyage(origin, destination, frozenset(may_use))


def test_names_of_the_library_are_understood() -> None:
    assert geography.passage_named("babalmandab") == "bab_el_mandeb"
    assert geography.passage_named("ormuz") == "hormuz"


def test_remembered_voyages_are_read_back_in_order(tmp_path: Path) -> None:
    file = tmp_path / "voyages.csv"
    found = remember([("NLRTM", "KEMBA"), ("IEDUB", "USNYC")], file=file)
    assert [line[:11] for line in file.read_text().splitlines()] == [
        "origin,dest",
        "IEDUB,USNYC",
        "NLRTM,KEMBA",
    ]
    assert SeaLanes(file).voyage("NLRTM", "KEMBA") == found[0]
    before = file.read_text()
    with pytest.raises(ValueError, match="unknown port"):
        remember([("IEDUB", "NLRTM"), ("IEDUB", "XXXXX")], file=file)
    assert file.read_text() == before


def test_simplified_line_keeps_its_ends_and_corners() -> None:
    line = [(float(x), 0.0) for x in range(50)] + [(49.0, float(y)) for y in range(1, 50)]
    assert simplified(line, 40) == ((0.0, 0.0), (49.0, 0.0), (49.0, 49.0))
    wave = [(float(x), float(x % 2)) for x in range(100)]
    assert len(simplified(wave, 40)) == 40


def test_command_wants_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    assert geography.main(["CNSHA"]) == 2
    assert geography.main(["CNSHA", "XXXXX"]) == 2
    assert "unknown port 'XXXXX'" in capsys.readouterr().err
