"""Incidents in words: the sentences that the engine makes, in the language of the page.

The engine stores an English sentence, since nobody knows who will read it. Those it makes itself
are known here by their form; what somebody else said (a service, a person) stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from web.texts import gettext


def later(text: str) -> str:
    """Return a text that is translated later: this marks it for the catalogue."""
    return text


# The first that fits is taken. ``reason`` is a sentence of the engine again.
SENTENCES = (
    later("element %(element)s: %(reason)s"),
    later("no condition of an outgoing flow is true, and there is no default flow"),
    later("waits for a token on another incoming flow that can no longer arrive"),
    later("more than %(steps)s automatic steps without a wait: an endless loop?"),
    later("cases call each other more than %(levels)s levels deep"),
    later("no worker came to an end with it: each died, or took longer than its lease"),
    later(
        "nobody may do this task: everybody it is offered to is excluded, or did a task that"
        " another person must have done; hand it to somebody else, offer it to another group, or"
        " skip it"
    ),
    later(
        "the case would hold %(size)s; allowed: %(allowed)s. Keep large values elsewhere, and a"
        " reference to them in the case"
    ),
    later("the answer has %(size)s; allowed: %(allowed)s"),
    later("the called case %(case)s was cancelled: %(words)s"),
    later("there is no process %(name)s"),
    later("there is no decision %(name)s"),
    later("there is no connector %(name)s"),
    later("there is no working calendar %(name)s; known: %(known)s"),
    later("there is no working calendar %(name)s"),
    later("process %(process)s already has a case %(key)s"),
    later("no rule hits these inputs, and there is no default output"),
    later("more than one rule hits, and the hit policy is UNIQUE"),
    later("decision %(decision)s, table %(table)s, %(rules)s: %(reason)s (%(inputs)s)"),
    later("decision %(decision)s, table %(table)s: %(reason)s (%(inputs)s)"),
    later("the collection of the loop is no list"),
    later("the cardinality of the loop is no whole number"),
    later("the correlation key is null"),
    later("there is no value %(name)s"),
    later("a condition gives true or false, not %(kind)s"),
    later("a number is compared with a text that is no number"),
    later("flow %(flow)s: expression %(text)s: %(reason)s"),
    later("%(what)s: expression %(text)s: %(reason)s"),
    later("expression %(text)s: %(reason)s"),
    later("script, line %(line)s: %(words)s"),
    later("scripts are switched off (TWINFLOW_SCRIPTS=off)"),
    later("%(host)s did not answer within %(seconds)s s"),
    later("%(host)s cannot be reached: %(words)s"),
    later("the host %(host)s cannot be found: %(words)s"),
    later("%(host)s answers %(status)s"),
    later("%(where)s is not on TWINFLOW_HTTP_ALLOW"),
)
KINDS = (
    later("a number"), later("a text"), later("an object"), later("a list"), later("null"),
    later("true or false"), later("a value"),
)  # fmt: skip
_PLACE = re.compile(r"%\((\w+)\)s")
_NARROW = {"levels": r"\d+", "steps": r"\d+", "line": r"\d+", "status": r"\d{3}",
           "host": r"[^\s:]+", "where": r"\S+", "seconds": r"[\d.]+",
           "element": r"'[^']*'", "flow": r"'[^']*'", "process": r"'[^']*'",
           "decision": r"'[^']*'", "table": r"'[^']*'", "rules": r"rule '.*?'",
           "kind": r"(?:a|an|null|true)\b[\w ]*", "what": r"[\w ]+(?:'[^']*')?"}  # fmt: skip
_DEEPEST = 6


def reason_words(reason: str, *, depth: int = 0) -> str:
    """Return the reason of an incident in the language of the page."""
    for sentence in SENTENCES if depth < _DEEPEST else ():
        found = _form(sentence).fullmatch(reason)
        if found is None:
            continue
        facts = found.groupdict()
        kind = facts.get("kind")
        if kind in KINDS:
            facts["kind"] = gettext(kind)
        if "reason" in facts:
            facts["reason"] = reason_words(facts["reason"], depth=depth + 1)
        return gettext(sentence, **facts)
    return reason


@cache
def _form(sentence: str) -> re.Pattern[str]:
    """Return what a sentence looks like with its facts put in."""
    parts = _PLACE.split(sentence)
    pieces = [
        re.escape(part) if number % 2 == 0 else f"(?P<{part}>{_NARROW.get(part, '.+?')})"
        for number, part in enumerate(parts)
    ]
    return re.compile("".join(pieces), re.DOTALL)
