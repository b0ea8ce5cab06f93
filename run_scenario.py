"""Run one scenario: `python run_scenario.py scenarios/crises/red-sea-2024.yaml`, with the options of `tideover run`."""

import sys

from sim.cli import main

if __name__ == "__main__":
    main(["run", *sys.argv[1:]])
