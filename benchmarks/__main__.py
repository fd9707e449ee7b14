"""Run the benchmarks: ``python -m benchmarks [--rounds N] [simulator] [orders]``."""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import import_module

BENCHMARKS = ("simulator", "orders")


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    machine = {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }
    results = {
        name: import_module(f"benchmarks.{name}").measure(rounds=options.rounds)
        for name in options.names or BENCHMARKS
    }
    print(json.dumps({"machine": machine, "rounds": options.rounds, **results}, indent=2))


if __name__ == "__main__":
    main()
