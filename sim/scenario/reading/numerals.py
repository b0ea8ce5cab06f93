"""Numbers as people and their programs write them: with a point or a comma for decimals, and marks between thousands.

Where a text can mean two numbers, both are given: nobody here chooses.
"""

from __future__ import annotations

import re

NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|-?\.[0-9]+")
"""A number as the language writes it."""
_HEAD = r"-?[1-9]\d{0,2}"
_SPACED = re.compile(_HEAD + r"(?:[ \u00a0\u2007\u2009\u202f'’]\d{3})+(?=[.,]|$)")
_DECIMAL = re.compile(r"-?\d+,\d+")
_ONE_MARK = re.compile(_HEAD + r"[.,]\d{3}")
_GROUPS = re.compile(_HEAD + r"(?:(?:,\d{3}){2,}|(?:\.\d{3}){2,})")
_ENGLISH = re.compile(_HEAD + r"(?:,\d{3})+\.\d+")
_EUROPEAN = re.compile(_HEAD + r"(?:\.\d{3})+,\d+")


def readings(text: str, unsure: bool) -> list[str]:
    """What a text may mean, each as a number that the language knows; none where it is no number.

    A comma before three digits may be for decimals or between thousands. So may a point, where that is `unsure`; else
    it is for decimals.
    """
    if spaced := _SPACED.match(text):
        text = re.sub(r"[^\d-]", "", spaced[0]) + text[spaced.end() :]
        return [text.replace(",", ".")] if re.fullmatch(r"-?\d+(?:[.,]\d+)?", text) else []
    found = []
    if NUMBER.fullmatch(text):
        found = [text]
    elif _DECIMAL.fullmatch(text):
        found = [text.replace(",", ".")]
    if _ONE_MARK.fullmatch(text) and (unsure or "," in text):
        found.append(re.sub(r"[.,]", "", text))
    elif _GROUPS.fullmatch(text):
        found = [re.sub(r"[.,]", "", text)]
    elif _ENGLISH.fullmatch(text):
        found = [text.replace(",", "")]
    elif _EUROPEAN.fullmatch(text):
        found = [text.replace(".", "").replace(",", ".")]
    return found


def only_reading(text: str, unsure: bool) -> str:
    """What a text means, as a number of the language, or the text itself where it is no number.

    Raises ValueError where it can mean two.
    """
    found = readings(text, unsure)
    if len(found) > 1:
        raise ValueError(f"either {' or '.join(found)}: no mark between thousands")
    return found[0] if found else text
