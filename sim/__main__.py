"""`python -m sim` is the command `tideover`. Ctrl-C is dealt with before anything is imported, which takes a while."""

import signal
import sys

INTERRUPTED: list[int] = []
"""Signals of Ctrl-C so far: a library may turn the exception into one of its own."""


def main(*words: str) -> None:
    """Entry point of every way to call the command; `words` come before those typed."""
    try:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _interrupt)
        from sim.cli import main as command

        sys.argv[1:1] = words
        command()
    except (KeyboardInterrupt, Exception):
        if not INTERRUPTED:
            raise
        sys.stderr.write("Interrupted; nothing is left half written.\n")
        sys.exit(130)  # as everywhere, see sim.options


def _interrupt(number: int, frame: object) -> None:
    INTERRUPTED.append(number)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
