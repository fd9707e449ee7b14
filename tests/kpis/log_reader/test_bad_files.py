"""A file that is broken as a file is refused whole, in words, with the line (reliability G13)."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from kpis.errors import EventLogInvalid
from kpis.log_reader import source
from kpis.log_reader.read import ReadOptions, read_log
from kpis.log_reader.source import Limits, lines
from tests.kpis.log_reader.logs import CSV, HEADER, NOW, ROWS, read, written

XES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n<trace>'
    '<string key="concept:name" value="1"/>\n<event>'
    '<string key="concept:name" value="Check"/>'
    '<date key="time:timestamp" value="2026-03-02T08:00:00+00:00"/></event>\n</trace>\n</log>\n'
)
MANY = "\n".join((HEADER, *(ROWS[i % 3].replace("1,", f"{i},", 1) for i in range(400)))) + "\n"


def outcome(folder, data: bytes) -> str:
    """Return what is said of a file that is refused, or whether its counts add up."""
    try:
        _, quality = read(folder, data)
    except EventLogInvalid as refused:
        return str(refused)
    return "adds up" if quality.adds_up else "does not add up"


def test_a_packed_file_that_is_cut_off_names_the_line(tmp_path):
    packed = gzip.compress(MANY.encode(), mtime=0)

    with pytest.raises(EventLogInvalid, match=r"row \d+: the file is cut off here; [\d,]+ lines"):
        read(tmp_path, packed[: len(packed) // 2])


def test_a_line_that_is_cut_off_names_the_line(tmp_path):
    cut = CSV[: CSV.index("2026-03-02T08:35")]

    with pytest.raises(EventLogInvalid, match="row 4: 6 fields where the header has 7: cut off"):
        read(tmp_path, cut)


def test_a_last_line_without_an_end_is_pointed_out(tmp_path):
    _, quality = read(tmp_path, CSV.rstrip("\n"))

    assert any("not cut off" in remark for remark in quality.remarks)


@pytest.mark.parametrize("content", [CSV, XES], ids=["csv", "xes"])
def test_cut_anywhere_a_file_is_read_or_refused_in_words(tmp_path, content):
    for offset in range(1, len(content), max(1, len(content) // 60)):
        for data in (content.encode()[:offset], gzip.compress(content.encode(), mtime=0)[:offset]):
            told = outcome(tmp_path, data)
            assert told == "adds up" or "nothing is imported" in told


def test_random_bytes_are_refused_in_words(tmp_path):
    random = np.random.default_rng(1)
    for size in range(1, 400, 4):
        with pytest.raises(EventLogInvalid):
            read(tmp_path, random.bytes(size))


def test_flipped_bytes_never_surprise(tmp_path):
    random = np.random.default_rng(2)
    for content in (CSV.encode(), XES.encode(), gzip.compress(CSV.encode(), mtime=0)):
        for _ in range(60):
            data = bytearray(content)
            data[random.integers(len(data))] = random.integers(256)
            told = outcome(tmp_path, bytes(data))
            assert told == "adds up" or "nothing is imported" in told


def test_a_packed_bomb_is_stopped(tmp_path):
    bomb = gzip.compress((HEADER + "\n" + (ROWS[0] + "\n") * 20_000).encode(), mtime=0)
    limits = Limits(ratio=20, ratio_from=100_000)

    with pytest.raises(EventLogInvalid, match="unpacks to more than 20 times its size"):
        list(lines(written(tmp_path, bomb), limits=limits))


def test_a_bomb_without_lines_is_stopped_at_the_first(tmp_path):
    bomb = gzip.compress(b"a" * (3 * source.LIMITS.line), mtime=0)

    with pytest.raises(EventLogInvalid, match="a line is longer than"):
        read(tmp_path, bomb)


def test_a_file_beyond_the_limit_is_refused(tmp_path):
    with pytest.raises(EventLogInvalid, match="is longer than 0 MiB"):
        list(lines(written(tmp_path, MANY), limits=Limits(bytes=1000)))


def test_another_encoding_is_asked_for(tmp_path):
    text = CSV.replace("Bob", "Zoë").encode("latin-1")

    with pytest.raises(EventLogInvalid, match="row 3: the text is not utf-8; say which encoding"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "zip or Excel"),
        (b"PAR1rest", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"just words", "no list of columns"),
        (b"case,activity,end\n", "no row below the header"),
        (b"case,activity,end\n1,\0,2", "not text"),
        (b'case,activity,end\n1,"a"b,2\n', "not CSV"),
        (b"<html><body>no</body></html>", "the first element is <html>, not <log>"),
        (b"<log><trace></trace></log>", "no event in any trace"),
        (b"<log>", "not XML: no element found"),
    ],
)
def test_what_is_no_log_is_called_what_it_is(tmp_path, content, words):
    with pytest.raises(EventLogInvalid, match=words):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE log SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>',
    ],
)
def test_document_types_are_refused(tmp_path, head):
    text = XES.replace("<log ", f"{head}\n<log ", 1)

    with pytest.raises(EventLogInvalid, match="declares a document type or entities"):
        read(tmp_path, text, "log.xes")


def test_deep_nesting_is_refused(tmp_path):
    with pytest.raises(EventLogInvalid, match="more than 40 deep"):
        read(tmp_path, "<log>" + "<list>" * 100, "log.xes")


def test_an_unknown_field_is_refused(tmp_path):
    with pytest.raises(EventLogInvalid, match="'cases' is none of case, activity"):
        read_log(written(tmp_path, CSV), now=NOW, options=ReadOptions(columns={"cases": "x"}))
