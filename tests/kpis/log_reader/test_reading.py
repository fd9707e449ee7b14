from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kpis.errors import EventLogInvalid
from kpis.export import files
from kpis.export.told import Teller
from kpis.log_reader.read import ReadOptions, read_log
from tests.kpis.log_reader.logs import CSV, HEADER, NOW, minutes, read, written
from tests.simulation.builders import a_run, a_scenario

if TYPE_CHECKING:
    from pathlib import Path


def test_columns_are_known_by_the_names_tools_use(tmp_path):
    log, quality = read(tmp_path, CSV)

    assert log.case_ids == ("1", "2")
    assert minutes(log) == [10, 50, 5]
    assert (log.started_s - log.enabled_s).tolist() == [300, 0, 600]
    assert (quality.rows_used, quality.cases, quality.resources) == (3, 2, 2)


@pytest.mark.parametrize(
    "header",
    [
        "case:concept:name;org:resource;org:role;concept:name;start_timestamp;time:timestamp;x",
        "CASE ID;Resource;Role;Activity;Start Time;Complete Timestamp;Enabled Time",
        "CaseID;User;Group;Task;Begin;Finish;enabled",
    ],
)
def test_columns_of_other_tools_are_known_too(tmp_path, header):
    body = CSV.split("\n", 1)[1].replace(",", ";")

    log, _ = read(tmp_path, f"{header}\n{body}")

    assert minutes(log) == [10, 50, 5]


def test_columns_may_be_named(tmp_path):
    text = CSV.replace("case_id", "Ticket").replace("end_time", "Closed")
    options = ReadOptions(columns={"case": "Ticket", "end": "Closed"})

    log, _ = read(tmp_path, text, options=options)

    assert minutes(log) == [10, 50, 5]


def test_a_missing_column_is_asked_for(tmp_path):
    with pytest.raises(EventLogInvalid, match="no column is known as case; say which one of"):
        read(tmp_path, CSV.replace("case_id", "number"))


def test_a_mistyped_column_gets_a_proposal(tmp_path):
    options = ReadOptions(columns={"case": "case_di"})

    with pytest.raises(EventLogInvalid, match="did you mean 'case_id'"):
        read(tmp_path, CSV, options=options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_the_same_log_in_four_encodings_is_the_same(tmp_path, encoding):
    text = CSV.replace("Alice", "Zoë")
    options = ReadOptions(encoding="latin-1" if encoding == "latin-1" else None)

    log, _ = read(tmp_path, text.encode(encoding), options=options)

    assert log.resource.names == ("Zoë", "Bob")
    assert minutes(log) == [10, 50, 5]


def test_a_packed_file_is_unpacked_whatever_its_name(tmp_path):
    log, _ = read(tmp_path, gzip.compress(CSV.encode()), "log.csv")

    assert minutes(log) == [10, 50, 5]


def test_what_is_the_same_in_all_rows_of_a_case_is_its_attribute(tmp_path):
    lines = CSV.splitlines()
    kinds = ("kind,note", "easy,a", "easy,b", "hard,c")
    text = "\n".join(f"{line},{kind}" for line, kind in zip(lines, kinds, strict=True)) + "\n"

    log, _ = read(tmp_path, text)

    assert log.attributes == {"kind": ("easy", "hard")}


def test_events_of_a_lifecycle_become_rows(tmp_path):
    text = "\n".join(
        [
            "case,activity,transition,timestamp,resource",
            "1,Check,schedule,2026-03-02T07:50:00Z,",
            "1,Check,start,2026-03-02T08:00:00Z,Alice",
            "1,Check,start,2026-03-02T08:05:00Z,Bob",
            "1,Check,complete,2026-03-02T08:10:00Z,Alice",
            "1,Check,complete,2026-03-02T08:30:00Z,Bob",
            "",
        ]
    )

    log, quality = read(tmp_path, text)

    assert minutes(log) == [10, 25]
    assert (quality.rows_used, quality.rows_other, quality.adds_up) == (2, 3, True)


def test_completions_alone_leave_the_starts_open(tmp_path):
    text = "case,activity,timestamp\n1,Check,2026-03-02T08:00:00Z\n1,Decide,2026-03-02T09:00:00Z\n"

    log, _ = read(tmp_path, text)

    assert np.isnan(log.started_s).all()


@pytest.mark.parametrize("form", [files.ExportFormat.CSV, files.ExportFormat.XES])
def test_our_own_exports_come_back(tmp_path, form):
    run = a_run(a_scenario())
    path = tmp_path / f"log.{form}"
    files.write(Teller(has_user_names=True).cases(run.history()), path, form)

    log, quality = read_log(path, now=NOW)

    expected = run.event_log()
    assert minutes(log) == pytest.approx(
        ((expected.activities.completed_s - expected.activities.started_s) / 60).tolist()
    )
    assert log.case_start_s.tolist() == pytest.approx(
        (expected.cases.started_s + expected.epoch.timestamp()).tolist()
    )
    assert quality.adds_up


def test_our_log_file_comes_back(tmp_path):
    run = a_run(a_scenario())
    run.event_log().to_csv(tmp_path / "own.csv")

    log, quality = read_log(tmp_path / "own.csv", now=NOW)

    assert len(log) == len(run.event_log().activities)
    assert quality.adds_up


def test_splitting_keeps_every_case_once(tmp_path):
    log, _ = read(tmp_path, CSV)

    first, rest = log.split(0.5)

    assert (first.case_ids, rest.case_ids) == (("1",), ("2",))
    assert len(first) + len(rest) == len(log)


def test_a_log_of_another_product_reads_with_a_report(shared_logs: Path):
    log, quality = read_log(shared_logs / "PurchasingExample.csv.gz", now=NOW)

    assert (quality.rows_read, quality.cases, quality.resources) == (9119, 608, 27)
    assert quality.adds_up
    assert len(log) == quality.rows_used
    assert any("+02:00, +03:00" in remark for remark in quality.remarks)


def test_written_files_are_told_by_their_name(tmp_path):
    path = written(tmp_path, "", "empty.csv")

    with pytest.raises(EventLogInvalid, match=r"empty\.csv: the file is empty"):
        read_log(path, now=NOW)


def test_words_for_nothing_are_nothing(tmp_path):
    text = CSV.replace("Bob,Expert", "nan,None").replace("2026-03-02T08:20:00", "NaT")

    log, _ = read(tmp_path, text)

    assert log.resource.names == ("Alice",)
    assert log.role.names == ("Clerk",)
    assert np.isnan(log.enabled_s[-1])


def test_names_of_columns_may_be_written_in_camel_case(tmp_path):
    names = "caseId,performer,role,activityName,startTime,endTime,enabledTime"

    log, _ = read(tmp_path, CSV.replace(HEADER, names))

    assert len(log) == 3


def test_a_log_of_starts_alone_is_refused_with_the_way_to_read_it(tmp_path):
    text = "case_id,activity,start_time\n1,Check,2026-03-02T08:00:00\n"

    with pytest.raises(EventLogInvalid, match=r"read the starts as ends \(column end=start_time\)"):
        read(tmp_path, text)
