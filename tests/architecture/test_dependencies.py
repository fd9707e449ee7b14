"""pyproject.toml declares what the packages import, and nothing else."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT, python_files

MODULES = {  # distribution → module, where the names differ
    "spiffworkflow": "SpiffWorkflow",
    "argon2-cffi": "argon2",
    "pyyaml": "yaml",
    "restrictedpython": "RestrictedPython",
}
COMES_WITH_ANOTHER = {
    "werkzeug": "Flask",
    "jinja2": "Flask",
    "markupsafe": "Flask",
    "babel": "Flask-Babel",
    "wtforms": "Flask-WTF",
    "pydantic_core": "Pydantic",
    "opencc": "a tool of the build, in the dependency group dev",
}
NOT_IMPORTED = {
    "tzdata": "the calendars' zones on machines without a zone database",
    "alembic": "imported by migrations",
    "psycopg": "named in the address of the database",
    "pyarrow": "pandas writes Parquet with it",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def declared_modules() -> set[str]:
    """Return the modules of the declared distributions."""
    extras = PROJECT["optional-dependencies"].values()
    texts = [*PROJECT["dependencies"], *(text for extra in extras for text in extra)]
    names = (re.split(r"[\[<>=~! ]", text)[0].lower() for text in texts)
    return {MODULES.get(name, name.replace("-", "_")) for name in names}


def imports_of(path: Path) -> Iterator[str]:
    """Yield the top-level names that a file imports."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@cache
def imported_modules() -> set[str]:
    """Return the third-party modules that the packages import."""
    names = {name for path in python_files(*PACKAGES, "migrations") for name in imports_of(path)}
    return names - set(PACKAGES) - set(sys.stdlib_module_names)


def test_every_import_is_declared():
    assert imported_modules() - declared_modules() - COMES_WITH_ANOTHER.keys() == set()


def test_every_declared_dependency_is_imported():
    assert declared_modules() - imported_modules() - NOT_IMPORTED.keys() == set()


@pytest.mark.parametrize("module", ["simulation.comparison", "web.cli", "kpis.measure"])
def test_module_starts_without_what_it_does_not_need(module):
    heavy = "{'SpiffWorkflow', 'sqlalchemy', 'flask'} & set(sys.modules)"

    subprocess.run(
        (sys.executable, "-c", f"import sys, {module}; sys.exit(bool({heavy}))"),
        cwd=ROOT,
        check=True,
    )
