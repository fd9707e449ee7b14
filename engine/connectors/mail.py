"""The connectors that write mail: "email", and "survey_invitation" with a link of its own.

They only write it: the outbox sends it, once the job is finished.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import TYPE_CHECKING

from engine.connectors.call import CallResult, ServiceFailed
from engine.connectors.inputs import Input, Inputs, Kind, is_expression, text_of
from engine.domain.mail import InvalidMail, Mail, address

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.connectors.call import ServiceCall

MOST_RECIPIENTS = 50
_SURVEY = re.compile(r"[A-Za-z0-9_-]{1,80}")


class EmailConnector:
    """Writes the same mail to one or more people, each of whom sees only their own address."""

    name = "email"
    inputs = Inputs(
        Input("to", Kind.ANY, is_required=True),  # an address, several with commas, or a list
        Input("subject", is_required=True),
        Input("body", is_required=True),
    )

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words."""
        return self.inputs.problems(inputs) + _recipient_problems(inputs)

    def call(self, call: ServiceCall) -> CallResult:
        """Write the mails."""
        given = self.inputs.read(call.inputs)
        subject, body = text_of(given, "subject"), text_of(given, "body")
        return CallResult(
            mails=tuple(
                _mail(f"{call.idempotency_key}/{recipient}", recipient, subject, body)
                for recipient in _recipients(given["to"])
            )
        )


class SurveyInvitation:
    """Invites one person to a survey by a link that nobody can guess.

    The values are the ``survey`` and the ``token_sha256`` by which an answer will be known; the
    token itself stands in the mail alone.
    """

    name = "survey_invitation"
    inputs = Inputs(
        Input("survey", is_required=True),
        Input("to", is_required=True),
        Input("subject", is_required=True),
        Input("body"),
    )

    def __init__(
        self, base_url: str, *, new_token: Callable[[], str] = secrets.token_urlsafe
    ) -> None:
        self._base_url, self._new_token = base_url.rstrip("/"), new_token

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words."""
        found = self.inputs.problems(inputs) + _recipient_problems(inputs)
        survey = inputs.get("survey", "").strip()
        if survey and not is_expression(survey) and not _SURVEY.fullmatch(survey):
            found.append(_no_survey(survey))
        return found

    def call(self, call: ServiceCall) -> CallResult:
        """Write the mail; the link follows the text."""
        given = self.inputs.read(call.inputs)
        survey, token = text_of(given, "survey"), self._new_token()
        if not _SURVEY.fullmatch(survey):
            raise ServiceFailed(_no_survey(survey), is_permanent=True)
        paragraphs = [text_of(given, "body").rstrip(), f"{self._base_url}/p/{token}"]
        body = "\n\n".join(filter(None, paragraphs)) + "\n"
        key = f"{call.idempotency_key}/{survey}"
        mail = _mail(key, text_of(given, "to"), text_of(given, "subject"), body)
        values = {"survey": survey, "token_sha256": hashlib.sha256(token.encode()).hexdigest()}
        return CallResult(values, mails=(mail,))


def _recipients(given: object) -> list[str]:
    """Return the addresses, each once."""
    parts = given if isinstance(given, list) else str(given).split(",")
    try:
        found = [address(str(part)) for part in parts]
    except InvalidMail as error:
        raise ServiceFailed(f"the input 'to': {error.reason}", is_permanent=True) from error
    recipients = list(dict.fromkeys(found))
    if not 0 < len(recipients) <= MOST_RECIPIENTS:
        reason = f"the input 'to' has {len(recipients)} addresses; allowed: 1 to {MOST_RECIPIENTS}"
        raise ServiceFailed(reason, is_permanent=True)
    return recipients


def _recipient_problems(texts: Mapping[str, str]) -> list[str]:
    text = texts.get("to", "").strip()
    if text and not is_expression(text):
        try:
            _recipients(text)
        except ServiceFailed as problem:
            return [problem.reason]
    return []


def _mail(key: str, recipient: str, subject: str, body: str) -> Mail:
    try:
        return Mail(key, recipient, subject, body)
    except InvalidMail as error:
        raise ServiceFailed(f"the mail's {error}", is_permanent=True) from error


def _no_survey(text: str) -> str:
    return f"the input 'survey' is {text!r}; allowed: letters, figures, '-' and '_', at most 80"
