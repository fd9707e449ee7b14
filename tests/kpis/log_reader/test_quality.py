"""Rows that contradict themselves are put aside, counted and shown (reliability G14)."""

from __future__ import annotations

import numpy as np
import pytest

from kpis.errors import EventLogInvalid
from kpis.log_reader.quality import Fault
from tests.kpis.log_reader.logs import CSV, HEADER, ROWS, read

GOOD = ROWS[0].split(",")
FAULTS = {
    Fault.NO_CASE: {0: ""},
    Fault.NO_ACTIVITY: {3: ""},
    Fault.UNREADABLE: {4: "yesterday"},
    Fault.NO_TIME: {4: "", 5: "", 6: ""},
    Fault.END_BEFORE_START: {5: "2026-03-02T07:00:00"},
    Fault.FUTURE: {5: "2036-03-02T08:10:00"},
    Fault.TOO_OLD: {4: "1970-01-01T08:10:00"},
}


def broken(changes: dict[int, str], case: int) -> str:
    """Return a row with some fields changed."""
    fields = [str(case), *GOOD[1:]]
    for place, text in changes.items():
        fields[place] = text
    return ",".join(fields)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_shown_by_its_line(tmp_path, fault):
    text = f"{CSV}{broken(FAULTS[fault], 9)}\n"

    log, quality = read(tmp_path, text)

    assert quality.aside == {fault: [5]}
    assert len(log) == 3
    assert quality.adds_up


def test_a_row_that_repeats_another_is_put_aside(tmp_path):
    _, quality = read(tmp_path, f"{CSV}{ROWS[1]}\n")

    assert quality.aside == {Fault.DUPLICATE: [5]}
    assert quality.cases_touched == 0


def test_every_known_defect_is_found_and_the_counts_add_up(tmp_path):
    random = np.random.default_rng(7)
    rows: list[str] = []
    planted: dict[Fault, list[int]] = {fault: [] for fault in FAULTS}
    for line in range(2, 1002):
        if random.uniform() < 0.1:
            fault = list(FAULTS)[random.integers(len(FAULTS))]
            planted[fault].append(line)
            rows.append(broken(FAULTS[fault], line))
        else:
            rows.append(broken({}, line))

    _, quality = read(tmp_path, "\n".join((HEADER, *rows)) + "\n")

    assert quality.aside == {fault: lines for fault, lines in planted.items() if lines}
    assert quality.rows_read == 1000
    assert quality.adds_up
    assert quality.document()["rows"]["aside"] == sum(map(len, planted.values()))


def test_cases_that_lost_rows_are_counted(tmp_path):
    log, quality = read(tmp_path, f"{CSV}{broken(FAULTS[Fault.END_BEFORE_START], 2)}\n")

    assert quality.cases_touched == 1
    assert log.is_damaged.tolist() == [False, True]


def test_a_log_of_faults_alone_is_refused(tmp_path):
    text = f"{HEADER}\n{broken({0: ''}, 1)}\n"

    with pytest.raises(EventLogInvalid, match="none of 1 rows can be used"):
        read(tmp_path, text)


def test_an_enabling_after_the_start_is_not_used(tmp_path):
    text = CSV.replace("2026-03-02T07:55:00", "2026-03-02T08:05:00")

    log, quality = read(tmp_path, text)

    assert np.isnan(log.enabled_s[0])
    assert any("enabled after they start" in remark for remark in quality.remarks)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((4, "2020-01-01T08:00:00"), "are the times in the right unit"),
        ((4, "2026-03-02T08:10:00"), "start and end at the same time"),
        ((3, "Check {}"), "is the activity column right"),
        ((3, "Check"), "is the case column right"),
    ],
)
def test_what_looks_odd_is_remarked(tmp_path, change, words):
    place, text = change
    rows = [broken({place: text.format(i)}, i) for i in range(40)]

    _, quality = read(tmp_path, "\n".join((HEADER, *rows)) + "\n")

    assert any(words in remark for remark in quality.remarks)


def test_the_account_is_told_in_words(tmp_path):
    _, quality = read(tmp_path, f"{CSV}{broken(FAULTS[Fault.FUTURE], 9)}\n")

    told = " ".join(quality.sentences())

    assert "4 rows were read from log.csv: 3 are used, 1 put aside" in told
    assert "the row lies in the future (line 5)" in told
