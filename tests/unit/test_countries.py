"""Countries are told by code: two or three letters in any case are one country, and what is no code is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pycountry
import pytest

import sim
from sim.errors import PlaceError, ScenarioError
from sim.model.countries import CODES, Country, country_code, nearest_code, parse_country
from sim.registry import Model

FOUND = Path(__file__).parents[1] / "data" / "found"
THREE_SPELLINGS = FOUND / "country-codes.yaml"
NETWORK = """
scenario: countries
title: A store and three clinics
start: 2024-01-01
end: 2024-03-01
products: {kit: {unit: kit}}
suppliers: {maker: {country: MAKER, makes: {kit: {}}}}
warehouses: {store: {country: MAKER}}
facilities: FACILITIES
lanes:
  - {from: maker, to: store, time: 1d}
  - {from: store, to: facilities, time: 1d}
demand: [{at: facilities, product: kit, per_day: 10, distribution: deterministic}]
replenishment: [{at: [store, facilities], policy: base_stock, level: 14d}]
"""
WINDOW = "{process: window, probability: 100%}"
CLINICS = "{a: {country: KE, population: 9}, b: {country: UG, population: 9}, c: {country: 'NO', population: 9}}"


def file(folder: Path, more: str = "", maker: str = "KE", facilities: str = CLINICS) -> Path:
    (folder / ".tideover").touch()
    path = folder / "countries.yaml"
    text = NETWORK.replace("MAKER", maker).replace("FACILITIES", facilities)
    path.write_text(text + more, encoding="utf-8")
    return path


def countries(path: Path, **options: Any) -> list[str]:
    """Of the clinics, in order of name."""
    frame = sim.validate(path, **options).sites.frame
    return frame.loc[frame["kind"] == "facility", "country"].tolist()


def problems(path: Path, **options: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        sim.validate(path, **options)
    return str(caught.value)


def test_clinics_of_one_country_in_three_spellings_lose_nothing_by_its_export_ban() -> None:
    """All three are in Kenya, so a Kenyan ban takes nothing from them."""
    run = sim.run(THREE_SPELLINGS)
    assert run.daily.groupby("site")["unmet"].sum()[["a", "b", "c"]].tolist() == [0, 0, 0]


def test_the_codes_written_out_are_those_of_the_standard() -> None:
    assert {country.alpha_2 for country in pycountry.countries} == CODES


def test_two_and_three_letters_in_any_case_are_one_country() -> None:
    for country in pycountry.countries:
        words = (country.alpha_2, country.alpha_2.lower(), country.alpha_3, country.alpha_3.lower().capitalize())
        assert {parse_country(word) for word in words} == {country.alpha_2}


def test_codes_for_made_up_countries_are_those_the_standard_leaves_free() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    free = {"AA", "ZZ", *(f"Q{x}" for x in "MNOPQRSTUVWXYZ"), *(f"X{x}" for x in letters)}
    taken = {one + two for one in letters for two in letters if country_code(one + two)} - CODES
    assert taken == free
    assert parse_country("xa") == "XA" and parse_country("XKX") == "XK"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UK", "GB"), ("uk", "GB"), ("Kenya", "KE"), ("kenia", "KE"), ("Great Britain", "GB"), ("United Kingdom", "GB"),
        ("Republic of Kenya", "KE"), ("Tanzania", "TZ"), ("Ivory Coast", "CI"), ("South Korea", "KR"), ("404", "KE"),
        ("England", "GB"), ("EL", "GR"), ("Germny", "DE"),
    ],
)  # fmt: skip
def test_a_name_is_refused_with_the_code_that_is_meant(written: str, meant: str) -> None:
    with pytest.raises(PlaceError, match="no country code") as caught:
        parse_country(written)
    assert caught.value.nearest == meant


@pytest.mark.parametrize("written", ["EN", "QA1", "KX", "XYZ", "K", "Q!", "ß", "ﬁ", "Atlantis-on-Sea"])
def test_what_is_like_no_country_is_refused_without_a_guess(written: str) -> None:
    with pytest.raises(PlaceError):
        parse_country(written)
    assert nearest_code(written) is None


def test_norway_is_a_country(tmp_path: Path) -> None:
    clinics = CLINICS.replace("'NO'", "NO")
    assert countries(file(tmp_path, facilities=clinics)) == ["KE", "UG", "NO"]
    assert countries(file(tmp_path, facilities=clinics.replace("NO", "no"))) == ["KE", "UG", "NO"]


def test_codes_in_a_table_are_read_as_in_the_scenario(tmp_path: Path) -> None:
    table = tmp_path / "clinics.csv"
    table.write_text("name,country\na,ke\nb,Uga\nc,\n", encoding="utf-8")
    path = file(tmp_path, facilities="{table: clinics.csv}")
    assert countries(path) == ["KE", "UG", ""]
    table.write_text("name,country\na,UK\nb,Kenya\nc,NO\n", encoding="utf-8")
    told = problems(path)
    assert "clinics.csv:2" in told and "did you mean 'GB'?" in told
    assert "clinics.csv:3" in told and "did you mean 'KE'?" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("code", ["ug", "UGA", "Uga"])
@pytest.mark.parametrize(
    "more",
    [
        "disruptions: [{kind: export_ban, country: ken, exempt: [CODE], from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: licence_delay, country: CODE, trade: imports, wait: 4d, from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: demand_surge, at: CODE, factor: 2, from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: demand_surge, at: {country: CODE}, factor: 2, from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: epidemic, arrives: {CODE: 0d}, r0: 2, seeds: 1, items: {kit: 1}, from: 2024-01-05, "
        "for: 9d}]",
        "disruptions: [{kind: epidemic, file: cases.csv, items: {kit: 1}, from: 2024-01-05, for: 9d}]",
        "stock: [{at: [CODE], on_hand: 7}]",
        "hazards: {h: {disruption: {kind: demand_surge, at: CODE, factor: 3}, lasts: 9d, happens: WINDOW}}",
        "hazards: {h: {disruption: {kind: export_ban}, each: {country: [ken]}, lasts: 9d, happens: WINDOW}}",
    ],
)
def test_wherever_a_country_is_named_every_spelling_gives_the_same_days(more: str, code: str, tmp_path: Path) -> None:
    def days(word: str) -> Any:
        (tmp_path / "cases.csv").write_text(f"date,region,cases\n2024-01-07,{word},50\n", encoding="utf-8")
        written = more.replace("CODE", word).replace("WINDOW", WINDOW)
        if word == "UG":
            written = written.replace("ken", "KE")
        return sim.run(file(tmp_path, written), twin=False).daily

    assert days("UG").equals(days(code))


def test_overlays_and_settings_take_every_spelling(tmp_path: Path) -> None:
    path = file(tmp_path, "strategies: {abroad: {facilities.a.country: uga}}\n")
    assert countries(path, strategy="abroad") == ["UG", "UG", "NO"]
    assert countries(path, overrides={"facilities.a.country": "rwa"}) == ["RW", "UG", "NO"]
    assert "did you mean 'GB'?" in problems(path, overrides={"facilities.a.country": "UK"})
    assert "did you mean 'KE'?" in problems(file(tmp_path, maker="Kenya"))


@pytest.mark.parametrize(
    "more",
    [
        "disruptions: [{kind: export_ban, country: Kenya, from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: export_ban, country: UG, exempt: [Kenya], from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: demand_surge, at: Kenya, factor: 2, from: 2024-01-05, for: 40d}]",
        "disruptions: [{kind: demand_surge, at: {country: Kenya}, factor: 2, from: 2024-01-05, for: 40d}]",
        "hazards: {h: {disruption: {kind: export_ban, country: Kenya}, lasts: 9d, happens: WINDOW}}",
        "hazards: {h: {disruption: {kind: export_ban}, each: {country: [UG, Kenya]}, lasts: 9d, happens: WINDOW}}",
        "stock: [{at: [Kenya], on_hand: 7}]",
    ],
)
def test_wherever_a_country_is_named_a_name_is_told_its_code(more: str, tmp_path: Path) -> None:
    assert "did you mean 'KE'?" in problems(file(tmp_path, more.replace("WINDOW", WINDOW)))


def test_a_site_or_region_of_the_name_goes_before_a_country(tmp_path: Path) -> None:
    """A region 'Kenya' is that region, and a clinic 'ug' that clinic."""
    clinics = "{ug: {country: KE, region: Kenya, population: 9}, b: {country: UG, population: 9}}"
    surge = "disruptions: [{kind: demand_surge, at: WORD, factor: 2, from: 2024-01-05, for: 10d}]"
    for word, grows in (("Kenya", "ug"), ("ug", "ug"), ("UG", "b")):
        daily = sim.run(file(tmp_path, surge.replace("WORD", word), facilities=clinics), twin=False).daily
        assert daily.loc[daily["demand"] == 20, "site"].unique().tolist() == [grows]


def test_every_field_for_a_country_checks_it() -> None:
    """No model of the language has a field `country` that takes any text."""
    import sim.scenario.words.spec

    assert sim.scenario.words.spec.Scenario
    unchecked, kinds = [], [Model]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if "country" in kind.model_fields and kind.__module__.startswith("sim."):
            field = kind.model_fields["country"]
            pattern = kind.model_json_schema()["properties"]["country"]
            if "[A-Za-z]{2,3}" not in str(pattern):
                unchecked.append((kind.__name__, field))
    assert not unchecked and Country
