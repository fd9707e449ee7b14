"""Random event logs for property tests: whole seconds, every activity ended."""

from hypothesis import strategies as st

from tests.kpis.builders import a_log, activity, case

ROLES = ("desk", "nurse", "customer", None)


@st.composite
def closed_rows(draw, *, max_cases=6):
    """Rows of cases and activities in which each activity follows the one before."""
    cases, activities = [], []
    for number in range(draw(st.integers(0, max_cases))):
        name, start_s = f"c{number}", draw(st.integers(0, 500))
        at_s = start_s
        for visit in range(draw(st.integers(0, 4))):
            wait_s, work_s = draw(st.integers(0, 90)), draw(st.integers(0, 90))
            times_s = (at_s, at_s + wait_s, at_s + wait_s + work_s)
            role, performer = draw(st.sampled_from(ROLES)), draw(st.sampled_from(["Ann", None]))
            element = draw(st.sampled_from("abc"))
            more = {"role": role, "performer": performer, "visit": visit}
            activities.append(activity(name, element, *times_s, **more))
            at_s = times_s[-1]
        cases.append(case(name, start_s, at_s + draw(st.integers(0, 30))))
    return cases, activities


@st.composite
def closed_logs(draw, **more):
    """Logs of such rows; the window holds all of it."""
    cases, activities = draw(closed_rows(**more))
    return a_log(cases, activities, window=(0, 3600))
