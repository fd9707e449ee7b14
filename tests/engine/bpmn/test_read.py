import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn import read
from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.bpmn.read import localised, parse
from engine.bpmn.vocabulary import BPMN
from engine.errors import InvalidModel
from tests.engine.bpmn.builders import definitions, end, model, process, start, user

ROOT = Path(__file__).parents[3]
GOOD = model(start() + user("a") + end(), "start > a > end")
BODY = GOOD.decode()
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def with_doctype(doctype: str, text: str = "visit") -> str:
    return f"<!DOCTYPE {doctype}>" + BODY.replace("visit", text)


HOSTILE = {
    "billion laughs": with_doctype(f'd [<!ENTITY l0 "ha">{LAUGHS}]', "&l9;"),
    "quadratic blow-up": with_doctype(f'd [<!ENTITY a "{"x" * 50_000}">]', "&a;" * 999),
    "external entity": with_doctype('d [<!ENTITY x SYSTEM "file:///etc/passwd">]', "&x;"),
    "external DTD": with_doctype('d SYSTEM "http://127.0.0.1:9/x.dtd"'),
    "empty DTD": with_doctype("d"),
    "parameter entity": with_doctype('d [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]'),
    "deep nesting": definitions("<a>" * 200 + "</a>" * 200).decode(),
    "many elements": definitions("<a/>" * 50_001).decode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_at_once(name):
    began = time.process_time()

    with pytest.raises(InvalidModel) as refusal:
        parse(HOSTILE[name].encode(), source="x.bpmn")
    assert time.process_time() - began < 5  # expanded, it would take minutes, or all memory
    assert refusal.value.findings[0].rule == "harmful-xml"


def test_doctype_is_refused_in_every_encoding():
    text = f'<?xml version="1.0" encoding="UTF-16"?>{HOSTILE["empty DTD"]}'

    with pytest.raises(InvalidModel, match="document type"):
        parse(text.encode("utf-16"), source="x.bpmn")


@pytest.mark.parametrize("encoding", ["GBK", "nonsense-8"])
def test_encoding_that_is_not_read_is_refused_with_advice(encoding):
    with pytest.raises(InvalidModel, match=r"encoding.*; save the file as UTF-8"):
        parse(f'<?xml version="1.0" encoding="{encoding}"?><a/>'.encode(), source="x.bpmn")


def test_endless_file_is_read_as_far_as_it_takes_to_refuse_it():
    with pytest.raises(InvalidModel, match="larger than 5,000,000 bytes"):
        parse(read.read_file(Path("/dev/zero")), source="/dev/zero")


def test_huge_file_is_refused_unread():
    with pytest.raises(InvalidModel, match="larger than 5,000,000 bytes"):
        parse(b" " * (read.LARGEST_BYTES + 1), source="x.bpmn")


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        (b"", "not-xml"),
        (b"<a>", "not-xml"),
        (b"hello", "not-xml"),
        (b"\x89PNG\r\n", "not-xml"),
        (GOOD[:-9], "not-xml"),
        (BODY.replace("visit", "&undefined;").encode(), "not-xml"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "not-xml"),
        (b"<html/>", "not-bpmn"),
        (b"<definitions/>", "not-bpmn"),
        (definitions(""), "no-process"),
        (definitions(process("")), "no-process"),
    ],
)
def test_file_that_is_no_model_is_refused_with_source_and_line(xml, rule):
    with pytest.raises(InvalidModel, match=r"^visit\.bpmn:\d+: error: ") as refusal:
        read_graph(xml, source="visit.bpmn")

    assert refusal.value.findings[0].rule == rule


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read_but_nothing_else(xml):
    assert lint(xml, source="x")


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_any_changed_byte_is_refused_or_read_but_nothing_else(place, byte):
    lint(GOOD[:place] + bytes([byte]) + GOOD[place + 1 :], source="x")


def test_external_reference_is_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    xinclude = 'xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text"'
    xml = BODY.replace("<process", f'<{xinclude} href="{secret.as_uri()}"/><process')

    assert b"SECRET" not in localised(xml.encode(), "en")


def test_names_are_cut_to_one_language():
    xml = BODY.replace('id="a"', 'id="a" name="分诊 / Triage"').encode()

    assert b'name="Triage"' in localised(xml, "en")
    assert 'name="分诊"'.encode() in localised(xml, "zh-Hans")


def test_names_of_lanes_flows_pools_and_annotations_are_cut_too():
    pool = '<collaboration id="c"><participant id="p" name="医院 / Hospital"/></collaboration>'
    lane = '<laneSet id="ls"><lane id="l" name="护士 / Nurse"/></laneSet>'
    note = '<textAnnotation id="n"><text>注 / Note</text></textAnnotation>'
    xml = BODY.replace("<process", pool + "<process").replace(
        "<startEvent", lane + note + "<startEvent"
    )
    xml = xml.replace('id="start_a"', 'id="start_a" name="是 / yes"')

    text = localised(xml.encode(), "en").decode()
    assert all(word in text for word in ("Hospital", "Nurse", "Note", "yes"))
    assert not any(word in text for word in ("医院", "护士", "注", "是"))


def test_labels_of_groups_are_cut_to_one_language():
    value = '<categoryValue id="v" value="受理 / Accept" />'
    xml = f'<definitions xmlns="{BPMN}"><category id="c">{value}</category></definitions>'

    assert b'value="Accept"' in localised(xml.encode(), "en")


def test_localised_model_is_still_the_same_model():
    before, after = read_graph(GOOD, source="x"), read_graph(localised(GOOD, "en"), source="x")

    assert (list(after.nodes), list(after.flows)) == (list(before.nodes), list(before.flows))


def test_reading_a_graph_loads_no_executor():
    code = "import sys, engine.bpmn.lint; sys.exit('SpiffWorkflow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0


MIWG = ROOT.parent / "shared" / "data" / "miwg"


@pytest.mark.skipif(not MIWG.is_dir(), reason="the MIWG reference files are not here")
def test_reference_files_of_other_tools_are_read_or_refused_in_words():
    files = sorted(MIWG.rglob("*.bpmn"))
    findings = {file: lint(file.read_bytes(), source=file.name) for file in files}

    assert len(files) > 50
    assert all(finding.line and finding.message for found in findings.values() for finding in found)
    assert any(not [f for f in found if f.severity == "error"] for found in findings.values())


def test_file_of_very_many_processes_is_refused():
    with pytest.raises(InvalidModel, match="more than 100 processes"):
        parse(definitions("<process/>" * 101), source="x.bpmn")
