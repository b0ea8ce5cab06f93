"""A unit of goods in words: one of it, and several."""

from __future__ import annotations

import re

SYMBOLS = frozenset({"t", "kg", "g", "mg", "µg", "hl", "l", "L", "dl", "cl", "ml", "mL", "m", "cm", "mm", "IU", "MIU"})
"""Signs, which have no plural."""
HEAD = re.compile(r"(?!(?:of|with|per|for|in)\b)[^\W\d_][\w'’-]*(?: (?!(?:of|with|per|for|in)\b)[^\W\d_][\w'’-]*)*")
"""The words that name the thing itself, with which a unit begins: `IV bag` of `IV bag of 500 ml`."""
HISSING = ("ss", "x", "ch", "sh")
VOWELS = "aeiou"


def in_plural(unit: str) -> str:
    """Several of a unit: bags, boxes of 50 pairs, batteries, kg; what is written in the plural stays."""
    head, rest = _parts(unit)
    if not head or head.split(" ")[-1] in SYMBOLS:
        return unit
    if head.endswith(HISSING):
        return f"{head}es{rest}"
    if head.endswith("s"):
        return unit
    if head.endswith("y") and head[-2:-1] not in VOWELS:
        return f"{head[:-1]}ies{rest}"
    return f"{head}s{rest}"


def in_singular(units: str) -> str:
    """One of what is counted: a bag, a box of 50 pairs; what has no plural, such as a currency, as it is."""
    head, rest = _parts(units)
    if head.endswith(tuple(f"{end}es" for end in HISSING)):
        return f"{head[:-2]}{rest}"
    if head.endswith("ies") and len(head) > len("dies"):
        return f"{head[:-3]}y{rest}"
    return f"{head[:-1] if head.endswith('s') and not head.endswith('ss') else head}{rest}"


def _parts(unit: str) -> tuple[str, str]:
    """(the thing itself, what is said of it); the first is empty where it is not named first."""
    found = HEAD.match(unit)
    head = found[0] if found else ""
    return head, unit[len(head) :]
