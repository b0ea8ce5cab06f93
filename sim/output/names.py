"""Names of scenarios, strategies and the like as names of files and folders: the one place where that is done."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterable
from pathlib import Path

LONGEST = 100
"""Characters of a name that are kept; file systems take 255 bytes, endings and marks of ours included."""
LONGEST_OF_ALL = 240
"""Bytes of the longest name of a file of one's own, its ending and marks of ours not included."""
PLAIN = re.compile(r"[A-Za-z0-9_+=,()-](?:[A-Za-z0-9 ._+=,()-]*[A-Za-z0-9_+=,()-])?")
TYPED = re.compile(r"[\w./:=+,@%~\\-]+")
"""What needs no quotes in a command."""
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


def unfit(name: str) -> str | None:
    """Why a name cannot be that of a file on every system; None where it can."""
    if found := sorted(set(name) & set('<>:"|?*\\')) or [repr(c) for c in name if ord(c) < 32]:
        return f"it has {' '.join(found)}"
    if DEVICES.fullmatch(name):
        return "Windows takes it for a device"
    if name != name.strip() or name.endswith("."):
        return "it begins or ends with a blank, or ends with a point"
    return "it is too long" if len(name.encode()) > LONGEST_OF_ALL else None


def typed(path: object) -> str:
    """A file's name as it is typed in a command: in quotes where it has blanks or such."""
    text = str(path)
    return text if TYPED.fullmatch(text) else f'"{text}"' if not set(text) & set('"$`\\!') else shlex.quote(text)


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
