"""The log as a CSV file: round trip, and what is refused by line and column."""

import pytest
from hypothesis import HealthCheck, given, settings
from pandas.testing import assert_frame_equal

from kpis.errors import EventLogInvalid
from kpis.event_log import EventLog
from kpis.log_file import COLUMNS
from tests.kpis.builders import NAN, a_log, a_visit, activity, case, columns
from tests.kpis.strategies import closed_logs


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.csv"


def assert_same(log, other):
    for table in ("cases", "activities", "delays"):
        assert_frame_equal(getattr(log, table), getattr(other, table))
    assert (log.epoch, log.window, log.counted) == (other.epoch, other.window, other.counted)


def written(path, old="", new=""):
    """A file in which one text is replaced by another."""
    EventLog.from_events([*a_visit("c1"), *a_visit("c2")]).to_csv(path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def refusal(path):
    with pytest.raises(EventLogInvalid) as refused:
        EventLog.read_csv(path)
    return refused.value.problems[0]


@given(closed_logs())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_log_survives_the_file(path, log):
    log.to_csv(path)

    assert_same(EventLog.read_csv(path), log)


def test_formula_is_told_as_text_and_read_again(path):
    log = EventLog.from_events([*a_visit("=1+1"), *a_visit("c2")])

    log.to_csv(path)

    assert ",'=1+1," in path.read_text("utf-8")
    assert_same(EventLog.read_csv(path), log)


def test_awkward_texts_and_open_ends_survive_the_file(path):
    open_activity = activity('甲, "1"\n2', "登记 / x", 0.000001, NAN, NAN, role=None, work_s=NAN)
    delays = [{"case_id": "gone", "element_id": "t", "scheduled_s": 1, "completed_s": NAN}]
    log = a_log(
        [case('甲, "1"\n2', 0), case("gone", 0, 9, "abandoned")],
        [open_activity],
        delays=columns(delays),
        counted=(-float("inf"), 7.5),
    )

    log.to_csv(path)

    assert_same(EventLog.read_csv(path), log)


def test_file_of_an_empty_log_is_an_empty_log(path):
    a_log([]).to_csv(path)

    assert EventLog.read_csv(path).cases.empty


def test_file_is_readable_for_people(path):
    lines = written(path).read_text("utf-8").splitlines()

    assert lines[0] == ",".join(COLUMNS)
    assert "activity,c1,register,0,desk,ann,2026-03-02T08:00:00+00:00," in lines[6]


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "rule"),
    [
        ("record,", "kind,", 1, None, "the first line is record,case_id"),
        ("log,,", "case,c1,", 2, "record", "the first record is 'log'"),
        ("log,,,8", "log,,,11", 2, "visit", "11 rows follow, but 8 were found: the file is cut"),
        ("2026-03-02T08", "yesterday", 2, "scheduled", "is not a time with zone"),
        ("case,c1", "cake,c1", 5, "record", "a record is one of log, window"),
        ("activity,c1,register,0", "activity,c1,register,x", 7, "visit", "'x' is not a number"),
        (
            "activity,c1,register,0",
            f"activity,c1,register,{'9' * 20}",
            7,
            "visit",
            "is not a number of visits",
        ),
        ("08:02:00+00:00", "08:02:00", 7, "started", "is not a time with zone"),
        (",180.0,", ",a while,", 7, "work_s", "'a while' is not a number"),
        ("activity,c2,", "activity,c2,,", 9, None, "a line has 12 fields"),
        ("activity,c2,", 'activity,"c2"x,', 9, None, "the file is UTF-8 text in CSV form"),
        ("window,,", "counted,,", None, "record", "the file has a row 'window'"),
        ("activity,c2,", "activity,c9,", 9, "case_id", "stands in the table of cases"),
    ],
)
def test_broken_file_is_refused_by_line_and_column(path, old, new, line, column, rule):
    problem = refusal(written(path, old, new))

    assert (problem.row, problem.column) == (line, column)
    assert rule in problem.rule


def test_file_that_was_cut_off_is_refused_at_any_place(path):
    whole = written(path).read_bytes()

    for size in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:size])
        refusal(path)


def test_file_in_another_encoding_is_refused(path):
    path.write_bytes(written(path, "ann", "安").read_text("utf-8").encode("gb18030"))

    assert "UTF-8" in refusal(path).rule


def test_problem_of_the_frame_has_no_line(path):
    problem = refusal(
        written(path, "window,,,,,,,2026-03-02T08:00", "window,,,,,,,2027-03-02T08:00")
    )

    assert (problem.table, problem.row) == ("log", None)
