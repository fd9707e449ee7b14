"""Children that tell what they do, line by line, until they are killed."""

from __future__ import annotations

import subprocess
import sys


def told_until_killed(module: str, url: str, count: int) -> list[tuple[str, ...]]:
    """Kill a child of this module after so many lines; return the words of those it finished."""
    command = [sys.executable, "-m", module, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(count)]
        child.kill()
        rest = child.stdout.readlines()
    return [tuple(line.split()) for line in lines + rest if line.endswith("\n")]
