"""Rows of squares, each a facility or a few, told apart by sign and fill; as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

ACROSS, SIDE, STEP = 20, 12, 15
MOST = 60
"""Squares in one picture; with more facilities each stands for several."""
LOOKS = {
    "yes": ("#a9d3ee", ""), "some": ("#ffffff", "M3 6h6M6 3v6"), "no": ("#ffffff", "M3 3l6 6m0-6l-6 6"),
    "short": ("#b84300", "M3 3l6 6m0-6l-6 6"), "plain": ("#ffffff", ""),
}  # fmt: skip
"""Fill and sign."""


def per_square(groups: Sequence[tuple[int, str]]) -> int:
    """How many a square stands for."""
    return max(1, -(-sum(number for number, _ in groups) // MOST))


def squares(groups: Sequence[tuple[int, str]], title: str) -> Markup:
    """`groups` are (how many, look), in order; whoever is at all has a square."""
    per = per_square(groups)
    looks = [look for number, look in groups for _ in range(-(-number // per))]
    rows = -(-len(looks) // ACROSS)
    drawn = []
    for k, look in enumerate(looks):
        fill, sign = LOOKS[look]
        x, y = STEP * (k % ACROSS) + 1, STEP * (k // ACROSS) + 1
        ink = "#ffffff" if look == "short" else "#a63a00"
        drawn.append(f'<rect x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" fill="{fill}" stroke="#222"/>')
        if sign:
            drawn.append(f'<path transform="translate({x} {y})" d="{sign}" stroke="{ink}" stroke-width="1.6"/>')
    name = escape(title)
    across = min(ACROSS, max(1, len(looks)))
    return Markup(
        f'<svg class="squares" role="img" aria-label="{name}" width="{STEP * across + 1}" height="{STEP * rows + 1}" '
        f'viewBox="0 0 {STEP * across + 1} {STEP * rows + 1}"><title>{name}</title>{"".join(drawn)}</svg>'
    )


def bar(share: float, title: str, width: int = 120) -> Markup:
    """A bar of a share (0 to 1) of the full width."""
    long = max(1.0, share * (width - 2)) if share > 0 else 0.0
    name = escape(title)
    return Markup(
        f'<svg class="bar" role="img" aria-label="{name}" width="{width}" height="12" viewBox="0 0 {width} 12">'
        f'<title>{name}</title><path d="M.5 0v12" stroke="#222"/>'
        f'<rect x="1" y="1" width="{long:.1f}" height="10" fill="#e8915a" stroke="#7a2e00"/></svg>'
    )
