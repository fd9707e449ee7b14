"""Breaks BPMN files as editors, hands and merges do: the same seed breaks them the same way."""

import copy
import string

import numpy as np
from lxml import etree

ODD = ("", " ", "true", "-1", "=", "${", "nobody", "1" * 300, "申请", "a.b", "<", "PT", "R/PT1S",
       "lambda: 0", "x ** 9", "\t", "#{x}", "=1 +", "for x in y return x", "a" * 5000)  # fmt: skip


def mutated(root, seed: int) -> bytes:
    """Return a file with a few parts taken out, doubled, moved, renamed or rewritten."""
    draw = np.random.default_rng(seed)
    root = copy.deepcopy(root)
    for _ in range(int(draw.integers(1, 4))):
        elements = [element for element in root.iter() if element.getparent() is not None]
        if not elements:
            break
        _CHANGES[int(draw.integers(len(_CHANGES)))](elements, draw)
    result: bytes = etree.tostring(root)
    return result


def _pick(items, draw):
    return items[int(draw.integers(len(items)))]


def _remove(elements, draw):
    element = _pick(elements, draw)
    element.getparent().remove(element)


def _double(elements, draw):
    element = _pick(elements, draw)
    element.getparent().append(copy.deepcopy(element))


def _move(elements, draw):
    element, target = _pick(elements, draw), _pick(elements, draw)
    if element not in target.iterancestors() and element is not target:
        target.append(element)


def _rename(elements, draw):
    element, other = _pick(elements, draw), _pick(elements, draw)
    element.tag = other.tag


def _unset(elements, draw):
    element = _pick([e for e in elements if e.attrib] or elements, draw)
    if element.attrib:
        del element.attrib[_pick(sorted(element.attrib), draw)]


def _set(elements, draw):
    element = _pick([e for e in elements if e.attrib] or elements, draw)
    if element.attrib:
        element.set(_pick(sorted(element.attrib), draw), _pick(ODD, draw))


def _swap(elements, draw):
    """One attribute gets the text of another element's."""
    element, other = _pick(elements, draw), _pick(elements, draw)
    if element.attrib and other.attrib:
        element.set(_pick(sorted(element.attrib), draw), _pick(sorted(other.attrib.values()), draw))


def _write(elements, draw):
    element = _pick(elements, draw)
    letters = "".join(_pick(string.printable[:94], draw) for _ in range(5))
    element.text = _pick([*ODD, letters], draw)


_CHANGES = (_remove, _double, _move, _rename, _unset, _set, _swap, _write)
