"""Run the benchmarks: ``python -m benchmarks [--rounds N] [NAME ...]``.

Each has a process of its own: what one leaves in memory makes the collector slower for the next.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform

from benchmarks.rounds import figures

BENCHMARKS = ("simulator", "simulator_growth", "orders", "jobs", "loops", "multi_instance", "inbox")
ON_REQUEST = ("prosimos",)  # it may have to download its peer


def main() -> None:
    """Print one JSON document."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Measure beside a peer.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=_names())
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contestant")
    options = parser.parse_args()
    unknown = set(options.names) - {*BENCHMARKS, *ON_REQUEST}
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    machine = {
        "python": platform.python_version(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as fresh:
        results = {
            name: fresh.apply(figures, (name, options.rounds))
            for name in options.names or BENCHMARKS
        }
    print(json.dumps({"machine": machine, "rounds": options.rounds, **results}, indent=2))


def _names() -> str:
    return f"of {', '.join(BENCHMARKS)}; only by its name: {', '.join(ON_REQUEST)}"


if __name__ == "__main__":
    main()
