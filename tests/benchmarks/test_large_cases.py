from benchmarks import large_cases


def test_case_of_a_thousand_rounds_ends_and_a_loop_of_a_thousand_instances_starts():
    figures = large_cases.measure(rounds=2, size=1_000)

    assert figures["rounds_of_one_case"] == figures["instances_of_one_loop"] == 1_000
