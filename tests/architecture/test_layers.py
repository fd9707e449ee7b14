"""The contracts of pyproject.toml hold, and each of them notices the import it forbids."""

import pytest
from grimp import ImportGraph, build_graph
from importlinter.application.use_cases import read_user_options
from importlinter.configuration import configure
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract

from tests.architecture.sources import PACKAGES, ROOT

configure()
OPTIONS = read_user_options(str(ROOT / "pyproject.toml"))
CONTRACTS = {options["name"]: options for options in OPTIONS.contracts_options}
TYPES: dict[str, type[Contract]] = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "acyclic_siblings": AcyclicSiblingsContract,
}
WRONG_IMPORTS = [
    ("1a", "kpis", "simulation"),
    ("1a", "engine.process_engine", "kpis"),
    ("1b", "processes", "engine"),
    ("2", "engine.domain.form", "engine.services"),
    ("2", "engine.store", "engine.bpmn"),
    ("3a", "engine.services", "SpiffWorkflow"),
    ("3b", "web.views", "sqlalchemy"),
    ("3c", "kpis", "flask"),
    ("3d", "web", "simpy"),
    ("4", "kpis.stats", "sqlalchemy"),
    ("5", "web.views", "engine.store"),
    ("6", "engine.errors", "engine.process_engine"),
]


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return build_graph(*PACKAGES, include_external_packages=True)


def is_kept(name: str, graph: ImportGraph) -> bool:
    """Check one contract against a graph of imports."""
    options = {key: value for key, value in CONTRACTS[name].items() if key not in ("name", "type")}
    contract = TYPES[CONTRACTS[name]["type"]](name, OPTIONS.session_options, options)
    return contract.check(graph, verbose=False).kept


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_is_kept(graph, name):
    assert is_kept(name, graph), "see: lint-imports"


@pytest.mark.parametrize(("number", "importer", "imported"), WRONG_IMPORTS)
def test_contract_notices_a_wrong_import(graph, number, importer, imported):
    name = next(name for name in CONTRACTS if name.startswith(f"{number} "))
    if imported not in graph.modules:
        graph.add_module(imported, is_squashed=True)

    graph.add_import(importer=importer, imported=imported, line_number=1, line_contents="import")
    is_still_kept = is_kept(name, graph)
    graph.remove_import(importer=importer, imported=imported)

    assert not is_still_kept
