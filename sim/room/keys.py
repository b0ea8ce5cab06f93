"""Who may sit where: the room's code, a PIN for each seat, and the key that a device is given for both.

They stand in a file beside the session, so that printed PINs and tablets that have joined are good after a restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sim.errors import Problem, ScenarioError
from sim.output.files import put_text
from sim.scenario.reading.document import shown_path

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of a code: none that is taken for another when it is read out or copied from a wall."""
CODE_LENGTH = 6
PIN_LENGTH = 6
TRIES, TRIES_A_SEAT = 5, 20
"""Wrong PINs within `WAIT` seconds, from one address and for one seat, after which no other is looked at."""
WAIT = 60.0
MOST_ADDRESSES = 1000


class TooMany(Exception):
    """Too many wrong PINs; the seconds until the next is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = max(1, round(seconds))


class Tries:
    """Wrong tries of late, by a name; of so many names the latest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._at: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, name: str, now: float) -> float:
        """Seconds until a further try is looked at; 0 if one is now."""
        found = self._late(name, now)
        return found[0] + WAIT - now if len(found) >= self._most else 0.0

    def left(self, name: str, now: float) -> int:
        """How many tries are left."""
        return self._most - len(self._late(name, now))

    def add(self, name: str, now: float) -> None:
        """Count a wrong one."""
        found = self._at.setdefault(name, deque(maxlen=self._most))
        found.append(now)
        self._at.move_to_end(name)
        while len(self._at) > MOST_ADDRESSES:
            self._at.popitem(last=False)

    def _late(self, name: str, now: float) -> deque[float]:
        found = self._at.get(name, deque[float]())
        while found and now - found[0] >= WAIT:
            found.popleft()
        return found


class Keys:
    """Code, PINs and keys of a room. A seat that one device has at a time is its newest device's."""

    def __init__(self, data: dict[str, Any], path: Path | None, shared: Sequence[str]) -> None:
        self._data, self._path, self._shared = data, path, frozenset(shared)
        self._addresses, self._seats = Tries(TRIES), Tries(TRIES_A_SEAT)
        self.now: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, seats: Sequence[str], shared: Sequence[str] = (), path: Path | None = None) -> Keys:
        """Those of a file, which is written where there is none; of a seat that is new it gets a PIN.

        `shared` are seats that many devices have at once. Raises ScenarioError for a file that is none.
        """
        data = _read(path) if path is not None and path.exists() else _new()
        for seat in seats:
            data["pins"].setdefault(seat, _pin(data["pins"].values()))
            data["taken"].setdefault(seat, 0)
        keys = cls(data, path, shared)
        keys._save()
        return keys

    @property
    def code(self) -> str:
        """What stands on the wall."""
        return str(self._data["code"])

    @property
    def pins(self) -> dict[str, str]:
        """PINs by seat."""
        return dict(self._data["pins"])

    @property
    def cookie(self) -> str:
        """The name of the cookie: rooms of one machine do not take each other's."""
        return f"tideover-{self.code}"

    def fits(self, code: str) -> bool:
        """Whether this is the room's code, however it was typed."""
        typed = "".join(letter for letter in code.upper() if letter.isalnum())
        return hmac.compare_digest(typed.encode(), self.code.encode())

    def join(self, seat: str, pin: str, address: str) -> str | int:
        """A key for a seat, or how many tries are left after a wrong PIN; raises TooMany."""
        now = self.now()
        wait = max(self._addresses.wait(address, now), self._seats.wait(seat, now))
        if wait > 0:
            raise TooMany(wait)
        if not hmac.compare_digest(pin.strip().encode(), self._data["pins"][seat].encode()):
            self._addresses.add(address, now)
            self._seats.add(seat, now)
            return self._addresses.left(address, now)
        return self.give(seat)

    def give(self, seat: str) -> str:
        """A key for a seat, which takes it from who has it."""
        self._data["taken"][seat] += 1
        self._save()
        return self._key(seat, self._data["taken"][seat])

    def made(self, seat: str, key: str | None) -> bool:
        """Whether a key is one that was given for this seat, at any time."""
        number, dot, _ = (key or "").partition(".")
        if not dot or not number.isascii() or not number.isdecimal() or len(number) > 9:
            return False
        fits = hmac.compare_digest(self._key(seat, int(number)).encode(), (key or "").encode())
        return fits and 1 <= int(number) <= self._data["taken"][seat]

    def holds(self, seat: str, key: str | None) -> bool:
        """Whether who has this key has the seat now."""
        newest = seat in self._shared or (key or "").partition(".")[0] == str(self._data["taken"][seat])
        return newest and self.made(seat, key)

    def _key(self, seat: str, number: int) -> str:
        secret = bytes.fromhex(self._data["secret"])
        return f"{number}.{hmac.new(secret, f'{number}.{seat}'.encode(), hashlib.sha256).hexdigest()}"

    def _save(self) -> None:
        if self._path is not None:
            put_text(self._path, json.dumps(self._data, ensure_ascii=False, indent=1) + "\n")
            self._path.chmod(0o600)


def _new() -> dict[str, Any]:
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    return {"code": code, "pins": {}, "taken": {}, "secret": secrets.token_hex(32)}


def _pin(others: Any) -> str:
    """A PIN that no other seat has."""
    while (pin := f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}}") in others:
        pass
    return pin


def _read(path: Path) -> dict[str, Any]:
    expected = "the file as Tideover wrote it; without it, new PINs are made"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        bytes.fromhex(data["secret"])
        whole = isinstance(data["code"], str) and all(isinstance(pin, str) for pin in data["pins"].values())
        whole = whole and all(isinstance(number, int) for number in data["taken"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise ScenarioError([Problem(shown_path(path), 0, "these are no keys of an exercise room", None, expected)])
    return dict(data)
