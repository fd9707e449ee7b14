"""Tables beside a scenario that cannot be used: refused by file and line."""

from __future__ import annotations

import pytest

from simulation.errors import ArrivalsRefused, ScenarioInvalid
from simulation.scenario import data_files
from simulation.scenario.load import load
from tests.simulation.builders import a_scenario
from tests.simulation.scenario.tables import MODEL, drawn, observed, refusal, replay


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test.bpmn").write_text(MODEL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("at\nnow\n", {}, "log.csv:2: at: 'now' must be a moment such as"),
        ("at\n2026-03-02\n", {}, "log.csv:2: at: '2026-03-02' must be a moment"),
        ("at,x\n2026-03-02T08:00,1,2\n", {}, "log.csv:2: the document: has 3 cells"),
        ("at,at\n", {}, "names a column twice"),
        ("at,\n", {}, "must name every column"),
        ("", {}, "must name every column"),
        ("2026-03-02T08:00\n", {}, "must name the columns in its first row"),
        ("at,7\n", {}, "must name the columns in its first row"),
        ('at\n"2026\n', {}, "is not CSV"),
        ("at\n", {}, None),
        ("at\n", {"column": "when"}, "replay.column: 'when' is no column of log.csv; columns: at"),
        ("at\n", {"moments": []}, "needs a file, or moments and data"),
        ("at\n", {"column": 7}, "is no column"),
        ("at\n", {"colum": "at"}, "did you mean column?"),
    ],
)
def test_table_that_cannot_be_replayed_is_refused_by_line(folder, text, more, words):
    if words is None:
        with pytest.raises(ArrivalsRefused, match=r"log\.csv has no rows"):
            drawn(replay(folder, text, **more))
        return
    with pytest.raises(ScenarioInvalid) as refused:
        replay(folder, text, **more)

    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("nowhere.csv", "arrivals.start.replay: 'nowhere.csv' there is no such file"),
        ("/dev/zero", "there is no such file"),
        ("a\0.csv", "no such file"),
        ({"file": 7}, "must be the name of a CSV file"),
        ({"column": "x"}, "needs a file, or moments"),
        ([], "must be a mapping"),
    ],
)
def test_file_that_is_none_is_refused(folder, written, words):
    start = {"start": {"interval": None, "replay": written}}

    assert words in refusal(folder, arrivals=start)


def test_table_that_is_not_utf_8_is_refused_with_what_to_do(folder):
    (folder / "log.csv").write_bytes("到达\n".encode("gb18030"))
    start = {"start": {"interval": None, "replay": "log.csv"}}

    assert "save it as CSV UTF-8" in refusal(folder, arrivals=start)


def test_table_that_is_too_large_or_shut_is_refused(folder, monkeypatch):
    monkeypatch.setattr(data_files, "_LARGEST_FILE", 10)
    with pytest.raises(ScenarioInvalid, match="is larger than"):
        replay(folder)

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_file", refuse)
    (folder / "test.yaml").write_text("arrivals: {start: {replay: log.csv}}")
    with pytest.raises(ScenarioInvalid, match="cannot be read: Permission denied"):
        load(folder / "test.yaml")


def test_table_with_too_many_rows_is_refused(folder, monkeypatch):
    monkeypatch.setattr(data_files, "MOST_ROWS", 3)

    with pytest.raises(ScenarioInvalid, match=r"log\.csv:5: .*more than 3 rows"):
        replay(folder)


def test_column_that_is_drawn_as_well_is_refused(folder):
    replay(folder)
    start = {
        "interval": None,
        "replay": "log.csv",
        "attributes": {"kind": {"constant": "x"}},
    }

    assert "draws what log.csv gives: kind" in refusal(folder, arrivals={"start": start})


def test_scenario_that_was_not_loaded_from_a_file_has_no_files():
    with pytest.raises(ScenarioInvalid, match="files are read beside a scenario file"):
        a_scenario(arrivals={"start": {"interval": None, "replay": "log.csv"}})


@pytest.mark.parametrize(
    ("text", "more", "words"),
    [
        ("took\n8\n", {}, "durations.work.empirical.values[0]: 8 has no unit"),
        ("took\nlong\n", {"unit": "min"}, "times.csv:2: took: 'long' must be a number"),
        ("took\n", {}, "has no rows"),
        ("took\n8\n", {"unit": "weeks"}, "is not a duration"),
        ("took\n8\n", {"values": ["1h"]}, "needs either values or file"),
    ],
)
def test_observed_durations_that_are_none_are_refused(folder, text, more, words):
    with pytest.raises(ScenarioInvalid) as refused:
        observed(folder, text, **more)

    assert words in str(refused.value)
