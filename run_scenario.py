"""`python run_scenario.py scenarios/crises/red-sea-2024.yaml` runs it; takes what `tideover run` takes."""

import sys

if __name__ == "__main__":
    try:
        from sim.__main__ import main

        main("run")
    except KeyboardInterrupt:  # in the first hundredth of a second
        sys.stderr.write("Interrupted; nothing is left half written.\n")
        sys.exit(130)
