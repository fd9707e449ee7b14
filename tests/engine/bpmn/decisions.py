"""Builders of DMN files: ``table(…)`` in ``decision(…)`` in ``dmn(…)``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def dmn(*elements: str) -> bytes:
    """A whole file."""
    content = "\n".join(elements)
    return f'<definitions xmlns="{NAMESPACE}" id="d" name="d">\n{content}\n</definitions>'.encode()


def text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


def literal(content: str) -> str:
    return f'<literalExpression id="l">{text(content)}</literalExpression>'


def input_data(name: str, type_name: str = "Any") -> str:
    return (
        f'<inputData id="i_{name}" name="{name}">'
        f'<variable name="{name}" typeRef="{type_name}"/></inputData>'
    )


def decision(name: str, logic: str, *, needs: str = "", type_name: str = "") -> str:
    """A decision; ``needs`` are ids: ``i_…`` of inputs, ``b_…`` of functions, else decisions."""
    wanted = "".join(map(_requirement, needs.split()))
    of_type = f' typeRef="{type_name}"' if type_name else ""
    variable = f'<variable name="{name}"{of_type}/>'
    return f'<decision id="{name}" name="{name}">{variable}{wanted}{logic}</decision>'


def _requirement(needed: str) -> str:
    kinds = {"i_": ("information", "Input"), "b_": ("knowledge", "Knowledge")}
    kind, what = kinds.get(needed[:2], ("information", "Decision"))
    target = f'<required{what} href="#{needed}"/>'
    return f"<{kind}Requirement>{target}</{kind}Requirement>"


def function(name: str, parameters: str, body: str, *, needs: str = "") -> str:
    """A business knowledge model."""
    formal = "".join(f'<formalParameter name="{each}"/>' for each in parameters.split())
    wanted = "".join(map(_requirement, needs.split()))
    return (
        f'<businessKnowledgeModel id="b_{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{formal}{body}</encapsulatedLogic>{wanted}</businessKnowledgeModel>"
    )


def column(expression: str, type_name: str = "", allowed: str = "") -> str:
    of_type = f' typeRef="{type_name}"' if type_name else ""
    values = f"<inputValues>{text(allowed)}</inputValues>" if allowed else ""
    return f"<input><inputExpression{of_type}>{text(expression)}</inputExpression>{values}</input>"


def output(name: str = "", type_name: str = "", allowed: str = "", default: str = "") -> str:
    attributes = f" name={quoteattr(name)}" if name else ""
    attributes += f' typeRef="{type_name}"' if type_name else ""
    values = f"<outputValues>{text(allowed)}</outputValues>" if allowed else ""
    otherwise = f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else ""
    return f"<output{attributes}>{values}{otherwise}</output>"


def table(
    inputs: Sequence[str], outputs: Sequence[str], rules: Sequence[str], policy: str = "UNIQUE"
) -> str:
    """A table; a rule is "test | test : conclusion | conclusion", a policy also "COLLECT SUM"."""
    hit_policy, _, aggregation = policy.partition("COLLECT ")
    attributes = f'aggregation="{aggregation}" hitPolicy="COLLECT"' if aggregation else ""
    attributes = attributes or f'hitPolicy="{hit_policy}"'
    rows = "".join(f'\n<rule id="r{n}">{_cells(rule)}</rule>' for n, rule in enumerate(rules, 1))
    content = "".join((*inputs, *outputs, rows))
    return f'<decisionTable id="t" {attributes}>{content}</decisionTable>'


def _cells(rule: str) -> str:
    tests, _, conclusions = rule.rpartition(" : ")
    return "".join(
        [f"<inputEntry>{text(each.strip())}</inputEntry>" for each in tests.split("|")]
        + [f"<outputEntry>{text(each.strip())}</outputEntry>" for each in conclusions.split("|")]
    )
