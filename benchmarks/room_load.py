"""The exercise room under load: so many devices on one server, so many turns; what it takes, and whether that grows.

Everything stays on 127.0.0.1. Each device holds its stream open as a browser does; some drop out and come back, and
must be told where the exercise stands at once. Memory is that of the server's process.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCENARIO = Path(__file__).parent.parent / "tests" / "data" / "exercises" / "small-exercise.yaml"
WARM = 100
"""Turns after which memory is to be flat."""
DROPS_EVERY = 25
"""Turns after which a device drops out and comes back, each in its turn."""
PATIENCE = 60.0
SMALLEST = 3
"""Devices: the facilitator, the wall and a role."""


@dataclass
class Device:
    """A device with its stream open: when it was shown which turn."""

    seat: str
    cookie: str
    port: int
    shown: dict[int, float] = field(default_factory=dict)
    news: threading.Condition = field(default_factory=threading.Condition)
    link: http.client.HTTPConnection | None = None
    reader: threading.Thread | None = None

    def listen(self) -> None:
        """Read the stream until it is cut."""
        broken = (OSError, ValueError, AttributeError, http.client.HTTPException)
        self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(self.link) as link, contextlib.suppress(*broken):
            link.request("GET", f"/at/{self.seat}/stream", headers={"cookie": self.cookie})
            for line in link.getresponse():
                if line.startswith(b"data: ") and (found := re.search(rb'"turn": (\d+), "turns"', line)):
                    with self.news:
                        self.shown.setdefault(int(found[1]), time.perf_counter())
                        self.news.notify_all()

    def start(self) -> None:
        """Open the stream."""
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()

    def drop(self) -> None:
        """Cut it, as a network does."""
        if self.link is not None and self.link.sock is not None:
            with contextlib.suppress(OSError):
                self.link.sock.shutdown(socket.SHUT_RDWR)
        if self.reader is not None:
            self.reader.join(PATIENCE)

    def wait_for(self, turn: int) -> float:
        """When a turn was shown here."""
        with self.news:
            if not self.news.wait_for(lambda: turn in self.shown, PATIENCE):
                raise TimeoutError(f"{self.seat} was never shown turn {turn}")
        return self.shown[turn]


@dataclass(frozen=True)
class Load:
    """What was measured, by turn: seconds from the step to the slowest device, processor seconds of the server, and its
    memory in bytes."""

    delays: list[float]
    work: list[float]
    memory: list[int]
    returned: int
    """how often a device came back and was shown where the exercise stood"""


def load(devices: int, turns: int, scenario: Path = SCENARIO) -> Load:
    """Play so many turns of a day with so many devices, among them the facilitator and the wall."""
    with tempfile.TemporaryDirectory() as folder:
        file = _many_roles(Path(folder), devices - 2, turns, scenario)
        with _serving(file) as (process, said):
            return _play(process, said, devices, turns)


def _many_roles(folder: Path, roles: int, turns: int, scenario: Path) -> Path:
    """The scenario with so many roles and days enough, in a folder."""
    import yaml

    data: dict[str, Any] = yaml.safe_load(scenario.read_text(encoding="utf-8"))
    first = data["exercise"]["roles"]["clinics"]
    data["exercise"]["roles"] = {f"clinics-{k}": first | {"title": f"Clinics {k}"} for k in range(1, roles + 1)}
    data["exercise"].pop("injects")
    data["end"] = (data["start"] + dt.timedelta(turns + 5)).isoformat()
    file = folder / "load.yaml"
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return file


@contextlib.contextmanager
def _serving(file: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    session = file.with_suffix(".session")
    words = [sys.executable, "-m", "sim", "exercise", str(file), "--session", str(session), "--port", "0"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        yield process, said
    finally:
        process.kill()
        process.communicate()


def _play(process: subprocess.Popen[str], said: str, devices: int, turns: int) -> Load:
    found = re.search(r"127\.0\.0\.1:(\d+)/", said)
    code = re.search(r"the code (\w+)", said)
    assert found and code, said
    port, seats = int(found[1]), ["facilitator", "wall", *(f"role-{k}" for k in range(1, devices - 1))]
    pins = dict(re.findall(r"^  (.+?) +PIN (\d+)$", said, re.MULTILINE))
    titles = ["Facilitator", "Wall", *(f"Clinics {k}" for k in range(1, devices - 1))]
    here = []
    for seat, title in zip(seats, titles, strict=True):
        cookie = _post(port, "/join", {"code": code[1], "seat": seat, "pin": pins[title]})
        here.append(Device(seat, cookie, port))
    for device in here:
        device.start()
    for device in here:
        device.wait_for(1)
    delays, work, memory, returned = list[float](), list[float](), list[int](), 0
    for turn in range(1, turns + 1):
        away = here[1 + (turn // DROPS_EVERY) % (devices - 1)] if turn % DROPS_EVERY == 0 else None
        if away is not None:
            away.drop()
        begun, worked = time.perf_counter(), _work(process.pid)
        asked = {"do": "advance", "step": "day", "branch": "Main", "turn": turn}
        _post(port, "/at/facilitator/do", asked, here[0].cookie)
        delays.append(max(one.wait_for(turn + 1) for one in here if one is not away) - begun)
        if away is not None:
            away.start()
            away.wait_for(turn + 1)
            returned += 1
        work.append(_work(process.pid) - worked)
        memory.append(_memory(process.pid))
    for device in here:
        device.drop()
    return Load(delays, work, memory, returned)


def _post(port: int, path: str, body: object, cookie: str = "") -> str:
    """Ask for something; the cookie of the answer."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as link:
        headers = {"content-type": "application/json", "origin": f"http://127.0.0.1:{port}", "cookie": cookie}
        link.request("POST", path, json.dumps(body), headers)
        answer = link.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(told.decode())
        return str(answer.headers["set-cookie"]).partition(";")[0]


def _memory(process: int) -> int:
    """Bytes of a process that are in memory (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def _work(process: int) -> float:
    """Processor seconds that a process has taken (Linux)."""
    user, system = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, and say in words what was found."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("devices", type=int, nargs="?", default=30)
    asks.add_argument("turns", type=int, nargs="?", default=500)
    given = asks.parse_args()
    if given.devices < SMALLEST or given.turns < 1:
        asks.error(f"at least {SMALLEST} devices, and a turn")
    found = load(given.devices, given.turns)
    part = min(WARM, max(1, given.turns // 5))
    print(f"{given.devices} devices, {given.turns} turns; {found.returned} times one dropped out and came back")
    for what, figures in (("step to the slowest device", found.delays), ("server's processor time", found.work)):
        early, late = (1000 * statistics.mean(some) for some in (figures[part : 2 * part], figures[-part:]))
        print(f"{what}: {early:.0f} ms a turn in turns {part + 1} to {2 * part}, {late:.0f} ms in the last {part}")
    start, end = (statistics.median(some) / 1e6 for some in (found.memory[part : part + 20], found.memory[-20:]))
    print(f"memory of the server: {start:.1f} MB after turn {part}, {end:.1f} MB at the end ({(end / start - 1):+.1%})")


if __name__ == "__main__":
    main()
