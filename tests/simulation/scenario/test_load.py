"""Loading scenario files: YAML narrower than YAML, extends, lines, hashes."""

from __future__ import annotations

import json
import pickle
import shutil

import pytest

from simulation.errors import ScenarioInvalid
from simulation.scenario.load import load
from simulation.scenario.yaml_lines import parse
from tests.engine.bpmn.builders import definitions, element, end, flows, process, start
from tests.simulation.builders import FOLDER, a_scenario, document


@pytest.fixture
def folder(tmp_path):
    for name in ("as_is.bpmn", "as_is.yaml", "to_be.bpmn", "to_be.yaml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def refusal_of(path, text=None):
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioInvalid) as refusal:
        load(path)
    return str(refusal.value)


@pytest.mark.parametrize("name", ["as_is", "to_be"])
def test_shipped_scenarios_load(name):
    scenario = load(FOLDER / f"{name}.yaml")

    assert scenario.document.run.replications == 60
    assert scenario.name("zh-Hans").startswith("门诊就诊")


def test_extending_file_keeps_what_it_does_not_say(folder):
    scenario = load(folder / "to_be.yaml")

    assert scenario.document.resources.keys() >= {"frontdesk", "kiosk"}
    assert scenario.document.model == "to_be.bpmn"
    assert scenario.document.arrivals["start_walk_in"].rate.slot == 3600


def test_null_removes_what_was_extended(folder):
    (folder / "fewer.yaml").write_text("extends: as_is.yaml\ntargets: {OP-CT: null}\n")

    assert load(folder / "fewer.yaml").document.targets.keys() == {"OP-FE"}


def test_model_is_found_beside_the_file_that_names_it(folder):
    below = folder / "variants"
    below.mkdir()
    (below / "flu.yaml").write_text("extends: ../as_is.yaml\n")

    assert load(below / "flu.yaml").graph.key == "patient_visit"


def test_patch_is_put_on_top_of_the_file(folder):
    scenario = load(folder / "as_is.yaml", patch={"resources": {"doctor": {"units": 6}}})

    assert scenario.document.resources["doctor"].units == 6
    assert scenario.document.resources["doctor"].cost_per_hour == 180


def test_problem_names_the_line_of_the_file(folder):
    text = (folder / "as_is.yaml").read_text(encoding="utf-8").replace("mean: 8min", "mean: 8")
    line = next(i for i, row in enumerate(text.splitlines(), 1) if "consult:" in row)

    words = refusal_of(folder / "as_is.yaml", text)

    assert words.startswith(f"as_is.yaml:{line}: durations.consult.lognormal.mean: 8 has no unit")


def test_problem_in_a_base_names_the_base(folder):
    text = (folder / "as_is.yaml").read_text(encoding="utf-8").replace("units: 7", "units: 0")
    (folder / "as_is.yaml").write_text(text, encoding="utf-8")

    assert refusal_of(folder / "to_be.yaml").startswith("as_is.yaml:")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "scenario: is required"),
        ("- a\n- b\n", "must be a mapping"),
        ("run: {start: [}", "x.yaml:1: the document: is not YAML"),
        ("a: 1\na: 2\n", "x.yaml:2: a: stands here a second time"),
        ("a: !!python/object/apply:os.system [ls]\n", "has a type that a scenario does not know"),
        ("a: !!binary aGk=\n", "has a type that a scenario does not know"),
        ("? [1, 2]\n: 3\n", "has a key that is not text"),
        ("extends: nowhere.yaml\n", "extends: 'nowhere.yaml' there is no such file"),
        ("extends: 7\n", "extends: 7 must be the name of a scenario file"),
        ("extends: x.yaml\n", "extends itself: x.yaml → x.yaml"),
        ("[" * 1000, "nested too deeply"),
    ],
)
def test_file_that_is_no_scenario_is_refused(tmp_path, text, words):
    assert words in refusal_of(tmp_path / "x.yaml", text)


def test_billion_laughs_are_refused(tmp_path):
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]

    assert "too deeply or too large" in refusal_of(tmp_path / "x.yaml", "\n".join(rows))


def test_file_that_is_missing_or_binary_is_refused(tmp_path):
    assert "cannot be read" in refusal_of(tmp_path / "none.yaml")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    assert "is not UTF-8 text" in refusal_of(tmp_path / "x.yaml")


def test_missing_model_is_refused(folder):
    (folder / "as_is.bpmn").unlink()

    assert "model: 'as_is.bpmn' the BPMN file cannot be read" in refusal_of(folder / "as_is.yaml")


def test_model_that_is_no_bpmn_is_refused_with_its_line(folder):
    (folder / "as_is.bpmn").write_text("<definitions")

    assert refusal_of(folder / "as_is.yaml").startswith("as_is.bpmn:")


def test_words_times_and_dates_stay_text():
    values, _ = parse(b"a: yes\nb: 10:00\nc: 2026-03-02\nd: no\ne: 0.5\nf: ~\n", source="x")

    assert values == {"a": "yes", "b": "10:00", "c": "2026-03-02", "d": "no", "e": 0.5, "f": None}


def test_json_is_read_as_well(tmp_path):
    values, _ = parse(json.dumps({"a": [1, 2.5, True, None]}).encode(), source="x")

    assert values == {"a": [1, 2.5, True, None]}


def test_hash_changes_with_any_field_and_not_with_the_layout():
    same = a_scenario(run={"seed": 1})

    assert a_scenario().sha256 == same.sha256
    assert a_scenario(run={"seed": 2}).sha256 != same.sha256


def test_scenario_survives_the_way_to_another_process():
    scenario = load(FOLDER / "to_be.yaml")

    there = pickle.loads(pickle.dumps(scenario))

    assert there == scenario


@pytest.mark.parametrize(
    ("name", "words"),
    [('"a\\0.bpmn"', "is not the name of a file"), ("/dev/zero", "larger than 5,000,000 bytes")],
)
def test_model_that_is_no_file_is_refused(folder, name, words):
    text = (folder / "as_is.yaml").read_text(encoding="utf-8")

    refused = refusal_of(folder / "as_is.yaml", text.replace("as_is.bpmn", name, 1))

    assert words in refused


def test_endless_file_is_refused():
    with pytest.raises(ScenarioInvalid, match="larger than 1 MB"):
        load("/dev/zero")


def test_only_the_first_of_very_many_problems_are_told(tmp_path):
    refused = refusal_of(tmp_path / "x.yaml", "\n".join(f"field_{i}: 1" for i in range(1000)))

    assert refused.count("\n") == 50
    assert refused.endswith("has 956 more mistakes")


def test_hash_of_the_model_changes_with_a_process_that_is_called_from_another_file(tmp_path):
    call = element("callActivity", "call", calledElement="other")
    caller = process(start() + call + end() + flows("start > call > end"))
    (tmp_path / "caller.bpmn").write_bytes(definitions(caller))
    arrivals = {"start": {"interval": {"constant": "1h"}}}
    changed = {"model": "caller.bpmn", "arrivals": arrivals, "durations": {"a": {"constant": "1h"}}}
    raw = document(demands={"a": "clerk"}) | changed
    (tmp_path / "test.yaml").write_text(json.dumps(raw))

    hashes = set()
    for name in ("A", "B"):
        task = element("userTask", "a", name=name)
        called = process(start("s") + task + end("e") + flows("s > a > e"), key="other")
        (tmp_path / "other.bpmn").write_bytes(definitions(called))
        hashes.add(load(tmp_path / "test.yaml").model_sha256)

    assert len(hashes) == 2
