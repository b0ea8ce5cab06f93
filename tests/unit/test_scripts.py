"""Names in any script: no warning, other fonts where they are installed, a word below the picture where none is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from markupsafe import Markup
from matplotlib.font_manager import findfont
from matplotlib.ft2font import FT2Font

from sim.report.figures import scripts
from sim.report.figures.style import drawing, new_figure, to_svg
from sim.report.pictures import Picture

LATIN = ("Hôpital Dédougou", "Đà Nẵng", "Şanlıurfa", "Łódź", "Клиника", "عيادة", "מרפאה")
"""In scripts that the font of the pictures has."""
OTHERS = {"Amharic": "ክሊኒክ", "Thai": "คลินิก", "Chinese": "诊所", "Korean": "진료소", "Hindi": "क्लिनिक"}


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A place where no further fonts are installed, whatever is installed here."""
    monkeypatch.setattr(scripts, "WIDER", ())
    scripts.families.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    scripts.families.cache_clear()


def picture(*names: str) -> Picture:
    """A picture with a tick for each name; a warning would be an error here."""
    with drawing():
        figure = new_figure(2.0)
        axes = figure.add_subplot()
        axes.set_yticks(range(len(names)), names)
        return Picture("p", "Names", "A caption.", Markup(to_svg(figure, "p", "Names")))


def test_accents_and_the_scripts_of_the_font_need_no_word(fonts: pytest.MonkeyPatch) -> None:
    drawn = picture(*LATIN)
    assert drawn.told == "A caption."
    assert all(name in drawn.svg for name in LATIN)


@pytest.mark.parametrize("script", OTHERS)
def test_a_script_without_a_font_is_told_below_and_stays_text(script: str, fonts: pytest.MonkeyPatch) -> None:
    drawn = picture("clinic", OTHERS[script])
    assert drawn.told == f"A caption. {scripts.IN_PAGE}"
    assert OTHERS[script] in drawn.svg, "for the reader's own font"
    assert set(scripts.lacking(f"clinic {OTHERS[script]}")) <= set(OTHERS[script])


def test_another_font_that_is_installed_is_taken(fonts: pytest.MonkeyPatch) -> None:
    """One that comes with matplotlib stands for a font of the system."""
    other = "STIXGeneral"
    mine, its = (set(FT2Font(findfont(name)).get_charmap()) for name in (scripts.FONT, other))
    letter = next(chr(code) for code in sorted(its - mine) if chr(code).isprintable())
    fonts.setattr(scripts, "WIDER", (other, "A Font That Nobody Has"))
    scripts.families.cache_clear()
    assert scripts.families() == (scripts.FONT, other)
    drawn = picture(f"clinic {letter}")
    assert scripts.lacking(letter) == ""
    assert drawn.told == "A caption."
    assert other not in drawn.svg, "the page says the same wherever it was made"
    with drawing():
        figure = new_figure(1.0)
        figure.suptitle(letter + OTHERS["Thai"])
    assert set(scripts.lacking_in(figure)) <= set(OTHERS["Thai"])
