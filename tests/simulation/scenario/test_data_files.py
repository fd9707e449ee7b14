"""Tables beside a scenario: arrivals that are replayed, values that were observed."""

from __future__ import annotations

import json
import pickle
import shutil

import pytest

from simulation.arrivals import draw
from simulation.errors import ArrivalsRefused, ScenarioInvalid
from simulation.net import US, compile_net
from simulation.scenario import data_files
from simulation.scenario.load import load, merged
from simulation.streams import Streams
from tests.simulation.builders import BASE, a_scenario

MODEL = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
  <process id="test" isExecutable="true">
    <startEvent id="start"/><userTask id="work" name="Work"/><endEvent id="end"/>
    <sequenceFlow id="a" sourceRef="start" targetRef="work"/>
    <sequenceFlow id="b" sourceRef="work" targetRef="end"/>
  </process>
</definitions>"""
LOG = """arrived,kind,amount,vip,code
2026-03-02T08:05,blood,3,true,007
2026-03-02 08:01:30,x-ray,4.5,false,12
2026/3/2 8:02,blood,,true,13
2026-03-02T08:30:00Z,x-ray,1,,1
2026-03-01 23:59,early,1,true,1
2026-03-02 12:00,late,1,true,1
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test.bpmn").write_text(MODEL, encoding="utf-8")
    return tmp_path


def in_file(folder, **patch):
    """Write a scenario and load it."""
    raw = merged(BASE, {"demands": {"work": "clerk"}, **patch})
    (folder / "test.yaml").write_text(json.dumps(raw), encoding="utf-8")
    return load(folder / "test.yaml")


def replay(folder, text=LOG, **more):
    (folder / "log.csv").write_text(text, encoding="utf-8")
    fields = {"file": "log.csv", **more}
    return in_file(folder, arrivals={"start": {"interval": None, "replay": fields}})


def drawn(scenario):
    return draw(compile_net(scenario), Streams(1, 0))


def refusal(folder, **patch):
    with pytest.raises(ScenarioInvalid) as refused:
        in_file(folder, **patch)
    return str(refused.value)


def test_moments_in_the_run_are_replayed_in_the_order_of_time(folder):
    arrivals = drawn(replay(folder))

    assert (arrivals.times / US).tolist() == [90, 120, 300, 1800]


def test_columns_become_case_data_of_their_type(folder):
    arrivals = drawn(replay(folder))

    assert arrivals.attributes == {
        "kind": ["x-ray", "blood", "blood", "x-ray"],
        "amount": [4.5, None, 3, 1],
        "vip": [False, True, True, None],
        "code": ["12", "13", "007", "1"],
    }


def test_local_moments_are_those_of_the_scenarios_zone(folder):
    (folder / "log.csv").write_text("at\n2026-03-02T08:10\n2026-03-02T00:20:00Z\n")
    start = {"start": {"interval": None, "replay": "log.csv"}}

    arrivals = drawn(in_file(folder, timezone="Asia/Shanghai", arrivals=start))

    assert (arrivals.times / US / 60).tolist() == [10, 20]


def test_moments_may_stand_in_any_column_and_cells_behind_semicolons(folder):
    text = "kind;arrived\nx;2026-03-02T09:00\n\ny;2026-03-02T08:30\n"

    arrivals = drawn(replay(folder, text, column="arrived"))

    assert (arrivals.times / US / 60).tolist() == [30, 60]
    assert arrivals.values(0) == {"kind": "y"}


def test_row_keeps_its_random_numbers_when_rows_before_it_fall_out_of_the_run(folder):
    all_of_them = drawn(replay(folder))
    later = drawn(replay(folder).patched({"run": {"start": "2026-03-02T08:02", "until": "1h"}}))

    assert later.keys.tolist() == all_of_them.keys[1:].tolist()


def test_loaded_scenario_needs_its_files_no_longer(folder):
    scenario = replay(folder)
    shutil.rmtree(folder)

    there = pickle.loads(pickle.dumps(scenario))

    assert drawn(there).times.tolist() == drawn(scenario).times.tolist()


def test_hash_changes_with_the_content_of_the_file(folder):
    assert replay(folder).sha256 != replay(folder, LOG.replace("08:05", "08:06")).sha256


def test_file_of_a_base_stands_beside_the_base(folder):
    below = folder / "variants"
    below.mkdir()
    replay(folder)
    (below / "more.yaml").write_text("extends: ../test.yaml\nrun: {seed: 7}\n")

    assert len(drawn(load(below / "more.yaml"))) == 4


def test_other_file_takes_the_place_of_all_that_the_base_read(folder):
    replay(folder)
    (folder / "other.csv").write_text("at,size\n2026-03-02T09:00,7\n")
    replaced = "arrivals: {start: {replay: {file: other.csv}}}"
    (folder / "more.yaml").write_text(f"extends: test.yaml\n{replaced}\n")

    arrivals = drawn(load(folder / "more.yaml"))

    assert arrivals.attributes == {"size": [7]}


def test_role_that_is_called_file_is_a_role(folder):
    scenario = in_file(folder, demands={"work": "file"}, resources={"file": {"units": 2}})

    assert scenario.document.resources["file"].units == 2


def test_file_of_a_patch_stands_beside_the_scenario(folder):
    replay(folder)
    patch = {"arrivals": {"start": {"replay": {"file": "log.csv", "column": "arrived"}}}}

    assert len(drawn(load(folder / "test.yaml", patch=patch))) == 4


def test_conditions_may_use_the_columns(folder):
    scenario = replay(folder)

    assert scenario.patched({"priorities": {"work": "1 if vip else 2"}})
    with pytest.raises(ScenarioInvalid, match="needs case data 'rich'"):
        scenario.patched({"priorities": {"work": "1 if rich else 2"}})


def test_run_in_which_nobody_arrives_is_refused(folder):
    scenario = replay(folder).patched({"run": {"start": "2027-01-01T08:00"}})

    with pytest.raises(ArrivalsRefused, match=r"no moment of log\.csv \(2026-03-02T08:05 to"):
        drawn(scenario)


def test_run_that_asks_for_more_cases_than_rows_is_refused(folder):
    scenario = replay(folder).patched({"run": {"until": None, "cases": 9}})

    with pytest.raises(ArrivalsRefused, match=r"only 5 cases arrive; run\.cases asks for 9"):
        drawn(scenario)


def test_moments_may_be_given_without_a_file():
    given = {"moments": ["2026-03-02T08:01"], "data": {"kind": ["a"]}}

    assert drawn(a_scenario(arrivals={"start": {"interval": None, "replay": given}})).values(0) == {
        "kind": "a"
    }


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


def observed(folder, text, **more):
    (folder / "times.csv").write_text(text, encoding="utf-8")
    fields = {"file": "times.csv", **more}
    return in_file(folder, durations={"work": {"constant": None, "empirical": fields}})


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("took\n8min\n480s\n", {}),
        ("took\n8\n8.0\n", {"unit": "min"}),
        ("case,took\na,480\nb,480\n", {"column": "took", "unit": "s"}),
    ],
)
def test_observed_durations_are_read_from_a_column(folder, text, more):
    work = observed(folder, text, **more).document.durations["work"].work

    assert work.empirical is not None
    assert work.empirical.values == [480, 480]


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


def test_observed_numbers_may_be_case_data(folder):
    (folder / "amounts.csv").write_text("amount\n5\n7.5\n")
    start = {"attributes": {"amount": {"empirical": {"file": "amounts.csv"}}}}

    amounts = drawn(in_file(folder, arrivals={"start": start})).attributes["amount"]

    assert set(amounts) == {5, 7.5}
