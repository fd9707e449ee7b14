"""What every test can count on: repeatable Hypothesis runs and golden files.

The file of a test marked ``slow`` begins early, so that no worker is left alone with it at the
end. Every test in a browser is slow.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

GOLDEN_FOLDER = Path(__file__).parent / "golden"

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden", action="store_true", help="write the golden files anew (dev.py golden)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares text with a file in tests/golden")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let the garbage collector pass over what is imported and collected: it stays to the end.

    It would go through all of it again and again, up to 0.7 s each time.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000)
        gc.enable()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test before anything is chosen by marks."""
    if "golden" in getattr(item, "fixturenames", ()):
        item.add_marker("golden")


@pytest.hookimpl(trylast=True)  # after those that add marks and the shuffling
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _dialects() -> Iterator[None]:
    """SQL that was written for one database serves those that are opened later."""
    from tests.dialects import shared_dialects  # SQLAlchemy takes a while

    with shared_dialects():
        yield


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
