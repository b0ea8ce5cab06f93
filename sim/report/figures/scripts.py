"""Names in scripts that the font of the pictures lacks: other fonts that are here, and what to say where none is.

A picture in a page keeps its words as text, which the reader's own fonts show; here they are only measured. In a
picture of dots, as documents have them, what no font here has is a box.
"""

from __future__ import annotations

from functools import cache

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text

FONT = "DejaVu Sans"
"""Comes with matplotlib; has Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian and Lao letters."""
WIDER = (
    "Noto Sans Arabic", "Noto Sans Bengali", "Noto Sans Devanagari", "Noto Sans Ethiopic", "Noto Sans Gujarati",
    "Noto Sans Gurmukhi", "Noto Sans Kannada", "Noto Sans Khmer", "Noto Sans Malayalam", "Noto Sans Myanmar",
    "Noto Sans Nko", "Noto Sans Oriya", "Noto Sans Sinhala", "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Thaana",
    "Noto Sans Thai", "Noto Sans Tibetan", "Noto Sans Tifinagh", "Noto Sans CJK JP", "Noto Sans CJK SC",
    "Noto Sans JP", "Noto Sans KR", "Noto Sans SC",
)  # fmt: skip
"""Fonts with other letters, taken where they are installed."""
IN_PAGE = (
    "Some names are in a script for which no font was found where this was drawn: the reader's own font shows them, "
    "and they may stand a little off their place."
)
IN_DOTS = (
    "Some names are in a script for which no font was found where this was drawn, and are boxes; with a font for it "
    "installed (Noto Sans of that script) they are letters."
)
MISSING = "Glyph .* missing from font|Matplotlib currently does not support"
"""How matplotlib warns of a letter that it has not."""


@cache
def families() -> tuple[str, ...]:
    """The font of the pictures, and behind it all others that are here."""
    here = set(font_manager.get_font_names())
    return FONT, *(name for name in WIDER if name in here)


@cache
def _letters(family: str) -> frozenset[str]:
    font = FT2Font(font_manager.findfont(family))
    return frozenset(map(chr, font.get_charmap()))


def lacking(text: str) -> str:
    """The characters of a text that no font here has, in order of their code."""
    found = {letter for letter in set(text) - _letters(FONT) if letter.isprintable()}
    for family in families()[1:]:
        found = found and found - _letters(family)
    return "".join(sorted(found))


def lacking_in(figure: Figure) -> str:
    """The same of all words in a picture."""
    return lacking("".join(word.get_text() for word in figure.findobj(Text) if isinstance(word, Text)))
