from __future__ import annotations

import hashlib

import pytest

from engine.connectors.call import ServiceFailed
from engine.connectors.mail import MOST_RECIPIENTS, EmailConnector, SurveyInvitation
from tests.engine.connectors.builders import a_call

INJECTIONS = ["\r\nBcc: charlie@example.org", "\nX: y", "\r", "\x00", "\u2028", "\x85"]


def write(**changes):
    parts = {"to": "alice@example.org", "subject": "Hello", "body": "Text"}
    return EmailConnector().call(a_call("email", **parts | changes))


def invite(**changes):
    parts = {"survey": "visit-2026", "to": "alice@example.org", "subject": "How was it?"}
    connector = SurveyInvitation("https://care.example.org/", new_token=lambda: "token")
    return connector.call(a_call("survey_invitation", **parts | changes))


def test_email_writes_a_mail_and_sends_nothing():
    (mail,) = write().mails

    assert (mail.recipient, mail.subject, mail.body) == ("alice@example.org", "Hello", "Text")
    assert mail.key == "job-7/alice@example.org"


@pytest.mark.parametrize(
    "to",
    [
        "alice@example.org, bob@example.org",
        ["alice@example.org", "bob@Example.org", "bob@example.org"],
    ],
)
def test_email_writes_each_recipient_a_mail_of_their_own(to):
    mails = write(to=to).mails

    assert [mail.recipient for mail in mails] == ["alice@example.org", "bob@example.org"]
    assert len({mail.key for mail in mails}) == 2


@pytest.mark.parametrize("text", INJECTIONS)
def test_email_refuses_what_would_break_out_of_a_header(text):
    for changes in ({"to": f"alice@example.org{text}"}, {"subject": f"Hello{text}"}):
        with pytest.raises(ServiceFailed) as refused:
            write(**changes)
        assert refused.value.is_permanent


@pytest.mark.parametrize("text", ["{{7*7}}", "{0.__class__}", "${7*7}", "%s", "<script>"])
def test_email_evaluates_no_template(text):
    (mail,) = write(subject=text, body=text).mails

    assert (mail.subject, mail.body) == (text, text)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"to": ""}, "'to' has no value"),
        ({"to": []}, "0 addresses"),
        ({"to": "alice"}, "'alice' is no mail address"),
        ({"to": [f"a{n}@example.org" for n in range(MOST_RECIPIENTS + 1)]}, "51 addresses"),
        ({"to": {"a": 1}}, "is no mail address"),
        ({"body": "\x1b"}, "body: must be plain text"),
        ({"body": ["x"]}, "'body' must be a text"),
        ({"cc": "bob@example.org"}, "'cc' unknown"),
    ],
)
def test_email_refuses_inputs_in_words(changes, reason):
    with pytest.raises(ServiceFailed) as refused:
        write(**changes)

    assert refused.value.is_permanent
    assert reason in refused.value.reason


def test_check_finds_what_is_wrong_with_a_model():
    good = {"to": "${email}", "subject": "Hello", "body": "=text"}

    assert EmailConnector().check(good) == []
    assert EmailConnector().check({"to": "alice", "subject": "Hello"}) == [
        "the input 'body' is missing",
        "the input 'to': 'alice' is no mail address such as alice@example.org",
    ]
    assert SurveyInvitation("https://a.org").check({**good, "survey": "a b"}) == [
        "the input 'survey' is 'a b'; allowed: letters, figures, '-' and '_', at most 80"
    ]


def test_survey_invitation_writes_a_link_whose_token_stands_nowhere_else():
    result = invite(body="Dear guest,\nplease tell us.")

    (mail,) = result.mails
    assert mail.key == "job-7/visit-2026"
    assert mail.body == "Dear guest,\nplease tell us.\n\nhttps://care.example.org/p/token\n"
    assert result.values == {
        "survey": "visit-2026",
        "token_sha256": hashlib.sha256(b"token").hexdigest(),
    }


def test_survey_invitation_needs_no_text_of_its_own():
    (mail,) = invite().mails

    assert mail.body == "https://care.example.org/p/token\n"


def test_tokens_of_invitations_cannot_be_guessed():
    connector = SurveyInvitation("https://a.org")
    call = a_call("survey_invitation", survey="s", to="alice@example.org", subject="Hello")

    tokens = {connector.call(call).mails[0].body.strip().rpartition("/")[2] for _ in range(20)}

    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 32


def test_survey_invitation_refuses_a_survey_that_would_break_out_of_its_key():
    with pytest.raises(ServiceFailed, match="'survey' is"):
        invite(survey="../admin")
