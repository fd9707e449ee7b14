"""A run that is kept as text: the same seed gives the same figures, here and in other processes.

Figures are kept to nine digits: the last of a double may differ from processor to processor.
"""

import json

import pytest

from simulation.executor import RunOptions
from simulation.experiment import run
from simulation.workers import ProcessWorkers
from tests.simulation.builders import shipped

REPLICATIONS = 3


def told(experiment):
    return json.dumps(_rounded(experiment.document()), indent=1, ensure_ascii=False) + "\n"


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def test_run_of_the_redesign_is_the_one_that_is_kept(golden):
    golden("patient_visit_to_be.json", told(run(shipped("to_be"), replications=REPLICATIONS)))


@pytest.mark.slow
def test_run_in_other_processes_is_the_one_that_is_kept(golden):
    with ProcessWorkers(2) as workers:
        options = RunOptions(workers=workers)
        there = run(shipped("to_be"), replications=REPLICATIONS, options=options)

    golden("patient_visit_to_be.json", told(there))
