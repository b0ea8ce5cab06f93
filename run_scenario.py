"""`python run_scenario.py scenarios/crises/red-sea-2024.yaml` runs it; takes what `tideover run` takes."""

import sys

from sim.cli import main

if __name__ == "__main__":
    sys.argv.insert(1, "run")
    main()
