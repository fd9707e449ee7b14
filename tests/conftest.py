"""What every test can count on: repeatable Hypothesis runs and golden files.

The file of a test marked ``slow`` begins early, so that no worker is left alone with it at the
end. A test marked ``untraced`` runs without the tracer of coverage, under which a loop takes
three times as long: the short tests tell which lines are covered. Every test in a browser is both,
and on PostgreSQL a test runs untraced because it runs on SQLite too. What a fixture does is traced
the first time that a file sets it up.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

GOLDEN_FOLDER = Path(__file__).parent / "golden"
TRACED: set[tuple[Callable[..., object], str, Path]] = set()

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write the golden files anew (dev.py golden)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares text with a file in tests/golden")


@pytest.hookimpl(trylast=True)  # after those that add marks and the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "golden" in getattr(item, "fixturenames", ()):
            item.add_marker("golden")
        if item.get_closest_marker("browser"):
            item.add_marker("slow")
        if item.get_closest_marker("browser") or item.get_closest_marker("postgresql"):
            item.add_marker("untraced")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@contextmanager
def untraced(config: pytest.Config) -> Iterator[None]:
    """Stop the tracer of coverage, if there is one that runs."""
    plugin = config.pluginmanager.getplugin("_cov")
    coverage = plugin.cov_controller if plugin and sys.gettrace() else None
    if coverage is None:
        yield
        return
    coverage.pause()
    try:
        yield
    finally:
        coverage.resume()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run an untraced test, with the fixtures that it sets up, without the tracer."""
    with untraced(item.config) if item.get_closest_marker("untraced") else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[object], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Trace a fixture once for each file: it does the same for every test in it."""
    done = (fixturedef.func, repr(getattr(request, "param", None)), request.node.path)
    is_known = done in TRACED
    if sys.gettrace():
        TRACED.add(done)
    with untraced(request.config) if is_known else nullcontext():
        return (yield)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares text with tests/golden/<name>."""
    is_rewritten = request.config.getoption("--rewrite-golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN_FOLDER / name
        if is_rewritten:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"tests/golden/{name} is missing: python3 dev.py golden"
        assert text == path.read_text(encoding="utf-8"), f"differs from tests/golden/{name}"

    return compare
