"""What the tests of studies share: reading a page, waiting for an end, a refused set-up."""

import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

from werkzeug.test import TestResponse

from web.experiments import ExperimentRun, Experiments

DEADLINE_S = 90.0


def readable(answer: TestResponse) -> str:
    """Return a page without entities, and with spaces as people type them."""
    return unescape(answer.text).replace("\N{NO-BREAK SPACE}", " ")


def until(condition: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def ended(experiments: Experiments, study_id: str) -> ExperimentRun:
    """Wait for the end of a study, whatever it is."""
    until(lambda: not experiments.get(study_id).state.is_unfinished)
    return experiments.get(study_id)


def assert_refused(answer: TestResponse, problem: str, root: Path) -> None:
    """Ensure that nothing was started, and that the form says why."""
    assert answer.status_code == 422
    assert problem in readable(answer)
    assert not root.exists()
