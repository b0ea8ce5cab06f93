"""Country codes: ISO 3166, of two or three letters in any case, kept as two capitals.

Codes that the standard leaves to its users (AA, QM to QZ, XA to XZ, ZZ) are for countries that are made up; XK is
Kosovo.
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from sim.errors import PlaceError
from sim.units import parse_text

CODES = frozenset(
    re.findall(
        "[A-Z]{2}",
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
        BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
        FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
        IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
        ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
        PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
        TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
        """,
    )
)
"""The two-letter codes in force; written out, since the library takes longer to load than a scenario to read."""
MADE_UP = re.compile("AA|Q[M-Z]|X[A-Z]|ZZ")
EXPECTED = "a code of ISO 3166 such as KE or KEN (AA, QM to QZ, XA to XZ and ZZ are free for made-up countries)"
OTHER_NAMES = {
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "el": "GR",
    "eng": "GB", "america": "US", "holland": "NL", "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ",
    "macedonia": "MK", "czech republic": "CZ", "burma": "MM", "dr congo": "CD", "drc": "CD", "congo-kinshasa": "CD",
    "congo-brazzaville": "CG", "south korea": "KR", "north korea": "KP", "uae": "AE", "emirates": "AE", "kosovo": "XK",
    "turkey": "TR", "palestine": "PS", "east timor": "TL", "micronesia": "FM", "vatican": "VA", "ksa": "SA",
}  # fmt: skip
"""What people write, and the library does not know as a name."""


def country_code(text: str) -> str | None:
    """The two capitals of a code, None where it is none."""
    word = text.strip().upper()
    if not text.isascii():  # capitals of ß are SS, of a ligature fi are FI
        return None
    if word in CODES or MADE_UP.fullmatch(word):
        return word
    return _of_three(word) if len(word) == 3 else None


@cache
def _of_three(word: str) -> str | None:
    import pycountry

    if word == "XKX":
        return "XK"
    found = pycountry.countries.get(alpha_3=word)
    return None if found is None else str(found.alpha_2)


@cache
def nearest_code(text: str) -> str | None:
    """The code of the country that is most likely meant by a name or a wrong code, None where none is."""
    import pycountry

    word = text.strip().lower()
    if word in OTHER_NAMES:
        return OTHER_NAMES[word]
    names = {name: code for name, code in OTHER_NAMES.items() if len(name) > 3}
    for country in pycountry.countries:
        called = (getattr(country, key, "") for key in ("numeric", "name", "official_name", "common_name"))
        names |= {name.lower(): str(country.alpha_2) for name in called if name}
    if word in names:
        return names[word]
    like = difflib.get_close_matches(word, names, n=1, cutoff=0.75) if len(word) > 3 else []
    return names[like[0]] if like else None


def parse_country(value: Any) -> str:
    """Two capitals; raises PlaceError, with the code that is most likely meant, for what is no code."""
    text = parse_text(value)
    code = country_code(text)
    if code is None:
        error = PlaceError((), "this is no country code", text, EXPECTED)
        error.nearest = nearest_code(text)
        raise error
    return code


Country = Annotated[
    str, BeforeValidator(parse_country), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z]{2,3}$"})
]
