"""The reference of the fields: complete, nothing invented, and every example runs."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from simulation.replication import Figure, replicate
from simulation.scenario.arrival import Attribute
from simulation.scenario.branch import Branch
from simulation.scenario.distribution import Basic
from simulation.scenario.document import Document
from simulation.scenario.load import load
from simulation.scenario.resource import Choice, Demand, Need

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[3] / "docs" / "reference"
PAGE = (FOLDER / "scenario-fields.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = {
    name
    for row in re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE)
    for name in re.findall(r"`([\w.*]+)`", row)
}


def options(annotation: Any) -> Iterator[Any]:
    """Yield the kinds of values that a field may have."""
    if get_origin(annotation) is not None and annotation.__class__.__name__ != "GenericAlias":
        for option in get_args(annotation):
            yield from options(option)
    else:
        yield annotation


def fields(annotation: Any, path: str) -> Iterator[str]:
    """Yield the path of every field below one; what people name is called *."""
    for kind in options(annotation):
        if get_origin(kind) is dict:
            yield from fields(get_args(kind)[1], f"{path}.*")
        elif kind is Branch:
            yield from (path, f"{path}.by", f"{path}.table", f"{path}.else")
        elif kind is Demand:
            names = (*Need.model_fields, *Demand.model_fields)
            yield from (f"{path}.{name}" for name in names)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from of_model(kind, path)
    yield path


def of_model(model: type[BaseModel], path: str) -> Iterator[str]:
    if issubclass(model, Attribute):
        yield from (f"{path}.constant", f"{path}.choice")
    elif not issubclass(model, Basic | Choice):
        for name, info in model.model_fields.items():
            yield from fields(info.annotation, f"{path}.{info.alias or name}".lstrip("."))


def written(value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every field that an example sets."""
    yield path
    for key, item in value.items() if isinstance(value, dict) else ():
        yield from written(item, f"{path}.{key}".lstrip("."))


def is_set(field: str, given: set[str]) -> bool:
    pattern = re.compile(re.escape(field).replace(r"\*", r"[^.]+") + "$")
    return any(pattern.match(path) for path in given)


FIELDS = set(of_model(Document, ""))


def test_every_field_has_a_row():
    # a part whose fields have rows of their own needs none itself, nor has what it holds
    missing = {f for f in FIELDS - ROWS if not any(row.startswith(f"{f}.") for row in ROWS)}

    assert {field for field in missing if field.removesuffix(".*") not in ROWS} == set()


def test_every_row_is_a_field():
    sections = {row for row in ROWS if row.split(".", maxsplit=1)[0] in Document.model_fields}

    assert sections - FIELDS == set()


def test_every_field_stands_in_an_example():
    given = {path for text in EXAMPLES for path in written(yaml.safe_load(text))}
    leaves = {f for f in FIELDS if not any(other.startswith(f"{f}.") for other in FIELDS)}

    assert {field for field in leaves if not is_set(field, given)} == set()


def test_every_distribution_has_a_row_and_an_example():
    kinds = set(Basic.kinds) | {"mixture"}
    text = "\n".join(EXAMPLES)

    assert {kind for kind in kinds if not re.search(rf"`{kind}[.`]", PAGE)} == set()
    assert {kind for kind in kinds if f"{kind}: " not in text} == set()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    copied = tmp_path_factory.mktemp("examples")
    shutil.copytree(FOLDER / "scenario-examples", copied, dirs_exist_ok=True)
    return copied


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_runs(folder, text):
    path = folder / "example.yaml"
    path.write_text(text, encoding="utf-8")
    [replication] = replicate(load(path), seed=1, replications=range(1))

    assert replication.figures[Figure("case", "", "completed")] > 0
