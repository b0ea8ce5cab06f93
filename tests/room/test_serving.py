"""The room as it is served: Ctrl-C with streams open, a process that is killed, and going on after it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.tabletop.session_file import open_session
from tests.room.conftest import MINISTRY
from tests.tabletop.exercise import written

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of another kind")


@dataclass
class Served:
    """A server that runs, as its words on the terminal tell how to join it."""

    process: subprocess.Popen[str]
    said: str

    @property
    def address(self) -> str:
        return re.search(r"http://127\.0\.0\.1:\d+/", self.said)[0]  # type: ignore[index]

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2].rstrip("/"))

    @property
    def code(self) -> str:
        return re.search(r"the code (\w+)", self.said)[1]  # type: ignore[index]

    def pin(self, title: str) -> str:
        return re.search(rf"{title} +PIN (\d+)", self.said)[1]  # type: ignore[index]

    def post(self, path: str, body: object, cookie: str = "") -> tuple[int, str]:
        """The status of the answer, and the cookie in it."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as link:
            headers = {"content-type": "application/json", "origin": f"http://127.0.0.1:{self.port}", "cookie": cookie}
            link.request("POST", path, json.dumps(body), headers)
            answer = link.getresponse()
            answer.read()
            return answer.status, str(answer.headers["set-cookie"]).partition(";")[0]

    def join(self, title: str, seat: str) -> str:
        """The cookie of a device that joined."""
        return self.post("/join", {"code": self.code, "seat": seat, "pin": self.pin(title)})[1]

    @contextmanager
    def stream(self, seat: str, cookie: str) -> Iterator[http.client.HTTPResponse]:
        """A stream that is open."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as link:
            link.request("GET", f"/at/{seat}/stream", headers={"cookie": cookie})
            with link.getresponse() as answer:
                assert answer.readline().startswith(b"event: state")
                yield answer


@contextmanager
def served(scenario: Path, session: Path, port: int = 0) -> Iterator[Served]:
    words = [sys.executable, "-m", "sim", "exercise", str(scenario), "--session", str(session), "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stderr is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        yield Served(process, said)
    finally:
        process.kill()
        process.communicate()


def test_killed_it_loses_nothing_that_was_answered_and_ctrl_c_ends_it_with_streams_open(tmp_path: Path) -> None:
    scenario, file = written(tmp_path / "exercise"), tmp_path / "monday.session"
    with served(scenario, file) as first:
        assert first.said.startswith(f"Session: {file} (turn 1)")
        cookie = first.join("Ministry of health", MINISTRY)
        asked = {"do": "decide", "id": "12345678", "decision": "order", "turn": 1, "reason": "they closed the pass"}
        assert first.post(f"/at/{MINISTRY}/do", asked, cookie)[0] == 200
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
    with served(scenario, file) as again:
        assert again.said.startswith(f"Going on with: {file} (turn 1)")
        wall = again.join("Wall", "wall")
        with ExitStack() as streams:
            stream = streams.enter_context(again.stream(MINISTRY, cookie))  # the tablet has its seat still
            assert b"they closed the pass" in stream.readline()
            for _ in range(5):
                streams.enter_context(again.stream("wall", wall))
            began = time.monotonic()
            again.process.send_signal(signal.SIGINT)
            out, err = again.process.communicate(timeout=10)
            assert time.monotonic() - began < 2
        assert (again.process.returncode, err) == (0, "")
        assert out == "Ended in turn 1. The same command goes on from there.\n"
    assert [one.reason for one in open_session(file).place.choices] == ["they closed the pass"]
