"""Make the pictures that the README shows: run a scenario, photograph its report, keep it small.

Needs Chromium (on Debian or Ubuntu: sudo apt-get install chromium); `make gallery` calls it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

import sim
from docs import photograph_room

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "reports" / "gallery"
SHOWN = {"red-sea-2024": "regional-14", "helene-2024": "hospitals-15"}
"""Scenario -> the strategy whose report is shown."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1300,1500")
COLOURS = 128
LIMIT = 300_000
"""bytes of one picture"""


def find_browser() -> str:
    """Chromium's command. Raises SystemExit without one."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise SystemExit("Chromium was not found. On Debian or Ubuntu: sudo apt-get install chromium")
    return browser


def photograph(page: Path, target: Path) -> None:
    """Save the first screen of a page as a PNG of few colours. Raises SystemExit without a browser or if too large."""
    raw = page.with_suffix(".png")
    command = [find_browser(), *FLAGS, f"--screenshot={raw}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    keep(raw, target)


def keep(raw: Path, target: Path) -> None:
    """Keep a picture in few colours. Raises SystemExit if it is too large."""
    with Image.open(raw) as picture:
        picture.convert("RGB").quantize(COLOURS).save(target, optimize=True)
    if target.stat().st_size > LIMIT:
        raise SystemExit(f"{target} has {target.stat().st_size:,} bytes; expected at most {LIMIT:,}")


def main() -> None:
    """Make every picture of the gallery again."""
    GALLERY.mkdir(parents=True, exist_ok=True)
    for scenario, strategy in SHOWN.items():
        with tempfile.TemporaryDirectory() as folder:
            run = sim.run(ROOT / "scenarios" / "crises" / f"{scenario}.yaml", strategy=strategy)
            photograph(run.report(Path(folder) / "report.html"), GALLERY / f"{scenario}.png")
        print((GALLERY / f"{scenario}.png").relative_to(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        for picture in photograph_room.photograph(find_browser(), Path(folder)):
            keep(picture, GALLERY / picture.name)
            print((GALLERY / picture.name).relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
