"""Names of scenarios, strategies and the like as names of files and folders: the one place where that is done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

LONGEST = 100
"""Characters of a name that are kept; file systems take 255 bytes, endings and marks of ours included."""
PLAIN = re.compile(r"[A-Za-z0-9_+=,()-](?:[A-Za-z0-9 ._+=,()-]*[A-Za-z0-9_+=,()-])?")
DEVICES = re.compile(r"(?:con|prn|aux|nul|conin|conout|com\d|lpt\d) *(?:\..*)?", re.IGNORECASE | re.ASCII)
"""Names that Windows takes for devices, whatever their ending."""


def file_name(name: str) -> str:
    """One part of a path that stands for a name on every system: the name itself, if all of them take it as it is.

    Any other is written with `-` for what cannot stand in a path and ends with a hash of the whole name, so that two
    names are never one file.
    """
    if PLAIN.fullmatch(name) and len(name) <= LONGEST and not DEVICES.fullmatch(name):
        return name
    readable = re.sub(r"[^A-Za-z0-9 ._+=,()-]+", "-", name)[:LONGEST].strip(" .")
    if DEVICES.fullmatch(readable):
        readable = readable.replace(".", "-")  # of "nul.txt~…" Windows would look at "nul" alone
    return f"{readable}~{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def default_folder(*names: str | None) -> Path:
    """Where results go that were given no place: below `reports`, called by the names there are."""
    return Path("reports") / file_name("-".join(filter(None, names)))


def alike(names: Iterable[str]) -> list[str]:
    """Of names that capitals alone tell apart, which many file systems do not, all but the first."""
    seen: set[str] = set()
    found = []
    for name in names:
        if name.casefold() in seen:
            found.append(name)
        seen.add(name.casefold())
    return found
